/** The differences of two cassettes. */
export { type DiffSide, diffCassettes } from "./diff.ts";
export { type CassetteDiff, type Change, type InteractionDiff } from "./types.ts";
