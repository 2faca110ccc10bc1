import type { SpecChange } from "../../openapi/index.ts";

/** An OpenAPI document that was compared. */
export interface ComparedDocument {
  /** File or URL. */
  readonly source: string;
  /** `info.version`. */
  readonly version: string;
}

/** A change of the OpenAPI, with the cassettes that hold requests of its operations. */
export interface TouchingChange extends SpecChange {
  readonly cassettes: readonly string[];
}

/** Difference of a live answer from the recorded one. */
export interface AnswerChange {
  /** True if a client of the recorded answer can fail with the live one. */
  readonly breaking: boolean;
  readonly part: "delivery" | "status" | "headers" | "body" | "event";
  /** Name of a header, or the location in the body: `.choices[].message`; empty for the whole. */
  readonly location: string;
  /** Sentence about the change, without its location. */
  readonly text: string;
}

/** A recorded request whose live answer differs. */
export interface ChangedAnswer {
  readonly file: string;
  readonly interaction: string;
  readonly operation: string;
  readonly changes: readonly AnswerChange[];
}

/** Recorded requests that were not sent, by reason. */
export interface NotSent {
  readonly reason: string;
  readonly interactions: readonly string[];
  /** Models that the server does not have. */
  readonly models: readonly string[];
}

/** Result of sending the requests of cassettes to a live server. */
export interface AnswerComparison {
  readonly compared: number;
  readonly changed: readonly ChangedAnswer[];
  readonly notSent: readonly NotSent[];
}

/** Differences of a server from its pinned OpenAPI and from recordings. */
export interface DriftReport {
  readonly before: ComparedDocument;
  readonly after: ComparedDocument;
  readonly changes: readonly TouchingChange[];
  /** Absent if there were no cassettes to compare with. */
  readonly answers?: AnswerComparison;
}
