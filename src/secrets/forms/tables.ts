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
  const lines = tableLines(text);
  for (let i = 0; i + 1 < lines.length; i++) {
    const head = lines[i] as Cell;
    if (head.text.length > MAX_HEAD || !NAME_HINT.test(head.text)) continue;
    const separator = SEPARATORS.find((one) => head.text.includes(one));
    if (separator === undefined) continue;
    if (!isTableHead(lines[i - 1]?.text, head.text, lines[i + 1]?.text ?? "", separator)) continue;
    const columns = cellsOf(head, separator).map(({ text: name }) => columnStrength(name, strengthOf));
    if (columns.length < 2 || columns.every((strength) => strength === undefined)) continue;
    yield* valuesBelow(lines, i + 1, separator, columns);
  }
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
function* valuesBelow(
  lines: readonly Cell[],
  from: number,
  separator: string,
  columns: readonly (Strength | undefined)[],
): Generator<NamedValue> {
  for (const line of lines.slice(from, from + MAX_ROWS)) {
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
 * each letter, and its stack overflows where one has megabytes.
 */
function tableLines(text: string): Cell[] {
  const lines: Cell[] = [];
  let start = 0;
  const add = (end: number): void => {
    if (end > start) lines.push({ start, text: text.slice(start, end) });
    start = end + 1;
  };
  for (const { index } of text.matchAll(LINE_END)) add(index);
  add(text.length);
  return lines;
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
