import type { About, CassetteError, CassetteErrorLocation } from "../format/index.ts";
import {
  type CollectOptions,
  type ImportEntry,
  type ImportResult,
  type ParsedImport,
  collectImport,
} from "../import/index.ts";
import { type ReadAttached, noAttached } from "./attached.ts";
import { harEntries } from "./entries.ts";
import { exactAbout } from "./gatetape.ts";
import { type HarFile, chooseHost, readHar } from "./read.ts";

export interface HarOptions {
  /** Imports only requests to this host. @default the host with most requests to `/v1/` */
  readonly host?: string | undefined;
  /** Reads bodies that stand in files of their own. */
  readonly readAttached?: ReadAttached;
  /** Finds a JSON pointer in the file, if the text was made of another one. */
  readonly locate?: (pointer: string) => CassetteErrorLocation;
}

/**
 * Makes a cassette of an HTTP archive, as browsers and proxies save it.
 * @throws CassetteError if it is not a HAR, or no host can be chosen
 */
export function importHar(
  file: string,
  text: string,
  options: CollectOptions & HarOptions,
): Promise<ImportResult> {
  return collectImport(file, parseHar(file, text, options), options);
}

/**
 * Reads an HTTP archive.
 * @throws CassetteError if it is not a HAR, or no host can be chosen
 */
export function parseHar(
  file: string,
  text: string,
  { host: wanted, readAttached = noAttached, locate }: HarOptions,
): ParsedImport {
  const har = readHar(file, text, locate);
  const host = chooseHost(har, wanted);
  const results = harEntries(har, host, readAttached).map(({ result }) => result);
  const entries = results.filter((result): result is ImportEntry => "locate" in result);
  const others = har.sources.length - results.length;
  const skipped = new Map<string, number>();
  if (har.notHttp > 0) skipped.set("no HTTP", har.notHttp);
  if (others > 0) skipped.set("another host", others);
  return {
    format: `a HAR${har.creator === "" ? "" : ` by ${har.creator}`}`,
    entries,
    leftOut: [...har.leftOut, ...results.filter((result): result is CassetteError => !("locate" in result))],
    skipped,
    about: importedAbout(har, entries),
    losses: [],
    host,
    named: false,
  };
}

function importedAbout(har: HarFile, entries: readonly ImportEntry[]): ParsedImport["about"] {
  const known: About | undefined = entries.every(({ source }) => "exact" in source)
    ? exactAbout(har.about)
    : undefined;
  if (known !== undefined) return known;
  // Not `recorded`: a HAR knows neither the server's writes nor all of its headers.
  const by = `gatetape cassette import, of a HAR${har.creator === "" ? "" : ` by ${har.creator}`}`;
  return { origin: "derived", derivedBy: by.slice(0, 200) };
}
