/** Recording logs on disk: written, locked, folded into cassettes. */
export { foldLeftTapes } from "./fold-left.ts";
export { TapeWriter } from "./writer.ts";
