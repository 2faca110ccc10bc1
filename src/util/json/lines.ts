import { printInline } from "./print.ts";
import { isRawNumber } from "./raw-number.ts";

const INDENT = "  ";

/**
 * Prints JSON for people and diffs, as lines: what fits into `width` characters stands on one line, a larger container has a line for
 * each of its members, and a list of numbers fills its lines.
 */
export function linesOverWidth(value: unknown, width: number): string[] {
  const inline = printInline(value);
  if (inline.length <= width || typeof value !== "object" || value === null || isRawNumber(value))
    return [inline];
  if (Array.isArray(value)) {
    const items = value.every(isShort)
      ? filledLines(value, width)
      : separatedBlocks(value.map((item) => linesOverWidth(item, width)));
    return ["[", ...items, "]"];
  }
  const members = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => {
      const [first = "", ...rest] = linesOverWidth(item, width);
      return [`${JSON.stringify(key)}: ${first}`, ...rest];
    });
  return ["{", ...separatedBlocks(members), "}"];
}

/** True for an element of a vector: many of them share a line. */
function isShort(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean" || value === null || isRawNumber(value);
}

function filledLines(items: readonly unknown[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [i, item] of items.entries()) {
    const text = JSON.stringify(item) + (i === items.length - 1 ? "" : ",");
    if (line !== "" && line.length + 1 + text.length > width) {
      lines.push(INDENT + line);
      line = text;
    } else line = line === "" ? text : `${line} ${text}`;
  }
  return [...lines, INDENT + line];
}

/** Indented blocks of lines with commas between them. */
export function separatedBlocks(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((block, i) =>
    block.map((line, n) => INDENT + line + (n === block.length - 1 && i < blocks.length - 1 ? "," : "")),
  );
}
