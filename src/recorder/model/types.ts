import type { BetterGeneration, LeakFinding, Replacement, SanitizeConfig } from "../../cassette/index.ts";
import type { AnsweredBy } from "../../exchange/index.ts";
import type { Finding, OglVersion } from "../../openapi/index.ts";

/**
 * Record modes. `all` records every request; `missing` plays recorded requests and records the others; `once` records if
 * there is no cassette yet, else only plays; `none` only plays.
 */
export const RECORD_MODES = ["all", "missing", "once", "none"] as const;
export type RecordMode = (typeof RECORD_MODES)[number];

/** A deviation from the OpenAPI. */
export interface Drift {
  readonly location: string;
  readonly message: string;
  /** Kind of the deviation. With `keyword`, `missing` and the location it says whether two deviations are the same. */
  readonly code: Finding["code"];
  /** For `schema`: the keyword of the JSON Schema that the value fails. */
  readonly keyword?: string;
  /** The name of a required member that is missing. */
  readonly missing?: string;
}

/** An interaction that is not written, without anything of its text. */
export interface WithheldInteraction {
  /** Number of the request, counted from 1 as requests came. */
  readonly number: number;
  /** Method and path template of the request. */
  readonly request: string;
  readonly findings: readonly LeakFinding[];
}

/** A replaced secret of a recording, without its value. */
export interface ReplacedText extends Replacement {
  /** Number of the request, counted from 1 as requests came. */
  readonly number: number;
}

/** An event of a recording. */
export type RecorderEvent =
  | {
      readonly event: "recorded";
      readonly number: number;
      /** Method and path template: a name would quote a text whose secret may be learnt only later. */
      readonly request: string;
      readonly file: string;
      readonly status: number | null;
      readonly end: string;
      readonly replaced: number;
      readonly drift: readonly Drift[];
    }
  /** An interaction was not written, as it still holds a secret or can't be checked. */
  | ({ readonly event: "withheld" } & WithheldInteraction)
  /** An exchange was not recorded, for the reason `why`. */
  | {
      readonly event: "skipped";
      readonly number: number;
      /** Method and path template. */
      readonly request: string;
      readonly why: string;
    }
  | {
      readonly event: "played";
      /** Method and path template. */
      readonly request: string;
      readonly by: AnsweredBy;
      readonly status: number | null;
    }
  /** Interactions on disk held a secret that was only learnt now, and were sanitized again. */
  | { readonly event: "scrubbed"; readonly file: string; readonly interactions: number }
  /** Recording fails in part; traffic continues. */
  | { readonly event: "trouble"; readonly message: string; readonly fix?: string };

/** Counts of a recording so far. */
export interface RecorderStats {
  requests: number;
  /** Exchanges under way. */
  open: number;
  /** Bytes of the upstream's answers. */
  bytes: number;
  recorded: number;
  played: number;
  /** Requests without a recording, in a mode that only plays. */
  missed: number;
  skipped: number;
  /** Number of replaced secrets. */
  replaced: number;
  withheld: number;
  /** Exchanges that could not be written at once and were only in memory. */
  inMemory: number;
  /** Kinds of deviations from the OpenAPI. */
  drift: number;
}

/** A cassette at the end of a recording. */
export interface RecordedFile {
  readonly file: string;
  readonly recorded: number;
  readonly interactions: number;
  /** The generation that its answers are of, if it is another than the one that they were held against. */
  readonly better?: BetterGeneration;
}

export interface RecordingSummary {
  readonly files: readonly RecordedFile[];
  readonly stats: Readonly<RecorderStats>;
  readonly withheld: readonly WithheldInteraction[];
  /** The first replacements, and the number of all by rule. */
  readonly replaced: {
    readonly first: readonly ReplacedText[];
    readonly byRule: Readonly<Record<string, number>>;
  };
  /** The first deviation of each kind. */
  readonly drift: readonly Drift[];
  /** Number of interactions that could not be written. */
  readonly lost: number;
}

/** Options of the recording worker. */
export interface WorkerOptions {
  /** A cassette, or a folder that gets one for each operation. */
  readonly out: string;
  readonly folder: boolean;
  readonly ogl: OglVersion;
  readonly how: "replace" | "add" | "only";
  readonly only?: string | undefined;
  readonly keepWaits: boolean;
  readonly redactPrompts: boolean;
  /** Rules beside those of gatetape. */
  readonly sanitize: SanitizeConfig;
  /** Hosts whose names are replaced. */
  readonly hosts: readonly string[];
  /** Value of `about.recordedWith`. */
  readonly recordedWith: string;
  /** Secrets that are known from the start, like the upstream's key. */
  readonly secrets: readonly string[];
}

/** An exchange for the recording worker: raw, with its secrets. */
export interface WorkerJob {
  readonly id: number;
  readonly request: Uint8Array;
  /** Absent if no head came. */
  readonly response?: Uint8Array;
  readonly reads: readonly (readonly [ms: number, bytes: number])[];
  readonly end: "complete" | "close" | "reset" | "truncate" | "aborted";
  readonly endAt: number;
}

/** The result of a job. */
export type WorkerResult =
  | {
      readonly outcome: "recorded";
      readonly file: string;
      readonly status: number | null;
      readonly end: string;
      readonly replaced: readonly Replacement[];
      readonly drift: readonly Drift[];
      readonly scrubbed: readonly { readonly file: string; readonly interactions: number }[];
      /** Reason for which the interaction is only in memory so far. */
      readonly unwritten?: string;
    }
  | { readonly outcome: "withheld"; readonly request: string; readonly findings: readonly LeakFinding[] }
  | { readonly outcome: "failed"; readonly message: string };
