import { isObject } from "../../util/index.ts";
import { CassetteError } from "../format/index.ts";
import type { ImportEntry, ParsedImport, RawExchange } from "./types.ts";

const FORM =
  'each line is {"name": …, "request": …, "response": …, "reads": [[ms, bytes], …], "end": …}, see docs/cassettes.md';

/** Reads JSON Lines of raw exchanges; a line that holds none is left out. */
export function parseLines(file: string, text: string): ParsedImport {
  const entries: ImportEntry[] = [];
  const leftOut: CassetteError[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const location = { file, line: i + 1 };
    const exchange = exchangeOfLine(line);
    if (typeof exchange === "string") leftOut.push(new CassetteError("import", location, exchange, FORM));
    else
      entries.push({
        locate: () => location,
        number: entries.length + leftOut.length + 1,
        source: { raw: exchange },
        notes: [],
      });
  }
  return {
    format: "JSON Lines",
    entries,
    leftOut,
    skipped: new Map(),
    about: { origin: "recorded" },
    losses: [],
    named: true,
  };
}

/**
 * The exchanges of a JSON Lines text.
 * @throws CassetteError `import` with the line
 * @internal for tests and scripts
 */
export function parseExchanges(file: string, text: string): RawExchange[] {
  const { entries, leftOut } = parseLines(file, text);
  if (leftOut[0] !== undefined) throw leftOut[0];
  return entries.flatMap(({ source }) => ("raw" in source ? [source.raw] : []));
}

/** The exchange of a line, or the reason for which it holds none. */
function exchangeOfLine(line: string): RawExchange | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `not JSON: ${withoutQuote(error as Error)}`;
  }
  if (!isObject(value)) return "is not an object";
  const { name, request, response, reads, end } = value;
  if (typeof name !== "string" || request === undefined || response === undefined)
    return "name, request or response is missing";
  if (!areBytes(request)) return 'request is neither a text nor {"base64": …}';
  if (!areBytes(response)) return 'response is neither a text nor {"base64": …}';
  if (end !== undefined && typeof end !== "string") return "end is not a text";
  if (reads === undefined) return { name, request, response, ...(end === undefined ? {} : { end }) };
  if (!areReads(reads)) return "reads is not a list of [ms, bytes]";
  return { name, request, response, reads: ascending(reads), ...(end === undefined ? {} : { end }) };
}

/** A parser's message without the text that it quotes, which may be a secret. */
function withoutQuote({ message }: Error): string {
  return message.replace(/, (?:\.\.\.)?".*" is not valid JSON$/s, " is not expected there");
}

function areBytes(value: unknown): value is string | { readonly base64: string } {
  return typeof value === "string" || (isObject(value) && typeof value["base64"] === "string");
}

function areReads(value: unknown): value is [number, number][] {
  return (
    Array.isArray(value) &&
    value.every(
      (read) =>
        Array.isArray(read) && read.length === 2 && Number.isFinite(read[0]) && Number.isInteger(read[1]),
    )
  );
}

/** Reads whose times never go back: a wait can't be negative. */
function ascending(reads: readonly [number, number][]): [number, number][] {
  let last = 0;
  return reads.map(([ms, bytes]) => [(last = Math.max(last, ms)), Math.max(0, bytes)]);
}
