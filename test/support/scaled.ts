/** True where tests run in their full size, as `.ci/run` does it: `GATETAPE_FULL=1`. */
export const FULL: boolean = process.env["GATETAPE_FULL"] === "1";

/** The part of a full size that `npm test` takes. */
const SHARE = 10;

/** A number of rounds or runs: the full one with `GATETAPE_FULL=1`, a tenth of it otherwise, and at least 1. */
export function scaled(full: number): number {
  return FULL ? full : Math.max(1, Math.round(full / SHARE));
}

/**
 * The cases of a full size, or a tenth of them, the same in every run.
 *
 * @param kindOf the kind of a case; without it all cases are of one kind
 */
export function scaledCases<T>(cases: readonly T[], kindOf: (one: T) => string = () => ""): T[] {
  return FULL ? [...cases] : partOf(cases, kindOf);
}

/**
 * A tenth of the cases. Of each kind the tenth is taken by itself, evenly from its beginning to its end, and at least one
 * case, so that no kind is left out.
 */
export function partOf<T>(cases: readonly T[], kindOf: (one: T) => string): T[] {
  const taken = new Set(
    [...Map.groupBy(cases, kindOf).values()].flatMap((kind, offset) => {
      const count = Math.max(1, Math.round(kind.length / SHARE));
      const step = kind.length / count;
      // Kinds begin at different cases, so that what the cases differ in otherwise is spread too.
      return Array.from({ length: count }, (_, i) => kind[Math.floor(i * step + (offset % step))]);
    }),
  );
  return cases.filter((one) => taken.has(one));
}
