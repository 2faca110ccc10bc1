import type { SanitizeConfig } from "../../cassette/index.ts";
import type { AnsweredBy } from "../../exchange/index.ts";
import type { Finding, OglVersion } from "../../openapi/index.ts";

/**
 * What becomes of a request: `all` goes to the upstream and is recorded; `missing` plays what the cassette has and
 * records the rest; `once` records if there is no cassette yet and only plays if there is one; `none` only plays.
 */
export const RECORD_MODES = ["all", "missing", "once", "none"] as const;
export type RecordMode = (typeof RECORD_MODES)[number];

/** A secret, or what looks like one, that is left after all has been replaced. Never the secret itself. */
export interface LeakFinding {
  readonly kind: string;
  /** JSON pointer into the interaction. */
  readonly location: string;
  /** As much of it as may be shown. */
  readonly shown: string;
}

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

/** What happened while recording. */
export type RecorderEvent =
  | {
      readonly event: "recorded";
      readonly name: string;
      readonly file: string;
      readonly status: number | null;
      readonly end: string;
      readonly replaced: number;
      readonly drift: readonly Drift[];
    }
  /** Not on disk, for what was found in it. */
  | { readonly event: "withheld"; readonly name: string; readonly findings: readonly LeakFinding[] }
  /** Not recorded, for what it is. */
  | { readonly event: "skipped"; readonly request: string; readonly why: string }
  | {
      readonly event: "played";
      readonly request: string;
      readonly by: AnsweredBy;
      readonly status: number | null;
    }
  /** What was on disk already held a secret that was only learnt now. */
  | { readonly event: "scrubbed"; readonly file: string; readonly interactions: number }
  /** Recording does not work as it should; traffic goes on. */
  | { readonly event: "trouble"; readonly message: string; readonly fix?: string };

/** What a recording has come to so far. */
export interface RecorderStats {
  requests: number;
  /** Under way at the moment. */
  open: number;
  /** Of the upstream's answers. */
  bytes: number;
  recorded: number;
  played: number;
  /** Requests that nothing was recorded for, in a mode that records nothing. */
  missed: number;
  skipped: number;
  /** Places where a secret was replaced. */
  replaced: number;
  withheld: number;
  /** Kinds of deviations from the OpenAPI. */
  drift: number;
}

/** What is in a cassette when the recording is over. */
export interface RecordedFile {
  readonly file: string;
  readonly recorded: number;
  readonly interactions: number;
}

export interface RecordingSummary {
  readonly files: readonly RecordedFile[];
  readonly stats: Readonly<RecorderStats>;
  readonly withheld: readonly { readonly name: string; readonly findings: readonly LeakFinding[] }[];
  /** One of each kind. */
  readonly drift: readonly Drift[];
  /** What could not be written. */
  readonly lost: number;
}

/** How interactions are made of what was recorded. */
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
  /** Hosts that are not to be named. */
  readonly hosts: readonly string[];
  /** Goes into `about`. */
  readonly recordedWith: string;
  /** Secrets that are known from the start, like the upstream's key. */
  readonly secrets: readonly string[];
}

/** One exchange as it goes to the scribe: raw, with all that is secret in it. */
export interface WorkerJob {
  readonly id: number;
  readonly request: Uint8Array;
  /** Absent where no head came. */
  readonly response?: Uint8Array;
  readonly reads: readonly (readonly [ms: number, bytes: number])[];
  readonly end: "complete" | "close" | "reset" | "truncate" | "aborted";
  readonly endAt: number;
}

/** What became of it. */
export type WorkerResult =
  | {
      readonly outcome: "recorded";
      readonly name: string;
      readonly file: string;
      readonly status: number | null;
      readonly end: string;
      readonly replaced: number;
      readonly drift: readonly Drift[];
      readonly scrubbed: readonly { readonly file: string; readonly interactions: number }[];
      /** Set if it is only in memory as yet. */
      readonly unwritten?: string;
    }
  | { readonly outcome: "withheld"; readonly name: string; readonly findings: readonly LeakFinding[] }
  | { readonly outcome: "failed"; readonly message: string };
