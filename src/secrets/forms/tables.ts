import { NAME_HINT, type Strength, isAssignedSecret } from "../names/index.ts";
import type { NamedValue, StrengthOf } from "./named-value.ts";

/** Separators of the columns of a table of text. */
const SEPARATORS = ["|", ",", ";", "\t"] as const;
/** Longest line that may be the head of a table. */
const MAX_HEAD = 400;
const MAX_ROWS = 200;

interface Cell {
  readonly start: number;
  readonly text: string;
}

/** Values in a column whose head is a telling name: tables of Markdown, CSV and TSV. */
export function* columnValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  let before: Cell | undefined;
  let head: Cell | undefined;
  for (const next of tableLines(text)) {
    const table = head === undefined ? undefined : tableUnder(before, head, next, strengthOf);
    if (table !== undefined) yield* valuesBelow(tableLines(text, next.start), table);
    before = head;
    head = next;
  }
}

interface Table {
  readonly separator: string;
  readonly columns: readonly (Strength | undefined)[];
}

/** The table that a line is the head of; `undefined` if it has no column with a telling name. */
function tableUnder(
  before: Cell | undefined,
  head: Cell,
  next: Cell,
  strengthOf: StrengthOf,
): Table | undefined {
  if (head.text.length > MAX_HEAD || !NAME_HINT.test(head.text)) return undefined;
  const separator = SEPARATORS.find((one) => head.text.includes(one));
  if (separator === undefined || !isTableHead(before?.text, head.text, next.text, separator))
    return undefined;
  const columns = cellsOf(head, separator).map(({ text: name }) => columnStrength(name, strengthOf));
  const hasNames = columns.length > 1 && columns.some((strength) => strength !== undefined);
  return hasNames ? { separator, columns } : undefined;
}

/** True for a line between the rows of a table, which has no letters. */
function isRuler(line: string): boolean {
  return line !== "" && !/[^\s|:+=-]/.test(line);
}

/** True for a head: in Markdown a ruler follows it, in CSV no row stands before it and its cells are plain names. */
function isTableHead(before: string | undefined, head: string, next: string, separator: string): boolean {
  if (separator === "|") return isRuler(next) && next.includes("-");
  const plain = head.split(separator).every((name) => name.length <= 60 && !/[(){}=;<>]/.test(name));
  return plain && (before === undefined || before.split(separator).length !== head.split(separator).length);
}

/** `INSERT INTO users (login, password) VALUES ('bob', '…'), …` */
const INSERT = /\bINSERT\s+(?:IGNORE\s+)?INTO\s+[\w."`[\]]{1,128}\s*\(([^()]{1,1000})\)\s*VALUES\s*(?=\()/gi;
const ROW = /\(((?:[^()'"]|'(?:[^'\\\n]|''|\\[^\n])*'|"[^"\n]*"|\([^()\n]{0,100}\)){1,4000})\)\s*,?\s*/y;
const ITEM = /(?:[^,'"]|'(?:[^'\\\n]|''|\\[^\n])*'|"[^"\n]*")+/g;

/** Values that SQL inserts into columns with telling names. */
export function* insertedValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  if (!/\bINSERT\b/i.test(text)) return;
  for (const match of text.matchAll(INSERT)) {
    const columns = (match[1] ?? "")
      .split(",")
      .map((name) => columnStrength(name.replaceAll(/["`[\]]/g, ""), strengthOf));
    if (columns.every((strength) => strength === undefined)) continue;
    ROW.lastIndex = match.index + match[0].length;
    for (let row = ROW.exec(text); row !== null; row = ROW.exec(text)) {
      for (const [i, item] of [...(row[1] ?? "").matchAll(ITEM)].entries()) {
        const strength = columns[i];
        const [, before = "", value = ""] = /^(\s*N?['"])(.*)['"]\s*$/s.exec(item[0]) ?? [];
        if (strength === undefined || !isAssignedSecret(value, strength, true)) continue;
        const start = row.index + 1 + item.index + before.length;
        yield { name: "column", start, end: start + value.length };
      }
    }
  }
}

function columnStrength(name: string, strengthOf: StrengthOf): Strength | undefined {
  const plain = name.replaceAll(/[*_`"']/g, (sign) => (sign === "_" ? sign : "")).trim();
  return plain.length > 40 || /[=:(){}]/.test(plain) ? undefined : strengthOf(plain);
}

/** Values of the rows that follow a head: they have as many columns. */
function* valuesBelow(lines: Iterable<Cell>, { separator, columns }: Table): Generator<NamedValue> {
  let rows = 0;
  for (const line of lines) {
    if (++rows > MAX_ROWS) return;
    const cells = cellsOf(line, separator);
    if (isRuler(line.text)) continue;
    if (cells.length !== columns.length) return;
    for (const [i, cell] of cells.entries()) {
      const strength = columns[i];
      if (strength === undefined) continue;
      const [, before = "", value = ""] = /^([\s"'`*]*)(.*?)[\s"'`*]*$/.exec(cell.text) ?? [];
      if (/\s/.test(value) || !isAssignedSecret(value, strength, true)) continue;
      const start = cell.start + before.length;
      yield { name: "column", start, end: start + value.length };
    }
  }
}

/** A character that bounds lines, also in a file that is no text. */
const LINE_END = /[^\P{Cc}\t]/gu;

/**
 * The lines of a text. Their ends are looked for rather than the lines: for a line with a letter of two units the engine would remember
 * each letter, and its stack overflows where one has megabytes. They come one after the other: of bytes by chance every fourth is an
 * end.
 */
function* tableLines(text: string, from = 0): Generator<Cell> {
  const ends = new RegExp(LINE_END, "gu");
  ends.lastIndex = from;
  let start = from;
  for (const { index } of text.matchAll(ends)) {
    if (index > start) yield { start, text: text.slice(start, index) };
    start = index + 1;
  }
  if (text.length > start) yield { start, text: text.slice(start) };
}

/** The cells of a line. A bar at its beginning or end is a border. */
function cellsOf({ start, text }: Cell, separator: string): Cell[] {
  const cells: Cell[] = [];
  let at = 0;
  for (const cell of text.split(separator)) {
    cells.push({ start: start + at, text: cell });
    at += cell.length + 1;
  }
  return separator === "|"
    ? cells.filter((cell, i) => cell.text.trim() !== "" || (i > 0 && i < cells.length - 1))
    : cells;
}
