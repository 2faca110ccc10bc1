import { parseJsonSource, plainJson } from "../../util/index.ts";
import { type About, CASSETTE_SUFFIX, CassetteError, type Interaction } from "../format/index.ts";

/** The recording log beside a cassette: `chat.cassette.json` has `chat.recording-log`. */
export function logFileOf(file: string): string {
  return stemOf(file) + LOG_SUFFIX;
}

/** The recording log of gatetape 0.1.0 beside a cassette: `chat.tape`. */
export function oldLogFileOf(file: string): string {
  return stemOf(file) + OLD_LOG_SUFFIX;
}

/** The cassette that a recording log, of this version or the old one, belongs to. */
export function cassetteOfLog(log: string): string {
  const suffix = log.endsWith(OLD_LOG_SUFFIX) ? OLD_LOG_SUFFIX : LOG_SUFFIX;
  return log.slice(0, -suffix.length) + CASSETTE_SUFFIX;
}

export const LOG_SUFFIX = ".recording-log";
export const LOG_VERSION = 2;

/** Suffix of recording logs of version 1, which gatetape 0.1.0 wrote. */
export const OLD_LOG_SUFFIX = ".tape";

/** Start of a recording log of version 1. Other programs have `.tape` files too; those are none of ours. */
const OLD_LOG_START = '{"tape"';

/** Rule by which recorded interactions meet those of the cassette. */
export interface LogHead {
  /**
   * `replace`: all recordings of a request replace all that the cassette has for it. `add`: they follow what the cassette
   * had when the recording began. `only`: they replace one interaction.
   */
  readonly how: "replace" | "add" | "only";
  /** For `only`: the name of that interaction. */
  readonly only?: string;
  /** Keeps the cassette's waits for an answer that came again byte for byte. */
  readonly keepWaits?: boolean;
}

export interface RecordingLog {
  readonly about: About;
  readonly plan: LogHead;
  /** In the order in which the requests came. */
  readonly entries: readonly LogEntry[];
}

/** A recorded interaction. */
export interface LogEntry {
  /** Counted in the order in which requests came. */
  readonly id: number;
  /** For `add`: the number of interactions that the cassette had for this request. */
  readonly base: number;
  /** Kinds of the secrets that were replaced in it. */
  readonly sanitized?: readonly string[];
  readonly interaction: Interaction;
}

interface HeadLine {
  readonly recordingLog: typeof LOG_VERSION;
  readonly about: About;
  readonly plan: LogHead;
}

/** The first line of a recording log. */
export function printLogHead(about: About, plan: LogHead): string {
  return `${JSON.stringify({ recordingLog: LOG_VERSION, about, plan } satisfies HeadLine)}\n`;
}

/** The line of an entry. A later entry replaces an earlier one with the same id. */
export function printEntry(entry: LogEntry): string {
  const { id, ...rest } = entry;
  return `${JSON.stringify({ entry: { id, ...rest } })}\n`;
}

const ENTRY_START = '{"entry":';
/** The id is the first member of a printed entry. */
const ENTRY_ID_START = `${ENTRY_START}{"id":`;
const MAX_DIGITS = 16;

/** The line of an entry that equals the earlier entry `again`, but for its times. */
export function printAgain(id: number, again: number): string {
  return `${JSON.stringify({ id, again })}\n`;
}

/** The line for a connection that the server closed after the complete answer of entry `id`. */
export function printClosed(id: number): string {
  return `${JSON.stringify({ id, closed: true })}\n`;
}

/** The id of a line's entry, read without the entry; `undefined` for lines of other kinds. */
export function entryId(line: string): number | undefined {
  if (!line.startsWith(ENTRY_ID_START)) return undefined;
  return Number.parseInt(line.slice(ENTRY_ID_START.length, ENTRY_ID_START.length + MAX_DIGITS), 10);
}

/** The id of the exchange that a line stands for, whether its entry is in it or an earlier one again. */
export function lineId(line: string): number | undefined {
  const again = /^\{"id":(\d+),"again":/.exec(line)?.[1];
  return again === undefined ? entryId(line) : Number(again);
}

/** The entry of a whole line; `undefined` for lines of other kinds. */
export function parseEntry(line: string): LogEntry | undefined {
  if (!line.startsWith(ENTRY_START)) return undefined;
  return (parseJsonSource(line) as { readonly entry: LogEntry }).entry;
}

/** True if a text is a recording log of version 1. */
export function isOldLog(text: string): boolean {
  return text.startsWith(OLD_LOG_START);
}

/**
 * Parses a recording log. Text after the last line break is a line that was cut off while it was written; it is left
 * out, as its answer was not released to the client.
 *
 * @returns `undefined` if the log has no whole line
 * @throws CassetteError `log-version` if the log is of another version, `not-json` if a whole line can't be read
 */
export function parseLog(file: string, content: Uint8Array | string): RecordingLog | undefined {
  const entries = new Map<number, LogEntry>();
  let head: HeadLine | undefined;
  let number = 0;
  for (const line of wholeLines(content)) {
    number++;
    if (number === 1 && isOldLog(line)) throw otherVersion(file, 1);
    if (line === "") continue;
    const value = parsedLine(file, number, line);
    if (isHead(value)) {
      const version = Number(value.recordingLog);
      if (version !== LOG_VERSION) throw otherVersion(file, version);
      head ??= plainJson(value) as HeadLine;
    } else if (isEntry(value)) entries.set(value.entry.id, value.entry);
    else if (isAgain(value)) {
      const entry = entries.get(value.again);
      if (entry !== undefined) entries.set(value.id, { ...entry, id: value.id });
    } else if (isClosed(value)) {
      const entry = entries.get(value.id);
      if (entry !== undefined) entries.set(value.id, closed(entry));
    } else throw broken(file, number, "is not a line of a recording log");
  }
  if (head === undefined) {
    if (entries.size > 0) throw broken(file, 1, "a recording log begins with a line that has its version");
    return undefined;
  }
  return {
    about: head.about,
    plan: head.plan,
    entries: [...entries.values()].toSorted((a, b) => a.id - b.id),
  };
}

/**
 * The lines of a log that have an end. Each is decoded by itself: one letter beyond Latin-1 would double the memory of all, and a log
 * may have many megabytes.
 */
function* wholeLines(content: Uint8Array | string): Generator<string> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let from = 0, end = bytes.indexOf(LF); end !== -1; from = end + 1, end = bytes.indexOf(LF, from))
    yield Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString();
}

const LF = 10;

/** The refusal of a recording log of another version. Its content is never dropped: the fix says how to keep it. */
export function otherVersion(log: string, version: number): CassetteError {
  return new CassetteError(
    "log-version",
    { file: log },
    `is a recording log of format version ${version}, this gatetape reads version ${LOG_VERSION}`,
    `to keep what is in it, run gatetape record --out ${cassetteOfLog(log)} with the gatetape that wrote it${version === 1 ? " (0.1.0)" : ""}, which writes it into the cassette; otherwise delete it`,
  );
}

function stemOf(file: string): string {
  return file.endsWith(CASSETTE_SUFFIX) ? file.slice(0, -CASSETTE_SUFFIX.length) : file;
}

function parsedLine(file: string, line: number, text: string): Record<string, unknown> {
  try {
    const value = parseJsonSource(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // thrown below
  }
  throw broken(file, line, "is not JSON");
}

function isHead(value: object): value is { recordingLog: unknown } {
  return "recordingLog" in value && "about" in value && "plan" in value;
}

function isEntry(value: object): value is { entry: LogEntry } {
  const { entry } = value as { readonly entry?: Partial<LogEntry> | null };
  return typeof entry?.id === "number" && entry.interaction !== undefined && entry.base !== undefined;
}

function isAgain(value: object): value is { id: number; again: number } {
  return "id" in value && typeof value.id === "number" && "again" in value && typeof value.again === "number";
}

function isClosed(value: object): value is { id: number } {
  return "id" in value && typeof value.id === "number" && "closed" in value;
}

function closed(entry: LogEntry): LogEntry {
  const { interaction } = entry;
  const { end } = interaction.response;
  if (end !== undefined && end.how !== "complete") return entry;
  const response = { ...interaction.response, end: { ...end, how: "close" as const } };
  return { ...entry, interaction: { ...interaction, response } };
}

function broken(file: string, line: number, reason: string): CassetteError {
  return new CassetteError(
    "not-json",
    { file, line },
    reason,
    "only gatetape writes recording logs: remove the line, or delete the log and record again",
  );
}
