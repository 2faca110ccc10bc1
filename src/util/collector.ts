import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes that pass between two collections of young garbage: of reads that nobody keeps. */
const YOUNG = 8 * 1024 * 1024;
/** Bytes that are kept no longer before the old garbage is collected. */
const OLD = 8 * 1024 * 1024;

/** Size (bytes) of an exchange whose garbage is collected after each step of the work: it is of several times that size. */
export const LARGE_BYTES: number = 4 * 1024 * 1024;

/**
 * Collects garbage by the bytes that pass. V8 sees the small objects of buffers and collects them late: what they hold would be
 * hundreds of megabytes by then.
 */
export class Collector {
  #passed = 0;
  #freed = 0;

  /** Bytes came that are kept or not. */
  passed(bytes: number): void {
    this.#passed += bytes;
    if (this.#passed < YOUNG) return;
    this.#passed = 0;
    collectGarbage("minor");
  }

  /** Bytes are kept no longer. */
  freed(bytes: number): void {
    this.#freed += bytes;
    if (this.#freed < OLD) return;
    this.#freed = 0;
    // In a turn of its own: those who hold them still let go before.
    setImmediate(() => collectGarbage("major"));
  }
}

/** Collects all garbage, between two steps of work on large texts. */
export function collectAllGarbage(): void {
  // V8 keeps the text that was matched last.
  /(?:)/.exec("");
  collectGarbage("major");
  // The memory of buffers is given back while others work; a collection waits for that.
  collectGarbage("minor");
}

/**
 * Keeps the space of young objects from growing. Under load V8 lets it grow to tens of megabytes, though hardly anything in it
 * outlives its request: collections of a small space are shorter and cost as little.
 */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

type Collect = (options: { readonly type: "minor" | "major" }) => void;

let collector: Collect | undefined;

function collectGarbage(type: "minor" | "major"): void {
  collector ??= exposed();
  collector({ type });
}

/** V8's own function, from a context of its own: nothing appears among the globals of this program. */
function exposed(): Collect {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return typeof gc === "function" ? (gc as Collect) : () => {};
}
