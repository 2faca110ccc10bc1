import type { AnsweredBy } from "../exchange/index.ts";
import type { Delivery, Framing, Script } from "../http/index.ts";

/** Parts of an entry that are held by reference: they are the library's, and live as long as it does. */
export interface EntryReference {
  readonly by: AnsweredBy;
  /** Absent if the answer was not the library's own script, but changed by a fault. */
  readonly script: Script | undefined;
}

// The layout of an entry: numbers at these offsets; the length of each text; the texts; the times of the writes; the bodies.
export const REQUEST_HEADERS = 0;
export const ANSWER_HEADERS = 4;
export const TEXT_BYTES = 8;
export const WRITES_AT = 12;
export const REQUEST_KEPT = 16;
export const ANSWER_KEPT = 20;
export const REQUEST_BYTES = 24;
export const ANSWER_BYTES = 32;
export const STARTED_AT = 40;
export const MS = 48;
export const WAIT = 56;
export const DELIVERED_BYTES = 64;
export const DELIVERED_WRITES = 72;
export const STATUS = 80;
export const HEAD = 82;
export const ENDED = 83;
export const FIXED_BYTES = 84;

/** Length of an absent text, and size of an absent body. */
export const ABSENT = 0xffffffff;
/** Number of texts before those of headers. */
export const FIXED_TEXTS = 9;

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
