import { readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { CassetteReply } from "../../exchange/index.ts";
import type { Script } from "../../http/index.ts";
import { type OglVersion, specOf } from "../../openapi/index.ts";
import { type KnownTexts, packageFolder, parseJsonSource, plainJson } from "../../util/index.ts";
import {
  type Cassette,
  CassetteError,
  type CassetteResponse,
  type Interaction,
  type LoadedCassette,
  type MatchRequest,
  type MatchRule,
  type Origin,
  hashOf,
  matchRequestOf,
  scriptOf,
  sideFileReader,
  withoutClients,
} from "../format/index.ts";
import { type Credential, credentialsOf, isRefused } from "../match/index.ts";
import { PROMPTS, decodedMatch } from "../scrub/index.ts";
import { type FileSessions, fileSessions } from "./file-sessions.ts";
import { findCassettes } from "./find.ts";
import { LibraryIndex } from "./library-index.ts";
import { loadCassette } from "./load.ts";
import { responseTexts } from "./response-texts.ts";

/** An interaction that is ready to be played. */
export interface LibraryEntry {
  readonly file: string;
  readonly index: number;
  readonly interaction: Interaction;
  readonly origin: Origin;
  readonly request: MatchRequest;
  readonly match: MatchRule;
  readonly script: Script;
  /** The credential that it was recorded with; `undefined` if it says nothing of credentials. */
  readonly credential: Credential | undefined;
  /** True if it refuses the key of its request. */
  readonly refused: boolean;
  /** `"two tokens" (recorded, cassettes/0.4.1/chat.cassette.json)`, for logs and messages. */
  readonly title: string;
  /** Names it as the author of an answer. */
  readonly by: CassetteReply;
  /** The short name of the operation that it answers, or the method and path if the OpenAPI has none. */
  readonly operation: string;
}

export interface LibraryOptions {
  /** Only cassettes of this generation are loaded. */
  readonly ogl: OglVersion;
  /** Files and folders; a folder is searched for cassettes at any depth. */
  readonly paths: readonly string[];
  /** True to play each cassette to the session of its name alone. Equal interactions of two cassettes are then no error. */
  readonly sessionPerCassette?: boolean;
  /** Texts of cassettes that were found valid before. */
  readonly known?: KnownTexts;
}

/** The loaded cassettes, indexed by the requests that they answer. */
export interface Library {
  readonly ogl: OglVersion;
  readonly entries: readonly LibraryEntry[];
  readonly files: readonly string[];
  /** Files that were left out, as they are of another generation. */
  readonly otherGeneration: readonly string[];
  /** Entries that answer before the request's body is read. */
  readonly early: readonly LibraryEntry[];
  /**
   * Names of sessions that play one cassette each. A session of another name plays nothing; one without a name plays all
   * cassettes, the first in order where several have an answer.
   */
  readonly sessions?: FileSessions;
  /** The cassette alone, as a library. */
  ofFile(file: string): Library;
  find: LibraryIndex<LibraryEntry>["find"];
  nearest: LibraryIndex<LibraryEntry>["nearest"];
}

/** Limit of reported ambiguities: a hundred equal interactions are one mistake. */
const MAX_AMBIGUITIES = 20;

const bundledFolder = join(packageFolder, "cassettes", sep);

/** The folder of the bundled library for a generation. */
export function bundledLibrary(ogl: OglVersion): string {
  return join(bundledFolder, ogl);
}

/** True for a file of the bundled library. */
export function isBundled(file: string): boolean {
  return resolve(file).startsWith(bundledFolder);
}

/**
 * Loads and validates cassettes.
 * @throws CassetteError for the first cassette that can't be used, or if two interactions take the same request; of
 * several problems the first, the others as `cause`
 */
export function loadLibrary(options: LibraryOptions): Library {
  const { paths, sessionPerCassette = false } = options;
  const files: string[] = [];
  const otherGeneration: string[] = [];
  const index = new LibraryIndex<LibraryEntry>(specOf(options.ogl));
  const indexes = [index];
  const entries: LibraryEntry[] = [];
  for (const file of findCassettes(paths)) {
    const source = trustedSource(file) ?? librarySource(loadCassette(file, options.known));
    if (source.about.ogl !== options.ogl) {
      otherGeneration.push(file);
      continue;
    }
    files.push(file);
    const own = [...libraryEntries(file, source, options.ogl)];
    entries.push(...own);
    if (sessionPerCassette) indexes.push(libraryIndex(own, options.ogl));
    for (const entry of own) index.add(entry);
  }
  const pairs = (sessionPerCassette ? indexes.slice(1) : indexes).flatMap((one) =>
    one.ambiguities(MAX_AMBIGUITIES),
  );
  const [first, ...others] = pairs.slice(0, MAX_AMBIGUITIES).map(([a, b]) => ambiguous(a, b));
  if (first !== undefined) {
    if (others.length > 0) first.cause = others;
    throw first;
  }
  const library = libraryWith(options.ogl, entries, index, files, otherGeneration);
  return sessionPerCassette ? { ...library, sessions: fileSessions(files, paths) } : library;
}

/** The parts of a cassette that the library needs. Scripts are made from interactions whose numbers keep their spelling. */
interface CassetteSource {
  readonly about: Cassette["about"];
  readonly interactions: readonly Interaction[];
  script(index: number): Script;
}

function librarySource({ cassette, readSideFile }: LoadedCassette): CassetteSource {
  const { about, interactions } = cassette;
  // Made when first played; a side file is read now, as it may be another one later.
  const scripts = interactions.map(({ response }) =>
    response.body?.some(({ file }) => file !== undefined) ? scriptOf(response, readSideFile) : undefined,
  );
  const script = (index: number): Script =>
    (scripts[index] ??= scriptOf((interactions[index] as Interaction).response, readSideFile));
  return { about, interactions, script };
}

/** A validated cassette and its scripts as plain data, which another thread may have made. */
export interface PlainCassette {
  readonly file: string;
  readonly about: Cassette["about"];
  readonly interactions: readonly Interaction[];
  readonly scripts: readonly Script[];
}

/** Makes a cassette's plain data. */
export function plainCassette(loaded: LoadedCassette): PlainCassette {
  const { interactions } = loaded.cassette;
  const { about, script } = librarySource(loaded);
  return {
    file: loaded.file,
    about,
    interactions: plainJson(interactions) as Interaction[],
    scripts: interactions.map((_, index) => script(index)),
  };
}

/**
 * Makes a library of cassettes that were not loaded from files, the newest first. If two interactions match a request
 * equally well, the first plays.
 */
export function libraryOf(ogl: OglVersion, cassettes: readonly PlainCassette[]): Library {
  const entries = cassettes.flatMap(({ file, scripts, ...rest }) => [
    ...libraryEntries(file, { ...rest, script: (index) => scripts[index] as Script }, ogl),
  ]);
  return libraryWith(ogl, entries, libraryIndex(entries, ogl), [], []);
}

function libraryIndex(entries: readonly LibraryEntry[], ogl: OglVersion): LibraryIndex<LibraryEntry> {
  const index = new LibraryIndex<LibraryEntry>(specOf(ogl));
  for (const entry of entries) index.add(entry);
  return index;
}

function libraryWith(
  ogl: OglVersion,
  entries: readonly LibraryEntry[],
  index: LibraryIndex<LibraryEntry>,
  files: readonly string[],
  otherGeneration: readonly string[],
): Library {
  const ofFile = new Map<string, Library>();
  return {
    ogl,
    entries,
    files,
    otherGeneration,
    early: entries.filter(({ interaction }) => interaction.response.early),
    ofFile: (file) => {
      const known = ofFile.get(file);
      if (known !== undefined) return known;
      const own = entries.filter((entry) => entry.file === file);
      const made = libraryWith(ogl, own, libraryIndex(own, ogl), [file], []);
      ofFile.set(file, made);
      return made;
    },
    find: (request, take) => index.find(decodedMatch(request), take),
    nearest: (request) => index.nearest(decodedMatch(request)),
  };
}

/**
 * Reads a bundled cassette that was validated when the library was built, if the file is unchanged byte for byte. It
 * is not validated again, and its bodies are encoded when one is first played: both would be most of the start-up time.
 */
function trustedSource(file: string): CassetteSource | undefined {
  if (!file.startsWith(bundledFolder)) return undefined;
  const bytes = readFileSync(file);
  if (!validatedHashes().has(hashOf(bytes))) return undefined;
  const text = bytes.toString("utf8");
  const plain = withoutClients(JSON.parse(text) as Cassette);
  const readSideFile = sideFileReader(file, text);
  const scripts: Script[] = [];
  const responseText = responseTexts(text);
  return {
    about: plain.about,
    interactions: plain.interactions,
    script: (index) =>
      (scripts[index] ??= scriptOf(parseJsonSource(responseText(index)) as CassetteResponse, readSideFile)),
  };
}

function* libraryEntries(file: string, source: CassetteSource, ogl: OglVersion): Generator<LibraryEntry> {
  const spec = specOf(ogl);
  const shown = relative(".", file);
  const filled = source.about.sanitized?.includes(PROMPTS) ?? false;
  const credentialOf = credentialsOf(source.about, source.interactions);
  for (const [index, interaction] of source.interactions.entries()) {
    const recorded = decodedMatch(matchRequestOf(interaction.request));
    const request = filled ? { ...recorded, filled } : recorded;
    const title = `"${interaction.name}" (${source.about.origin}, ${shown})`;
    yield {
      file,
      index,
      interaction,
      origin: source.about.origin,
      title,
      by: authorOf(interaction, title, shown),
      request,
      match: interaction.match ?? {},
      credential: credentialOf(interaction),
      refused: isRefused(interaction),
      get script() {
        return source.script(index);
      },
      operation:
        spec.operationOf(request.method, request.path, request.json)?.operation.id ??
        `${request.method} ${request.path}`,
    };
  }
}

const authors = new WeakMap<Interaction, CassetteReply>();

/** The author of an interaction's answers: one object, by which they are counted, also when its library is made anew. */
function authorOf(interaction: Interaction, title: string, file: string): CassetteReply {
  const known = authors.get(interaction);
  if (known !== undefined) return known;
  const made: CassetteReply = { kind: "cassette", title, file, interaction: interaction.name };
  authors.set(interaction, made);
  return made;
}

function ambiguous(a: LibraryEntry, b: LibraryEntry): CassetteError {
  const name = ({ file, index, interaction }: LibraryEntry): string =>
    `"${interaction.name}" (${relative(".", file)} at /interactions/${index})`;
  return new CassetteError(
    "ambiguous",
    { file: b.file, pointer: `/interactions/${b.index}` },
    `the same request plays ${name(a)} and ${name(b)}`,
    `${a.file === b.file ? "" : "play each cassette to the session of its name with --session-per-cassette; or "}` +
      'remove one; or give both "match": { "play": "sequence" } to play them one after the other (or "last" to repeat the last one); or distinguish them by their bodies or by "match": { "headers": […] }',
  );
}

let validated: ReadonlySet<string> | undefined;

/** SHA-256 of the bundled cassettes as scripts/build-library.ts validated them. */
function validatedHashes(): ReadonlySet<string> {
  try {
    validated ??= new Set(
      Object.values(
        JSON.parse(readFileSync(join(bundledFolder, "validated.json"), "utf8")) as Record<string, string>,
      ),
    );
  } catch {
    validated = new Set();
  }
  return validated;
}
