import type { MatchTable, TableMatch } from "../../cassette/index.ts";
import type { Answer, ExchangeRequest, Insight, RequestHead } from "../../exchange/index.ts";
import type { OglVersion } from "../../openapi/index.ts";
import type { AddedInteractions } from "../replies/index.ts";
import type { Json, SynthesisWork } from "../synthesizer/index.ts";

/** A message to the thread. Jobs have an id, by which they are answered; they are done one after the other. */
export type ToThread =
  | { readonly kind: "table"; readonly table: number; readonly items: MatchTable }
  | { readonly kind: "read"; readonly id: number; readonly read: ReadJob }
  | { readonly kind: "make"; readonly id: number; readonly make: MakeJob }
  | { readonly kind: "check"; readonly id: number; readonly ogl: OglVersion; readonly text: string }
  | { readonly kind: "pdf"; readonly id: number; readonly content: Uint8Array }
  /** The body of a read request is needed no longer. */
  | { readonly kind: "forget"; readonly read: number };

/** A large request to be parsed, validated and compared with recordings. */
export interface ReadJob {
  readonly ogl: OglVersion;
  readonly head: RequestHead;
  readonly body: Uint8Array;
  /** Numbers of the match tables to search. */
  readonly tables: readonly number[];
}

/** Result of reading a large request. */
export interface ReadResult {
  /** True if the request is one to stream. */
  readonly streams: boolean;
  readonly findings: ExchangeRequest["findings"];
  readonly insight: Insight;
  /** The matches in each of the tables. */
  readonly matches: readonly (readonly TableMatch[])[];
}

/** An answer to be made, for a body that the thread has read, or that comes with the job. */
export interface MakeJob {
  readonly work: SynthesisWork;
  readonly of: { readonly read: number } | { readonly body: Json };
}

/** A message from the thread. */
export type FromThread =
  | { readonly kind: "ready" }
  | { readonly kind: "read"; readonly id: number; readonly result: ReadResult }
  | { readonly kind: "made"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "checked"; readonly id: number; readonly added: AddedInteractions }
  /** The text of a PDF; absent if it can't be read. */
  | { readonly kind: "text"; readonly id: number; readonly text: string | undefined }
  | { readonly kind: "failed"; readonly id: number; readonly error: string };
