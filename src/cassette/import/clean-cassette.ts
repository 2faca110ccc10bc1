import { Sanitizer } from "../../secrets/index.ts";
import { type About, type Cassette, type Interaction, waiveAll } from "../format/index.ts";
import { type LeakFinding, type Replacement, cleanedAll } from "../scrub/index.ts";

export interface ImportOptions {
  readonly about: About;
  /** Text whose pseudonyms are not given again (the cassette that is added to). */
  readonly existing?: string;
  /** A sanitizer with custom rules; it remembers secrets of earlier calls. */
  readonly sanitizer?: Sanitizer;
  /** Texts that one of these matches as a whole stay. */
  readonly keep?: readonly RegExp[];
  /** True for an interaction that keeps its waivers, as a cassette had it before. */
  readonly isExact?: (index: number) => boolean;
}

/** An interaction that is left out of a cassette, by its number. */
export interface WithheldImport {
  /** Counted from 1. */
  readonly number: number;
  readonly findings: readonly LeakFinding[];
}

/** A cassette of cleaned interactions. */
export interface CleanCassette {
  readonly cassette: Cassette;
  /** Number of each interaction among those that were given, counted from 1. */
  readonly numbers: readonly number[];
  readonly withheld: readonly WithheldImport[];
  readonly replaced: readonly (Replacement & { readonly number: number })[];
}

/** Cleans interactions and makes a cassette of those that may be written. */
export async function cleanCassette(
  drafts: readonly Interaction[],
  options: ImportOptions,
): Promise<CleanCassette> {
  const { about: given, existing, keep = [], sanitizer = new Sanitizer(existing) } = options;
  const { isExact = () => false } = options;
  const { sanitized: _, ...about } = given;
  const complete = (clean: Interaction): Interaction => waiveAll(clean, about, "as recorded").interaction;
  const all = (await cleanedAll(drafts, sanitizer, (i) => (isExact(i) ? { keep } : { keep, complete }))).map(
    (one, i) => ({
      ...one,
      number: i + 1,
    }),
  );
  const kept = all.filter(({ findings }) => findings.length === 0);
  return {
    cassette: {
      cassette: 1,
      about: { ...about, ...(sanitizer.used.length > 0 ? { sanitized: sanitizer.used } : {}) },
      interactions: kept.map(({ interaction }) => interaction),
    },
    numbers: kept.map(({ number }) => number),
    withheld: all.flatMap(({ number, findings }) => (findings.length > 0 ? [{ number, findings }] : [])),
    replaced: kept.flatMap(({ number, replaced }) => replaced.map((one) => ({ ...one, number }))),
  };
}
