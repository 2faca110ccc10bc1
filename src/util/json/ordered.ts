import { type JsonDefect, walkJson } from "./visit.ts";

/**
 * JSON as it was written: a map keeps the order of members, which an object does not for keys like `"422"`, and a
 * literal its spelling (`0.0`). A pinned document that is imported again must give the same bytes.
 */
export type SourceJson = SourceObject | SourceJson[] | SourceLiteral;
export type SourceObject = Map<string, SourceJson>;

/** A string, number, boolean or null. */
export class SourceLiteral {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  get value(): string | number | boolean | null {
    return JSON.parse(this.text) as string | number | boolean | null;
  }
}

interface Frame {
  readonly value: SourceObject | SourceJson[];
  /** Name of the next member. */
  key: string;
}

/**
 * Parses JSON, keeping the order of members and the spelling of literals.
 * @param text JSON that `JSON.parse` takes
 * @param maxDepth levels that it may nest
 * @param fail called with the first defect; throws the caller's own error
 */
export function parseOrderedJson(
  text: string,
  maxDepth: number,
  fail: (defect: JsonDefect) => never,
): SourceJson {
  const stack: Frame[] = [];
  let root: SourceJson = new SourceLiteral("null");
  const add = (value: SourceJson): void => {
    const parent = stack.at(-1);
    if (parent === undefined) root = value;
    else if (Array.isArray(parent.value)) parent.value.push(value);
    else parent.value.set(parent.key, value);
  };
  const enter = (value: SourceObject | SourceJson[]): void => {
    add(value);
    stack.push({ value, key: "" });
  };
  const leave = (): void => void stack.pop();
  walkJson(text, maxDepth, fail, {
    onObjectBegin: () => enter(new Map()),
    onObjectEnd: leave,
    onArrayBegin: () => enter([]),
    onArrayEnd: leave,
    onObjectProperty: (key) => {
      const frame = stack.at(-1);
      if (frame) frame.key = key;
    },
    onLiteralValue: (value: unknown, offset, length) =>
      add(
        new SourceLiteral(
          typeof value === "string" ? JSON.stringify(value) : text.slice(offset, offset + length),
        ),
      ),
  });
  return root;
}

/** Prints with an indentation of one blank and a final line end, as the pinned OpenAPI documents are printed. */
export function printOrderedJson(value: SourceJson): string {
  return `${printSource(value, "\n")}\n`;
}

function printSource(value: SourceJson, newline: string): string {
  if (value instanceof SourceLiteral) return value.text;
  const inner = `${newline} `;
  const [open, close, items] = Array.isArray(value)
    ? ["[", "]", value.map((item) => printSource(item, inner))]
    : ["{", "}", [...value].map(([key, item]) => `${JSON.stringify(key)}: ${printSource(item, inner)}`)];
  return items.length === 0 ? open + close : `${open}${inner}${items.join(`,${inner}`)}${newline}${close}`;
}
