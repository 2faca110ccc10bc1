import { PINNED_VERSIONS } from "../../openapi/index.ts";
import { deviationsOf } from "./check.ts";
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
  const under = (ogl: string, of: Cassette["interactions"]): number =>
    of.reduce((sum, one) => sum + deviationsOf(one, { ...about, ogl }, readSideFile).length, 0);
  const deviating = interactions.filter((one) => under(about.ogl, [one]) > 0);
  const deviations = under(about.ogl, deviating);
  if (deviations === 0) return undefined;
  const [best] = PINNED_VERSIONS.filter((ogl) => ogl !== about.ogl)
    // All interactions count: what the named generation explains, the other one must explain as well.
    .map((ogl) => ({ ogl, deviations, remaining: under(ogl, interactions) }))
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
