import type { ProcessId } from "../../cassette/index.ts";
import type { GivenPseudonym } from "../../secrets/index.ts";
import type { Problem } from "../../util/index.ts";
import type {
  RecordErrorCode,
  RecordedFile,
  WorkerJob,
  WorkerOptions,
  WorkerResult,
} from "../model/index.ts";

/** The result of a recording. */
export interface WorkerEnd {
  readonly files: readonly RecordedFile[];
  readonly lost: number;
  /** Reasons for which recording logs could not be folded. */
  readonly problems: readonly Problem[];
}

/** The reason why a worker can't start; `unexpected` is a fault of gatetape. */
export type WorkerRefusal = Problem<RecordErrorCode | "unexpected">;

/** The pseudonyms of a recording: the same secret has the same one, whichever worker finds it. */
export interface KnownPseudonyms {
  readonly given: readonly GivenPseudonym[];
  /** Names that became the pseudonyms of an older recording. */
  readonly renamed: readonly (readonly [name: string, old: string])[];
}

/** Start of a recording. */
export interface WorkerStart {
  readonly options: WorkerOptions;
  readonly recorder: ProcessId;
  /** True if an earlier worker of the same recording has ended. */
  readonly resume: boolean;
  /** Knowledge of that worker. */
  readonly known: KnownPseudonyms;
}

/** Message of the worker process to its thread. */
export type ToThread = { readonly recording: number } & (
  | { readonly start: WorkerStart }
  | { readonly take: WorkerJob }
  | { readonly closed: number }
  | { readonly close: true }
);

/** The result of an exchange, and what else is new since the last one. */
export interface WorkerNews {
  readonly id: number;
  readonly result: WorkerResult;
  /** Secrets that were not known before. The recorder keeps them for a worker that takes over. */
  readonly learnt: readonly string[];
  /** Pseudonyms that are new. */
  readonly pseudonyms: KnownPseudonyms;
  /** Ids of exchanges that were only in memory and are on disk now. */
  readonly written: readonly number[];
  readonly notes: readonly string[];
}

/** Message of the thread, which its process hands on to the recorder. */
export type FromWorker =
  | { readonly ready: true }
  | { readonly refused: WorkerRefusal }
  | WorkerNews
  | { readonly end: WorkerEnd };
