import type { About, CassetteError, CassetteErrorLocation, Interaction } from "../format/index.ts";

/**
 * An exchange as raw bytes, from which every interaction is made: a line of the JSON Lines that
 * `gatetape cassette import` reads, an entry of a HAR, or an exchange that a recorder saw.
 */
export interface RawExchange {
  readonly name: string;
  /** The request with its head; in JSON, bytes that are not text are spelled as base64. */
  readonly request: RawBytes;
  readonly response: RawBytes;
  /** Reads of the response as [ms since the request, number of bytes]. Absent: all at once. */
  readonly reads?: readonly (readonly [ms: number, bytes: number])[];
  /** End of the connection, in words: "EOF" if the server closed, "reset" if it reset, else it stayed open. */
  readonly end?: string;
}

export type RawBytes = string | { readonly base64: string } | Uint8Array;

/** An exchange of a file, before it becomes an interaction. */
export interface ImportEntry {
  /** Its JSON pointer, in a file that is one JSON or YAML document. */
  readonly pointer?: string;
  /** Its number in the file, from 1. */
  readonly number: number;
  /** The exchange, or the interaction itself if gatetape exported it. */
  readonly source: { readonly raw: RawExchange } | { readonly exact: Interaction };
  /** Corrections that were necessary, in words. */
  readonly notes: readonly string[];
  /** Finds its location, by which messages name it; that may take a scan of the whole file. */
  locate(): CassetteErrorLocation;
}

/** A file of exchanges, read but not yet sanitized: for the memory only. */
export interface ParsedImport {
  /** Words for the kind of file: `a HAR`. */
  readonly format: string;
  readonly entries: readonly ImportEntry[];
  /** Exchanges that can't be imported, with the reasons. */
  readonly leftOut: readonly CassetteError[];
  /** Entries that were passed over on purpose, counted by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly about: Pick<About, "origin" | "derivedBy"> | About;
  /** Losses of the format itself, in words: printed once for each import. */
  readonly losses: readonly string[];
  /** The host whose requests were chosen, for a format that knows hosts. */
  readonly host?: string;
  /** True if the exchanges have names of their own. */
  readonly named: boolean;
}

/** An entry that was adjusted to HTTP/1 or to the cassette. */
export interface Adjustment {
  readonly number: number;
  readonly pointer?: string;
  readonly what: string;
}
