import { type LeakRule, type SanitizeRules, Sanitizer } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import {
  type Cassette,
  CassetteError,
  type ReadSideFile,
  checkCassette,
  printCassette,
} from "../format/index.ts";
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
  scrub(file: string, cassette: Cassette, readSideFile: ReadSideFile): ScrubbedCassette {
    this.#replaced = [];
    const sideFiles = new Set<string>();
    this.#location = () => "/about/title";
    const title = this.#sanitizer.replaceText(cassette.about.title);
    const interactions = sanitizeAll(cassette.interactions, this.#sanitizer, (i) => ({
      file,
      pointer: `/interactions/${i}`,
      readSideFile,
      at: (location) => (this.#location = location),
      onSideFile: (hash) => sideFiles.add(hash),
    }));
    const replaced = this.#replaced;
    if (replaced.length === 0) return { cassette, replaced, sideFiles: [] };
    const rules = new Set([...(cassette.about.sanitized ?? []), ...replaced.map(({ rule }) => rule)]);
    const about = { ...cassette.about, title, sanitized: [...rules].toSorted() };
    const clean = { ...cassette, about, interactions };
    mustLoad(file, clean, readSideFile);
    return { cassette: clean, replaced, sideFiles: [...sideFiles] };
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
