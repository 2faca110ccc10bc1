import type { AnsweredBy } from "../exchange/index.ts";
import type { Delivery, Framing, Script } from "../http/index.ts";

/** Parts of an entry that are held by reference: they are the library's, and live as long as it does. */
export interface EntryReference {
  readonly by: AnsweredBy;
  /** Absent if the answer was not the library's own script, but changed by a fault. */
  readonly script: Script | undefined;
}

// The layout of an entry: numbers at these offsets; blocks of texts, of the request's headers and of the answer's; the times of
// the writes; the bodies.
export const WRITES_AT = 0;
export const REQUEST_KEPT = 4;
export const ANSWER_KEPT = 8;
export const STATUS = 12;
export const HEAD = 14;
export const ENDED = 15;
export const REQUEST_BYTES = 16;
export const ANSWER_BYTES = 24;
export const STARTED_AT = 32;
export const MS = 40;
export const WAIT = 48;
export const DELIVERED_BYTES = 56;
export const DELIVERED_WRITES = 64;
export const TEXTS = 72;

/** Size of an absent body. */
export const NO_BODY = 0xffffffff;

// The member `HEAD`: the framing's index, and these bits.
export const FRAMINGS: readonly Framing[] = ["length", "chunked", "eof", "none"];
export const HAS_HEAD = 4;
export const IS_HTTP_10 = 8;
export const IS_EARLY = 16;
export const ENDS: readonly Delivery["ended"][] = [
  "complete",
  "close",
  "reset",
  "stall",
  "truncate",
  "aborted",
];
