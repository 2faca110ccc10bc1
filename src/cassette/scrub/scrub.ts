import { type LeakRule, type SanitizeRules, Sanitizer } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import {
  type Cassette,
  CassetteError,
  type ReadSideFile,
  checkCassette,
  printCassette,
} from "../format/index.ts";
import { decodedInteraction } from "./decode.ts";
import { type HiddenContent, hiddenContent } from "./hidden.ts";
import { sanitizeAll } from "./interaction.ts";

/** A replaced secret, without its value. */
export interface Replacement {
  /** JSON pointer into the cassette as it was. */
  readonly pointer: string;
  readonly rule: string;
  /** The replacement. */
  readonly pseudonym: string;
}

export interface ScrubbedCassette {
  readonly cassette: Cassette;
  readonly replaced: readonly Replacement[];
  /** Side files that contain a secret and are no longer used, by hash. */
  readonly sideFiles: readonly string[];
  /** Content that can't be scrubbed, with JSON pointers into the cassette. */
  readonly hidden: readonly HiddenContent[];
}

/** Replaces secrets in cassettes; the same value has the same pseudonym in all of them. */
export class Scrubber {
  readonly #sanitizer: Sanitizer;
  #replaced: Replacement[] = [];
  #location: (at: number) => string = () => "";

  /**
   * @param rules custom patterns, or rules of all kinds
   * @param existing the texts of all cassettes, whose pseudonyms are not given again
   */
  constructor(rules: readonly LeakRule[] | SanitizeRules, existing: string) {
    this.#sanitizer = new Sanitizer(existing, {
      rules: isList(rules) ? { patterns: rules } : rules,
      onReplace: (rule, pseudonym, at) =>
        void this.#replaced.push({ pointer: this.#location(at), rule, pseudonym }),
    });
  }

  /** Replaces the secrets in a cassette. @throws CassetteError if the cassette would no longer load */
  async scrub(file: string, cassette: Cassette, readSideFile: ReadSideFile): Promise<ScrubbedCassette> {
    this.#replaced = [];
    const sideFiles = new Set<string>();
    this.#location = () => "/about/title";
    const title = this.#sanitizer.replaceText(cassette.about.title);
    const decoded = await Promise.all(
      cassette.interactions.map((interaction) => decodedInteraction(interaction, readSideFile)),
    );
    const clean = sanitizeAll(decoded, this.#sanitizer, (i) => ({
      file,
      pointer: `/interactions/${i}`,
      readSideFile,
      at: (location) => (this.#location = location),
      onSideFile: (hash) => sideFiles.add(hash),
    }));
    // Without a secret in it, a compressed body stays as it was written.
    const interactions = cassette.interactions.map((interaction, i) =>
      clean[i] === decoded[i] ? interaction : (clean[i] ?? interaction),
    );
    const hidden = clean.flatMap((interaction, i) =>
      hiddenContent(interaction, this.#sanitizer, readSideFile).map(({ location, reason }) => ({
        location: `/interactions/${i}${location}`,
        reason,
      })),
    );
    const replaced = this.#replaced;
    if (replaced.length === 0) return { cassette, replaced, sideFiles: [], hidden };
    const rules = new Set([...(cassette.about.sanitized ?? []), ...replaced.map(({ rule }) => rule)]);
    const about = { ...cassette.about, title, sanitized: [...rules].toSorted() };
    const scrubbed = { ...cassette, about, interactions };
    mustLoad(file, scrubbed, readSideFile);
    return { cassette: scrubbed, replaced, sideFiles: [...sideFiles], hidden };
  }
}

function isList(rules: readonly LeakRule[] | SanitizeRules): rules is readonly LeakRule[] {
  return Array.isArray(rules);
}

function mustLoad(file: string, cassette: Cassette, readSideFile: ReadSideFile): void {
  try {
    checkCassette(file, printCassette(cassette), readSideFile);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const { pointer } = error.location;
    throw new CassetteError(
      error.code,
      { file, ...defined({ pointer }) },
      `scrubbed, it would not load: ${error.reason}`,
      "let the pattern of the rule match less: only text within one string, not JSON around it; nothing was written",
    );
  }
}
