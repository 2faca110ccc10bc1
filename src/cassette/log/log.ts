import { parseJsonSource, plainJson } from "../../util/index.ts";
import { type About, CASSETTE_SUFFIX, CassetteError, type Interaction } from "../format/index.ts";

/** The name of the tape beside a cassette: `chat.cassette.json` has `chat.tape`. */
export function tapeOf(file: string): string {
  return (file.endsWith(CASSETTE_SUFFIX) ? file.slice(0, -CASSETTE_SUFFIX.length) : file) + TAPE_SUFFIX;
}

/** The cassette that a tape belongs to. */
export function cassetteOfTape(tape: string): string {
  return tape.slice(0, -TAPE_SUFFIX.length) + CASSETTE_SUFFIX;
}

export const TAPE_SUFFIX = ".tape";

/** How what was recorded meets what the cassette holds already. */
export interface TapePlan {
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

export interface Tape {
  readonly about: About;
  readonly plan: TapePlan;
  /** In the order in which the requests came. */
  readonly takes: readonly Take[];
}

/** One interaction as it was recorded. */
export interface Take {
  /** Counted in the order in which requests came. */
  readonly id: number;
  /** For `add`: how many interactions the cassette had for this request. */
  readonly base: number;
  /** The kinds of secrets that were replaced in it. */
  readonly sanitized?: readonly string[];
  readonly interaction: Interaction;
}

interface HeadLine {
  readonly tape: 1;
  readonly about: About;
  readonly plan: TapePlan;
}

/** The first line of a tape. */
export function printTapeHead(about: About, plan: TapePlan): string {
  return `${JSON.stringify({ tape: 1, about, plan } satisfies HeadLine)}\n`;
}

/** The line of a take. A later one of the same id takes the place of an earlier one. */
export function printTake(take: Take): string {
  return `${JSON.stringify(take)}\n`;
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
export function parseTape(file: string, text: string): Tape | undefined {
  const lines = text.split("\n").slice(0, -1);
  const takes = new Map<number, Take>();
  let head: HeadLine | undefined;
  for (const [i, line] of lines.entries()) {
    if (line === "") continue;
    const value = lineOf(file, i + 1, line);
    if (isHead(value)) head ??= plainJson(value) as HeadLine;
    else if (isTake(value)) takes.set(value.id, value);
    else if (isAgain(value)) {
      const take = takes.get(value.again);
      if (take !== undefined) takes.set(value.id, { ...take, id: value.id });
    } else if (isClosed(value)) {
      const take = takes.get(value.id);
      if (take !== undefined) takes.set(value.id, closed(take));
    } else throw broken(file, i + 1, "is no line of a tape");
  }
  if (head === undefined) {
    if (takes.size > 0) throw broken(file, 1, "a tape begins with a line that says what it is");
    return undefined;
  }
  return { about: head.about, plan: head.plan, takes: [...takes.values()].toSorted((a, b) => a.id - b.id) };
}

function lineOf(file: string, line: number, text: string): Record<string, unknown> {
  try {
    const value = parseJsonSource(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw broken(file, line, "is not JSON");
}

function isHead(value: object): value is HeadLine {
  return "tape" in value && value.tape === 1 && "about" in value && "plan" in value;
}

function isTake(value: object): value is Take {
  return "id" in value && typeof value.id === "number" && "interaction" in value && "base" in value;
}

function isAgain(value: object): value is { id: number; again: number } {
  return "id" in value && typeof value.id === "number" && "again" in value && typeof value.again === "number";
}

function isClosed(value: object): value is { id: number } {
  return "id" in value && typeof value.id === "number" && "closed" in value;
}

function closed(take: Take): Take {
  const { interaction } = take;
  const { end } = interaction.response;
  if (end !== undefined && end.how !== "complete") return take;
  const response = { ...interaction.response, end: { ...end, how: "close" as const } };
  return { ...take, interaction: { ...interaction, response } };
}

function broken(file: string, line: number, reason: string): CassetteError {
  return new CassetteError(
    "not-json",
    { file, line },
    reason,
    "a tape is written by gatetape alone: take the line out, or delete the tape and record again",
  );
}
