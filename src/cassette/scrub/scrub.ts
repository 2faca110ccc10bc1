import { type LeakRule, type SanitizeRules, Sanitizer } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import {
  type About,
  type Cassette,
  CassetteError,
  type ReadSideFile,
  checkCassette,
  printCassette,
} from "../format/index.ts";
import { scrubAbout } from "./about.ts";
import { type Cleaned, type LeakFinding, type Replacement, cleanedAll } from "./cleaned.ts";
import { keepPattern } from "./keep.ts";

/** A loaded cassette. */
export interface ScrubSource {
  readonly file: string;
  readonly cassette: Cassette;
  readonly readSideFile: ReadSideFile;
}

export interface ScrubbedCassette {
  readonly cassette: Cassette;
  /** Pointers are into the cassette as it was. */
  readonly replaced: readonly Replacement[];
  /** Secrets, or texts like them, that could not be replaced. Pointers are into the cassette as it was. */
  readonly findings: readonly LeakFinding[];
  /** Numbers of the interactions that are left out for them, counted from 1. */
  readonly withheld: readonly number[];
  /** Side files that contain a secret and are no longer used, by hash. */
  readonly sideFiles: readonly string[];
}

/** Replaces secrets in cassettes; the same value has the same pseudonym in all of them. */
export class Scrubber {
  readonly #sanitizer: Sanitizer;
  readonly #keep: readonly RegExp[];

  /**
   * @param rules custom patterns, or rules of all kinds
   * @param existing the texts of all cassettes, whose pseudonyms are not given again
   */
  constructor(rules: readonly LeakRule[] | SanitizeRules, existing: string) {
    const all = isList(rules) ? { patterns: rules } : rules;
    this.#sanitizer = new Sanitizer(existing, { rules: all });
    this.#keep = all.keep ?? [];
  }

  /** Replaces the secrets in a cassette. @throws CassetteError if the cassette would no longer load */
  async scrub(file: string, cassette: Cassette, readSideFile: ReadSideFile): Promise<ScrubbedCassette> {
    const [only] = await this.scrubAll([{ file, cassette, readSideFile }]);
    return only as ScrubbedCassette;
  }

  /**
   * Replaces the secrets in cassettes, also those that only another of them tells.
   * @throws CassetteError if a cassette would no longer load
   */
  async scrubAll(sources: readonly ScrubSource[]): Promise<ScrubbedCassette[]> {
    const sideFiles = sources.map(() => new Set<string>());
    const owners = sources.flatMap(({ cassette }, n) => cassette.interactions.map(() => n));
    const all = await cleanedAll(
      sources.flatMap(({ cassette }) => cassette.interactions),
      this.#sanitizer,
      (i) => {
        const owner = owners[i] as number;
        const { readSideFile } = sources[owner] as ScrubSource;
        const onSideFile = (hash: string): void => void sideFiles[owner]?.add(hash);
        return { keep: this.#keep, readSideFile, onSideFile };
      },
    );
    return sources.map((source, n) => {
      const clean = all.filter((_, i) => owners[i] === n);
      return this.#scrubbed(source, clean, [...(sideFiles[n] ?? [])]);
    });
  }

  #scrubbed(
    { file, cassette, readSideFile }: ScrubSource,
    clean: readonly Cleaned[],
    sideFiles: readonly string[],
  ): ScrubbedCassette {
    const { about: cleaned, replaced: inAbout } = this.#about(cassette.about);
    const below = (i: number, pointer: string): string => `/interactions/${i}${pointer}`;
    const replaced = [
      ...inAbout,
      ...clean.flatMap((one, i) =>
        one.replaced.map((each) => ({ ...each, pointer: below(i, each.pointer) })),
      ),
    ];
    const findings = clean.flatMap((one, i) =>
      one.findings.map((each) => ({ ...each, location: below(i, each.location) })),
    );
    const broken = findings.find(({ kind }) => kind === "broken");
    if (broken !== undefined) throw tooWide(file, broken.location, broken.shown);
    const withheld = clean.flatMap((one, i) => (one.findings.length > 0 ? [i + 1] : []));
    if (replaced.length + withheld.length === 0)
      return { cassette, replaced, findings, withheld, sideFiles: [] };
    const rules = new Set([...(cassette.about.sanitized ?? []), ...replaced.map(({ rule }) => rule)]);
    const sanitized = rules.size > 0 ? { sanitized: [...rules].toSorted() } : {};
    const about = { ...cleaned, ...sanitized };
    const interactions = clean.flatMap((one) => (one.findings.length > 0 ? [] : one.interaction));
    const scrubbed = { ...cassette, about, interactions };
    mustLoad(file, scrubbed, readSideFile);
    return { cassette: scrubbed, replaced, findings, withheld, sideFiles };
  }

  #about(before: About): { about: About; replaced: Replacement[] } {
    const replaced: Replacement[] = [];
    let pointer = "";
    const about = this.#sanitizer.listening(
      (rule, pseudonym, _, value) =>
        void replaced.push({ pointer, rule, pseudonym, keep: keepPattern(value) }),
      () => scrubAbout(before, this.#sanitizer, (member) => (pointer = `/about/${member}`)),
    );
    return { about, replaced };
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
    throw tooWide(file, pointer, `scrubbed, it would not load: ${error.reason}`, error.code);
  }
}

function tooWide(
  file: string,
  pointer: string | undefined,
  reason: string,
  code: CassetteError["code"] = "schema",
): CassetteError {
  return new CassetteError(
    code,
    { file, ...defined({ pointer }) },
    reason,
    "let the pattern of the rule match less: only text within one string, not JSON around it, nor a bare number; nothing was written",
  );
}
