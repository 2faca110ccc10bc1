import { CassetteError, type CassetteErrorLocation } from "../format/index.ts";
import {
  type ImportEntry,
  type ParsedImport,
  type Refuse,
  type SavedRequest,
  type SavedResponse,
  rawOfSaved,
} from "../import/index.ts";

/** A request's parts that stand in its URL. */
export interface UrlParts {
  /** Host and port, in lower case. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
}

/** An exchange as a format's reader makes it. */
export interface SavedExchange {
  readonly host?: string;
  readonly request: SavedRequest;
  readonly response: SavedResponse;
}

/** A list of exchanges in a file. */
export interface SavedList {
  readonly items: readonly unknown[];
  /** JSON pointer of the list. */
  readonly pointer: string;
  locate(pointer: string): CassetteErrorLocation;
}

/** Host and target of a URL; `undefined` if it is not an http or https URL. */
export function urlParts(url: unknown): UrlParts | undefined {
  const parts = typeof url === "string" ? /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/i.exec(url) : null;
  if (parts === null) return undefined;
  const [, host = "", rest = ""] = parts;
  return { host: host.toLowerCase(), target: `${rest.startsWith("/") ? "" : "/"}${rest}` };
}

/**
 * Reads the exchanges of a list. One that can't be read is left out with its reason.
 * @param wanted imports only requests to this host, with its port or without
 * @param read reads one exchange; it may throw what `refuse` makes
 */
export function readList(
  { items, pointer: list, locate }: SavedList,
  wanted: string | undefined,
  read: (item: unknown, notes: string[], refuse: Refuse) => SavedExchange,
): Pick<ParsedImport, "entries" | "leftOut" | "skipped"> & { readonly hosts: ReadonlyMap<string, number> } {
  const entries: ImportEntry[] = [];
  const leftOut: CassetteError[] = [];
  const skipped = new Map<string, number>();
  const hosts = new Map<string, number>();
  for (const [i, item] of items.entries()) {
    const pointer = `${list}/${i}`;
    const refuse: Refuse = (reason, fix = "correct the exchange, or take it out") =>
      new CassetteError("import", locate(pointer), reason, fix);
    const notes: string[] = [];
    try {
      const { host, request, response } = read(item, notes, refuse);
      if (host !== undefined) hosts.set(host, (hosts.get(host) ?? 0) + 1);
      if (
        wanted !== undefined &&
        host !== wanted.toLowerCase() &&
        host?.replace(/:\d+$/, "") !== wanted.toLowerCase()
      ) {
        skipped.set("another host", (skipped.get("another host") ?? 0) + 1);
        continue;
      }
      const raw = rawOfSaved(request, response, notes, refuse);
      entries.push({ number: i + 1, pointer, source: { raw }, notes, locate: () => locate(pointer) });
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      leftOut.push(error);
    }
  }
  return { entries, leftOut, skipped, hosts };
}

/** A note about a file with requests to several hosts, which a cassette does not tell apart. */
export function hostLoss(hosts: ReadonlyMap<string, number>): string[] {
  if (hosts.size < 2) return [];
  const list = [...hosts].map(([host, n]) => `${host} (${n})`).join(", ");
  return [
    `requests to several hosts became one cassette, which knows no hosts; choose one with --host: ${list}`,
  ];
}
