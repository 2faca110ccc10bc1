import { type SanitizeRules, Sanitizer, masked } from "../../secrets/index.ts";
import { defined, printCompact } from "../../util/index.ts";
import {
  type About,
  type Cassette,
  CassetteError,
  type Interaction,
  loadProblems,
  noSideFiles,
} from "../format/index.ts";
import { scrubAbout } from "../scrub/index.ts";
import { type CleanCassette, cleanCassette } from "./clean-cassette.ts";
import { draftOfExchange } from "./import.ts";
import { withoutPrefixes } from "./prefix.ts";
import { sequenced } from "./repeats.ts";
import type { Adjustment, ImportEntry, ParsedImport } from "./types.ts";

export interface CollectOptions {
  readonly title: string;
  readonly ogl: string;
  /** Members of `about` that override those of a file which was exported from a cassette. */
  readonly chosen?: readonly ("title" | "ogl")[];
  /** Rules of sanitizing beside those of gatetape. */
  readonly rules?: SanitizeRules;
  /** The names of the interactions that are kept; all if absent. */
  readonly only?: readonly string[];
  /** The base path that is cut from targets; `/` cuts nothing. @default found by itself */
  readonly prefix?: string;
}

/** A cassette made of a file, and all that was not taken over as it stood there. */
export interface ImportResult {
  readonly cassette: Cassette;
  readonly format: string;
  readonly host?: string;
  /** Number of interactions that are exactly those that gatetape exported. */
  readonly exact: number;
  /** Exchanges that could not be imported, each with its location and the reason. */
  readonly leftOut: readonly CassetteError[];
  /** Entries that are left out since they still hold a secret, by their numbers. */
  readonly withheld: CleanCassette["withheld"];
  readonly replaced: CleanCassette["replaced"];
  /** Entries that were passed over on purpose, counted by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly adjusted: readonly Adjustment[];
  /** Base paths that were cut, with the number of requests. */
  readonly prefixes: Readonly<Record<string, number>>;
  readonly losses: readonly string[];
}

/** An entry and the interaction that it becomes. */
interface Made {
  readonly entry: ImportEntry;
  readonly interaction: Interaction;
  readonly exact: boolean;
}

/**
 * Makes a cassette of a file's exchanges. An exchange that can't be imported is left out with its reason; the others are
 * not touched by that.
 */
export async function collectImport(
  file: string,
  parsed: ParsedImport,
  options: CollectOptions,
): Promise<ImportResult> {
  const leftOut = [...parsed.leftOut];
  const skipped = new Map(parsed.skipped);
  const about = aboutOf(parsed, options);
  const entries = parsed.named
    ? chosenOf(file, parsed.entries, options.only, ({ source }) => ("raw" in source ? source.raw.name : ""))
    : parsed.entries;
  const drafts = await draftsOf(file, entries, leftOut);
  const { interactions, cut } = withoutPrefixes(
    drafts.map(({ interaction }) => interaction),
    about.ogl,
    options.prefix,
    (i) => drafts[i]?.exact ?? false,
  );
  const unprefixed = drafts.map((made, i) => ({ ...made, interaction: interactions[i] as Interaction }));
  const clean = await cleanEntries(unprefixed, about, options.rules ?? {});
  const chosen = parsed.named
    ? clean.list
    : chosenOf(file, withNames(clean.list), options.only, ({ interaction }) => interaction.name);
  const loadable = chosen.flatMap((made) => loadableOf(made, about, leftOut));
  const ordered = sequenced(
    loadable.map(({ interaction }) => interaction),
    (i) => loadable[i]?.exact ?? false,
  );
  const kept = loadable.flatMap((made, i): Made[] => {
    const interaction = ordered[i];
    return interaction === undefined ? [] : [{ ...made, interaction }];
  });
  if (kept.length < loadable.length) skipped.set("the same again", loadable.length - kept.length);
  return {
    cassette: {
      cassette: 1,
      about: { ...clean.about, ...(clean.sanitized.length > 0 ? { sanitized: clean.sanitized } : {}) },
      interactions: kept.map(({ interaction }) => interaction),
    },
    format: masked(parsed.format),
    ...(parsed.host === undefined ? {} : { host: parsed.host }),
    exact: kept.filter(({ exact }) => exact).length,
    leftOut: leftOut.toSorted(byLocation),
    withheld: clean.withheld,
    replaced: clean.replaced,
    skipped: Object.fromEntries(skipped),
    adjusted: kept.flatMap(({ entry: { number, pointer, notes } }) =>
      notes.map((what) => ({ number, ...defined({ pointer }), what })),
    ),
    prefixes: Object.fromEntries(cut),
    losses: parsed.losses,
  };
}

function byLocation({ location: a }: CassetteError, { location: b }: CassetteError): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function aboutOf({ about }: ParsedImport, { title, ogl, chosen = [] }: CollectOptions): About {
  const known = "title" in about ? about : undefined;
  return {
    ...about,
    title: known === undefined || chosen.includes("title") ? title : known.title,
    ogl: known === undefined || chosen.includes("ogl") ? ogl : known.ogl,
  };
}

async function draftsOf(
  file: string,
  entries: readonly ImportEntry[],
  leftOut: CassetteError[],
): Promise<Made[]> {
  const drafts: Made[] = [];
  for (const entry of entries) {
    const { source } = entry;
    try {
      drafts.push(
        "exact" in source
          ? { entry, interaction: source.exact, exact: true }
          : { entry, interaction: await draftOfExchange(file, source.raw), exact: false },
      );
    } catch (error) {
      leftOut.push(leftOutOf(entry, error));
    }
  }
  return drafts;
}

/** @throws any other error than that of an exchange which can't be imported */
function leftOutOf(entry: ImportEntry, error: unknown): CassetteError {
  if (!(error instanceof CassetteError)) throw error;
  return new CassetteError("import", entry.locate(), masked(error.reason), error.fix);
}

/** Interactions without secrets, and what was replaced and withheld by the numbers of the entries. */
interface CleanEntries extends Pick<CleanCassette, "withheld" | "replaced"> {
  readonly about: About;
  readonly list: readonly Made[];
  readonly sanitized: readonly string[];
}

/** Makes interactions without secrets, with their waivers. */
async function cleanEntries(
  drafts: readonly Made[],
  about: About,
  rules: SanitizeRules,
): Promise<CleanEntries> {
  const existing = printCompact(drafts.flatMap(({ exact, interaction }) => (exact ? [interaction] : [])));
  const sanitizer = new Sanitizer(existing, { rules });
  const clean = await cleanCassette(
    drafts.map(({ interaction }) => interaction),
    { about, sanitizer, keep: rules.keep ?? [], isExact: (i) => drafts[i]?.exact ?? false },
  );
  const draftOf = (number: number): Made => drafts[number - 1] as Made;
  const byEntry = <T extends { readonly number: number }>(one: T): T => ({
    ...one,
    number: draftOf(one.number).entry.number,
  });
  const ours = drafts.some(({ exact }) => exact) ? (about.sanitized ?? []) : [];
  return {
    about: scrubAbout(about, sanitizer),
    list: clean.cassette.interactions.map((interaction, i) => ({
      ...draftOf(clean.numbers[i] as number),
      interaction,
    })),
    sanitized: [...new Set([...ours, ...(clean.cassette.about.sanitized ?? [])])].toSorted(),
    withheld: clean.withheld.map(byEntry),
    replaced: clean.replaced.map(byEntry),
  };
}

/** Names new interactions by method and path, which are free of secrets by now, and numbers equal names. */
function withNames(list: readonly Made[]): Made[] {
  const taken = new Set(list.flatMap(({ interaction, exact }) => (exact ? [interaction.name] : [])));
  const last = new Map<string, number>();
  return list.map((made): Made => {
    if (made.exact) return made;
    const { method, target } = made.interaction.request;
    const base = `${method} ${target.split("?", 1)[0]}`;
    let n = last.get(base) ?? 1;
    let name = n === 1 ? base : `${base} ${n}`;
    while (taken.has(name)) name = `${base} ${++n}`;
    last.set(base, n);
    taken.add(name);
    return { ...made, interaction: { ...made.interaction, name } };
  });
}

/** The elements with the wanted names. @throws CassetteError if a name is not there */
function chosenOf<T>(
  file: string,
  list: readonly T[],
  only: readonly string[] | undefined,
  nameOf: (element: T) => string,
): readonly T[] {
  if (only === undefined) return list;
  const unknown = only.filter((name) => !list.some((element) => nameOf(element) === name));
  if (unknown.length > 0)
    throw new CassetteError(
      "not-found",
      { file },
      `has no exchange named ${unknown.join(", ")}`,
      "leave --only out to see the names in the cassette",
    );
  return list.filter((element) => only.includes(nameOf(element)));
}

/** The interaction with its waivers, if a cassette of it loads; else it is left out. */
function loadableOf(made: Made, about: About, leftOut: CassetteError[]): Made[] {
  const refused = (location: string, reason: string): Made[] => {
    const where = location === "" ? "" : `, at ${location}`;
    leftOut.push(
      new CassetteError(
        "import",
        made.entry.locate(),
        `what it makes would not load${where}: ${masked(reason)}`,
        "correct the exchange, or take it out",
      ),
    );
    return [];
  };
  const { interaction } = made;
  const [problem] = loadProblems(interaction, about, noSideFiles);
  return problem === undefined ? [made] : refused(problem.location, problem.message);
}
