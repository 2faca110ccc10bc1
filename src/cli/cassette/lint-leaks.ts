import { type LoadedCassette, type ScrubSource, Scrubber } from "../../cassette/index.ts";
import type { SanitizeRules } from "../../secrets/index.ts";

/** A text in a cassette that may be a secret, named by its location alone. */
export interface LintLeak {
  readonly file: string;
  readonly pointer: string;
  readonly level: "error" | "warning";
  readonly reason: string;
  readonly fix: string;
}

/**
 * Texts that `gatetape cassette scrub` would replace, or could not. A name or a look is a warning, as an example may have it; a
 * token of a known provider, and a body that can't be looked into, is an error. Names of people are not told from those of
 * examples, so they are not listed.
 */
export async function lintLeaks(
  loaded: readonly (LoadedCassette & ScrubSource)[],
  rules: SanitizeRules,
): Promise<LintLeak[]> {
  const scrubber = new Scrubber(rules, loaded.map(({ text }) => text).join("\n"));
  const results = await scrubber.scrubAll(loaded);
  return loaded.flatMap(({ file }, i): LintLeak[] => {
    const { replaced = [], findings = [] } = results[i] ?? {};
    return [
      ...replaced
        .filter(({ rule }) => rule !== "person")
        .map(({ pointer, rule, keep }): LintLeak => ({
          file,
          pointer,
          level: "warning",
          reason: `looks like a secret (${rule})`,
          fix: `run gatetape cassette scrub on it, or keep: ${JSON.stringify(keep)} in the config's sanitize`,
        })),
      ...findings.map(({ kind, location, shown }): LintLeak => ({
        file,
        pointer: location,
        level: kind === "entropy" || kind === "binary" ? "warning" : "error",
        reason: `may hold a secret (${kind}: ${shown})`,
        fix: "take it out, or record it again",
      })),
    ];
  });
}
