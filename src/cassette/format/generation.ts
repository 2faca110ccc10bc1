import { PINNED_VERSIONS } from "../../openapi/index.ts";
import { deviationCounts } from "./check.ts";
import { type ReadSideFile, noSideFiles } from "./codec.ts";
import type { Cassette } from "./types.ts";

/** A generation of OGL that a cassette fits better than the one that it names. */
export interface BetterGeneration {
  readonly ogl: string;
  /** Number of deviations from the generation that the cassette names. */
  readonly deviations: number;
  /** Number of deviations from the better one. */
  readonly remaining: number;
}

/**
 * Finds the generation that a cassette's answers are of, if it is another than the cassette names: at least half of the
 * deviations are then gone.
 */
export function betterGeneration(
  { about, interactions }: Pick<Cassette, "about" | "interactions">,
  readSideFile: ReadSideFile = noSideFiles,
): BetterGeneration | undefined {
  const others = PINNED_VERSIONS.filter((ogl) => ogl !== about.ogl);
  const counts = new Map<string, number>([about.ogl, ...others].map((ogl) => [ogl, 0]));
  // All interactions count: what the named generation explains, the other one must explain as well.
  for (const interaction of interactions)
    for (const [ogl, found] of deviationCounts(interaction, [...counts.keys()], about, readSideFile))
      counts.set(ogl, (counts.get(ogl) ?? 0) + found);
  const deviations = counts.get(about.ogl) ?? 0;
  if (deviations === 0) return undefined;
  const [best] = others
    .map((ogl) => ({ ogl, deviations, remaining: counts.get(ogl) ?? 0 }))
    .toSorted((a, b) => a.remaining - b.remaining);
  return best !== undefined && best.remaining <= deviations / 2 ? best : undefined;
}

/** The advice about a better generation: reason and remedy. */
export function generationAdvice(
  { ogl, deviations, remaining }: BetterGeneration,
  named: string,
): { readonly reason: string; readonly fix: string } {
  return {
    reason: `this looks like OGL ${ogl}: ${deviations} deviations from ${named}, ${remaining} from ${ogl}`,
    fix: `say --ogl ${ogl}`,
  };
}
