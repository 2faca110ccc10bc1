import { type SanitizeRules, Sanitizer } from "../../secrets/index.ts";
import { printCompact } from "../../util/index.ts";
import { requestKey } from "../diff/index.ts";
import {
  type About,
  type Cassette,
  CassetteError,
  type Interaction,
  checkCassette,
  printCassette,
} from "../format/index.ts";
import { type CleanCassette, type RawExchange, cleanCassette, draftOfExchange } from "../import/index.ts";
import { exactAbout, exactInteraction } from "./gatetape.ts";
import { type SkipReason, rawExchangeOf } from "./raw.ts";
import { type HarFile, type HarSource, chooseHost, readHar } from "./read.ts";

export interface HarImportOptions {
  readonly title: string;
  readonly ogl: string;
  /** Imports only requests to this host. @default the host with most requests to `/v1/` */
  readonly host?: string;
  /** Members of `about` that override those of a HAR which was exported from a cassette. */
  readonly chosen?: readonly ("title" | "ogl")[];
  /** Rules of sanitizing beside those of gatetape. */
  readonly rules?: SanitizeRules;
  /** The names of the interactions that are kept; all if absent. */
  readonly only?: readonly string[];
}

/** An adjustment of an entry that did not fit HTTP/1 or contradicted itself. */
export interface HarAdjustment {
  readonly pointer: string;
  readonly name: string;
  readonly what: string;
}

export interface HarImport {
  readonly cassette: Cassette;
  readonly host: string;
  /** Number of interactions that are exactly those that gatetape exported. */
  readonly exact: number;
  /** Entries that were left out, counted by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly adjusted: readonly HarAdjustment[];
  /** Entries that are left out since they still hold a secret, by the number of the entry, counted from 1. */
  readonly withheld: CleanCassette["withheld"];
  readonly replaced: CleanCassette["replaced"];
}

/** An interaction and the entry it was made of. */
interface Made {
  readonly source: HarSource;
  readonly interaction: Interaction;
  readonly exact: boolean;
}

/**
 * Makes a cassette of an HTTP archive, as browsers and proxies save it.
 * @throws CassetteError with line and pointer
 */
export async function importHar(file: string, text: string, options: HarImportOptions): Promise<HarImport> {
  const har = readHar(file, text);
  const host = chooseHost(har, options.host);
  const skipped = new Map<string, number>();
  const skip = (reason: string, count = 1): void => {
    if (count > 0) skipped.set(reason, (skipped.get(reason) ?? 0) + count);
  };
  skip("no HTTP", har.notHttp);
  const sources = har.sources.filter((source) => source.host === host);
  skip("another host", har.sources.length - sources.length);

  const notes = new Map<HarSource, string[]>();
  const exact = new Map<HarSource, Interaction>();
  const raw = new Map<HarSource, RawExchange>();
  for (const source of sources) {
    const known = exactInteraction(source, har.fail);
    if (typeof known === "object") {
      exact.set(source, known);
      continue;
    }
    const corrections: string[] = [];
    const made = rawExchangeOf(source, source.pointer, har.fail, corrections);
    if (typeof made === "string") {
      skip(made satisfies SkipReason);
      continue;
    }
    raw.set(source, made);
    const edited =
      known === "edited" ? ["changed since gatetape exported it: imported as the HAR shows it"] : [];
    notes.set(source, [...edited, ...corrections]);
  }
  const about = importedAbout(har, options, raw.size === 0);
  const made = await interactionsOf(har, file, about, { exact, raw, rules: options.rules ?? {} });
  const { kept, repeated } = withoutRepeats(named(made.list));
  skip("the same again", repeated);
  const chosen = options.only
    ? kept.filter(({ interaction }) => options.only?.includes(interaction.name))
    : kept;
  const sanitized = [...new Set([...(exact.size > 0 ? (about.sanitized ?? []) : []), ...made.sanitized])];
  const { sanitized: _, ...rest } = about;
  const cassette: Cassette = {
    cassette: 1,
    about: { ...rest, ...(sanitized.length > 0 ? { sanitized: sanitized.toSorted() } : {}) },
    interactions: chosen.map(({ interaction }) => interaction),
  };
  const from = chosen.map(({ source }) => source);
  checkImported(har, file, cassette, from);
  return {
    cassette,
    host,
    exact: chosen.filter((one) => one.exact).length,
    skipped: Object.fromEntries(skipped),
    withheld: made.withheld,
    replaced: made.replaced,
    adjusted: chosen.flatMap(({ source, interaction: { name } }) =>
      (notes.get(source) ?? []).map((what) => ({ pointer: source.pointer, name, what })),
    ),
  };
}

function importedAbout(har: HarFile, { title, ogl, chosen = [] }: HarImportOptions, whole: boolean): About {
  const known = whole ? exactAbout(har.about) : undefined;
  if (known !== undefined) {
    return {
      ...known,
      ...(chosen.includes("title") ? { title } : {}),
      ...(chosen.includes("ogl") ? { ogl } : {}),
    };
  }
  // Not `recorded`: a HAR knows neither the server's writes nor all of its headers.
  const by = `gatetape cassette import, of a HAR${har.creator === "" ? "" : ` by ${har.creator}`}`;
  return { title, origin: "derived", ogl, derivedBy: by.slice(0, 200) };
}

interface Sources {
  readonly exact: ReadonlyMap<HarSource, Interaction>;
  readonly raw: ReadonlyMap<HarSource, RawExchange>;
  readonly rules: SanitizeRules;
}

/** Interactions that were made, with what was replaced and withheld by the number of the entry. */
interface MadeInteractions extends Pick<CleanCassette, "withheld" | "replaced"> {
  readonly list: readonly Made[];
  readonly sanitized: readonly string[];
}

/** Makes interactions without secrets, in the order of the HAR. */
async function interactionsOf(
  har: HarFile,
  file: string,
  about: About,
  { exact, raw, rules }: Sources,
): Promise<MadeInteractions> {
  const sanitizer = new Sanitizer(printCompact([...exact.values()]), { rules });
  const sources = har.sources.filter((source) => exact.has(source) || raw.has(source));
  const drafts: Interaction[] = [];
  for (const source of sources) drafts.push(exact.get(source) ?? (await draftOf(har, file, source, raw)));
  const isExact = (index: number): boolean => exact.has(sources[index] as HarSource);
  const clean = await cleanCassette(drafts, { about, sanitizer, keep: rules.keep ?? [], isExact });
  const numberOf = (n: number): number => har.sources.indexOf(sources[n - 1] as HarSource) + 1;
  const numbered = <T extends { readonly number: number }>(one: T): T => ({
    ...one,
    number: numberOf(one.number),
  });
  return {
    list: clean.cassette.interactions.map((interaction, i): Made => {
      const index = (clean.numbers[i] as number) - 1;
      return { source: sources[index] as HarSource, interaction, exact: isExact(index) };
    }),
    sanitized: sanitizer.used,
    withheld: clean.withheld.map(numbered),
    replaced: clean.replaced.map(numbered),
  };
}

async function draftOf(
  har: HarFile,
  file: string,
  source: HarSource,
  raw: ReadonlyMap<HarSource, RawExchange>,
): Promise<Interaction> {
  try {
    return await draftOfExchange(file, raw.get(source) as RawExchange);
  } catch (error) {
    // The exchange is named by its entry's pointer until it has a name of its own.
    if (!(error instanceof CassetteError) || error.location.exchange === undefined) throw error;
    throw har.fail(error.location.exchange, error.reason, "correct the entry, or take it out");
  }
}

/** Names new interactions by method and path, which are free of secrets by now, and numbers equal names. */
function named(list: readonly Made[]): Made[] {
  const taken = new Set(list.flatMap(({ interaction, exact }) => (exact ? [interaction.name] : [])));
  return list.map((made): Made => {
    if (made.exact) return made;
    const { method, target } = made.interaction.request;
    const base = `${method} ${target.split("?", 1)[0]}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base} ${n}`;
    taken.add(name);
    return { ...made, interaction: { ...made.interaction, name } };
  });
}

/**
 * Merges repeated requests, which pages make often. If all answers were the same one is kept; else they are played in
 * sequence, in their order.
 */
function withoutRepeats(list: readonly Made[]): { kept: Made[]; repeated: number } {
  const answers = new Map<string, string[]>();
  const keys = list.map(({ interaction: { request }, exact }, i) => (exact ? `${i}` : requestKey(request)));
  for (const [i, { interaction }] of list.entries())
    answers.set(keys[i] as string, [...(answers.get(keys[i] as string) ?? []), answerKey(interaction)]);
  const seen = new Set<string>();
  const kept = list.flatMap((made, i): Made[] => {
    const key = keys[i] as string;
    const all = answers.get(key) ?? [];
    const first = !seen.has(key);
    seen.add(key);
    if (all.length === 1) return [made];
    if (new Set(all).size === 1) return first ? [made] : [];
    return [{ ...made, interaction: { ...made.interaction, match: { play: "sequence" } } }];
  });
  return { kept, repeated: list.length - kept.length };
}

/** Key that is equal for answers that differ only in their waits. */
function answerKey({ response }: Interaction): string {
  const { wait: _wait, end, body = [], ...rest } = response;
  return printCompact([rest, end?.how, body.map(({ wait, ...element }) => [wait === undefined, element])]);
}

function checkImported(har: HarFile, file: string, cassette: Cassette, sources: readonly HarSource[]): void {
  try {
    checkCassette(file, printCassette(cassette), noSideFiles);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const [, index, location = ""] = /^\/interactions\/(\d+)(.*)$/.exec(error.location.pointer ?? "") ?? [];
    const source = index === undefined ? undefined : sources[Number(index)];
    throw har.fail(
      source?.pointer ?? "",
      `what it makes would not load${location === "" ? "" : `, at ${location}`}: ${error.reason}`,
      "correct the entry, or take it out",
    );
  }
}

function noSideFiles(): never {
  throw new RangeError("a HAR has no side files");
}
