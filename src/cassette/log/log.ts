import { parseJsonSource, plainJson } from "../../util/index.ts";
import { type About, CASSETTE_SUFFIX, CassetteError, type Interaction } from "../format/index.ts";

/** The name of the tape beside a cassette: `chat.cassette.json` has `chat.tape`. */
export function logFileOf(file: string): string {
  return (file.endsWith(CASSETTE_SUFFIX) ? file.slice(0, -CASSETTE_SUFFIX.length) : file) + LOG_SUFFIX;
}

/** The cassette that a tape belongs to. */
export function cassetteOfLog(log: string): string {
  return log.slice(0, -LOG_SUFFIX.length) + CASSETTE_SUFFIX;
}

export const LOG_SUFFIX = ".tape";

/** How what was recorded meets what the cassette holds already. */
export interface LogHead {
  /**
   * `replace`: all that is recorded for a request takes the place of all that the cassette has for it. `add`: it comes
   * after what the cassette had when the recording began. `only`: it takes the place of one interaction.
   */
  readonly how: "replace" | "add" | "only";
  /** For `only`: the name of that interaction. */
  readonly only?: string;
  /** What came again byte for byte keeps its waits. */
  readonly keepWaits?: boolean;
}

export interface RecordingLog {
  readonly about: About;
  readonly plan: LogHead;
  /** In the order in which the requests came. */
  readonly entries: readonly LogEntry[];
}

/** One interaction as it was recorded. */
export interface LogEntry {
  /** Counted in the order in which requests came. */
  readonly id: number;
  /** For `add`: how many interactions the cassette had for this request. */
  readonly base: number;
  /** The kinds of secrets that were replaced in it. */
  readonly sanitized?: readonly string[];
  readonly interaction: Interaction;
}

interface HeadLine {
  readonly log: 1;
  readonly about: About;
  readonly plan: LogHead;
}

/** The first line of a tape. */
export function printLogHead(about: About, plan: LogHead): string {
  return `${JSON.stringify({ log: 1, about, plan } satisfies HeadLine)}\n`;
}

/** The line of a take. A later one of the same id takes the place of an earlier one. */
export function printEntry(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** The line of a take that is the same as an earlier one, but for its times. */
export function printAgain(id: number, again: number): string {
  return `${JSON.stringify({ id, again })}\n`;
}

/** The line that says that the server closed the connection after a complete answer. */
export function printClosed(id: number): string {
  return `${JSON.stringify({ id, closed: true })}\n`;
}

/**
 * Reads a tape. What follows the last line break was cut off while it was written, and is left out: it had not been told
 * to anybody.
 *
 * @throws CassetteError `not-json` if a whole line can't be read
 */
export function parseLog(file: string, text: string): RecordingLog | undefined {
  const lines = text.split("\n").slice(0, -1);
  const entries = new Map<number, LogEntry>();
  let head: HeadLine | undefined;
  for (const [i, line] of lines.entries()) {
    if (line === "") continue;
    const value = parsedLine(file, i + 1, line);
    if (isHead(value)) head ??= plainJson(value) as HeadLine;
    else if (isEntry(value)) entries.set(value.id, value);
    else if (isAgain(value)) {
      const entry = entries.get(value.again);
      if (entry !== undefined) entries.set(value.id, { ...entry, id: value.id });
    } else if (isClosed(value)) {
      const entry = entries.get(value.id);
      if (entry !== undefined) entries.set(value.id, closed(entry));
    } else throw broken(file, i + 1, "is no line of a tape");
  }
  if (head === undefined) {
    if (entries.size > 0) throw broken(file, 1, "a tape begins with a line that says what it is");
    return undefined;
  }
  return {
    about: head.about,
    plan: head.plan,
    entries: [...entries.values()].toSorted((a, b) => a.id - b.id),
  };
}

function parsedLine(file: string, line: number, text: string): Record<string, unknown> {
  try {
    const value = parseJsonSource(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw broken(file, line, "is not JSON");
}

function isHead(value: object): value is HeadLine {
  return "log" in value && value.log === 1 && "about" in value && "plan" in value;
}

function isEntry(value: object): value is LogEntry {
  return "id" in value && typeof value.id === "number" && "interaction" in value && "base" in value;
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
    "a tape is written by gatetape alone: take the line out, or delete the tape and record again",
  );
}
