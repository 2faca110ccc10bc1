import { JsonLocations, plainJson } from "../../util/index.ts";
import { CassetteError, type CassetteErrorLocation, parseJsonFile } from "../format/index.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** An entry of a HAR with a request; nothing else of it has been validated. */
export interface HarSource {
  /** JSON pointer into the HAR. */
  readonly pointer: string;
  /** Its number in the HAR, from 1. */
  readonly number: number;
  readonly method: string;
  /** Scheme and host, in lower case. */
  readonly origin: string;
  readonly host: string;
  /** The request target: path and query as spelled in the URL. */
  readonly target: string;
  readonly entry: JsonObject;
  readonly request: JsonObject;
  readonly response: JsonObject;
  /** The value of `_gatetape`, with the spelling of its numbers. */
  readonly exact: unknown;
}

export interface HarFile {
  readonly creator: string;
  readonly about: unknown;
  readonly sources: readonly HarSource[];
  /** Number of entries that are not HTTP: `data:`, `blob:`, `chrome-extension:` …, and web sockets. */
  readonly notHttp: number;
  /** Entries that can't be read, with the reasons. */
  readonly leftOut: readonly CassetteError[];
  /** Makes an error with the line of a JSON pointer. */
  fail(pointer: string, reason: string, fix: string): CassetteError;
}

/**
 * Parses a HAR.
 * @param locate finds a JSON pointer in the file, if the text was made of another one
 * @throws CassetteError with line and pointer if it is not a HAR
 */
export function readHar(
  file: string,
  text: string,
  locate?: (pointer: string) => CassetteErrorLocation,
): HarFile {
  // HAR lets a BOM come first.
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  // The spelling of numbers counts only in what gatetape itself exported; a HAR may have many megabytes of others.
  const exact = source.includes('"_gatetape"') ? parseJsonFile(file, source) : undefined;
  const locations = new JsonLocations(file, source);
  const fail: HarFile["fail"] = (pointer, reason, fix) =>
    new CassetteError("import", locate?.(pointer) ?? locations.of(pointer), reason, fix);
  const har = objectOf(exact === undefined ? parseJsonFile(file, source, JSON.parse) : plainJson(exact));
  const log = objectOf(har["log"]);
  if (!Array.isArray(log["entries"]))
    throw fail(
      "/log/entries",
      "no HAR: it has no list log.entries",
      "save it in the browser's network panel as HAR with content, or leave --from out",
    );
  const sources: HarSource[] = [];
  const leftOut: CassetteError[] = [];
  let notHttp = 0;
  for (const [i, value] of log["entries"].entries()) {
    const found = sourceOf(value, `/log/entries/${i}`, fail);
    if (found === undefined) notHttp++;
    else if (found instanceof CassetteError) leftOut.push(found);
    else sources.push({ ...found, number: i + 1, exact: exactOf(exact, i) });
  }
  const creator = objectOf(log["creator"]);
  return {
    creator: [creator["name"], creator["version"]].filter((part) => typeof part === "string").join(" "),
    about: objectOf(log["_gatetape"])["about"],
    sources,
    notHttp,
    leftOut,
    fail,
  };
}

function sourceOf(
  value: unknown,
  pointer: string,
  fail: HarFile["fail"],
): Omit<HarSource, "exact" | "number"> | CassetteError | undefined {
  const entry = objectOf(value);
  const request = objectOf(entry["request"]);
  const fix = "correct the entry, or take it out";
  const { method, url } = request;
  if (typeof url !== "string") return fail(`${pointer}/request/url`, "the entry has no request.url", fix);
  const parts = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/i.exec(url);
  if (parts === null || entry["_resourceType"] === "websocket") return undefined;
  if (typeof method !== "string" || !/^[!#$%&'*+.^_`|~\w-]+$/.test(method))
    return fail(`${pointer}/request/method`, "the entry has no request.method", fix);
  const [, scheme = "", host = "", rest = ""] = parts;
  return {
    pointer,
    method,
    origin: `${scheme}://${host}`.toLowerCase(),
    host: host.toLowerCase(),
    target: `${rest.startsWith("/") ? "" : "/"}${rest}`,
    entry,
    request,
    response: objectOf(entry["response"]),
  };
}

/**
 * Chooses the host to import: the wanted one, else the one with most requests to `/v1/`, else the only one.
 * @throws CassetteError if there is no such host
 */
export function chooseHost({ sources, fail }: HarFile, wanted: string | undefined): string {
  const counts = new Map<string, { all: number; v1: number }>();
  for (const { host, target } of sources) {
    const { all, v1 } = counts.get(host) ?? { all: 0, v1: 0 };
    counts.set(host, { all: all + 1, v1: v1 + (target.includes("/v1/") ? 1 : 0) });
  }
  const list = [...counts].map(([host, { all }]) => `${host} (${all})`).join(", ");
  const host = wanted?.toLowerCase();
  if (host !== undefined) {
    const found = [...counts.keys()].find((known) => known === host || known.replace(/:\d+$/, "") === host);
    if (found !== undefined) return found;
    throw fail(
      "/log/entries",
      `no request went to ${wanted}`,
      `choose a host that is there: ${list || "none"}`,
    );
  }
  const [first, second] = [...counts].toSorted(([, a], [, b]) => b.v1 - a.v1);
  if (first === undefined) throw fail("/log/entries", "holds no HTTP request", "record the traffic first");
  if (counts.size === 1) return first[0];
  if (first[1].v1 === 0)
    throw fail("/log/entries", "no request went to a path with /v1/", `choose a host with --host: ${list}`);
  if (second?.[1].v1 === first[1].v1)
    throw fail(
      "/log/entries",
      `${first[0]} and ${second[0]} have equally many requests to /v1/`,
      `choose a host with --host: ${list}`,
    );
  return first[0];
}

/** The value if it is an object, else an empty object, since exporters omit members. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The elements of an array as objects; empty for anything else. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A text; `undefined` for anything else. */
export function stringMember(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The longest wait that a cassette can have. */
const MAX_MS = 2 ** 31 - 1;

/** A time in ms, or a size; HAR writes -1 for what does not apply. */
export function msOf(value: unknown): number {
  return typeof value === "number" && value > 0 && value <= MAX_MS ? value : 0;
}

function exactOf(har: unknown, index: number): unknown {
  const { entries } = objectOf(objectOf(har)["log"]);
  const entry: unknown = Array.isArray(entries) ? entries[index] : undefined;
  return objectOf(objectOf(entry)["_gatetape"])["interaction"];
}
