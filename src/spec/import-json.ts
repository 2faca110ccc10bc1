import { jsonc } from "../util/index.ts";
import { OpenApiError } from "./import-error.ts";

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

/** FastAPI's own documents are some 20 levels deep. */
const MAX_DEPTH = 200;

interface Frame {
  readonly value: SourceObject | SourceJson[];
  /** Of the member that comes next. */
  key: string;
}

/** @throws OpenApiError `not-json`, `duplicate-key` or `too-deep` */
export function parseSourceJson(source: string, text: string): SourceJson {
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  try {
    JSON.parse(text);
  } catch (error) {
    const html = /^\s*</.test(text);
    throw new OpenApiError(
      "not-json",
      { source },
      html ? "is a page of HTML, not JSON" : `is not JSON: ${(error as Error).message}`,
      html
        ? "give the address of the openapi.json itself; OGL's /docs and /redoc are pages made from it"
        : "give the openapi.json as the server sends it",
    );
  }
  const stack: Frame[] = [];
  let root: SourceJson = new SourceLiteral("null");
  const add = (value: SourceJson): void => {
    const parent = stack.at(-1);
    if (parent === undefined) root = value;
    else if (Array.isArray(parent.value)) parent.value.push(value);
    else parent.value.set(parent.key, value);
  };
  const enter = (value: SourceObject | SourceJson[], offset: number): void => {
    if (stack.length >= MAX_DEPTH)
      throw new OpenApiError(
        "too-deep",
        { source, line: lineAt(offset) },
        `is nested deeper than ${MAX_DEPTH} levels`,
        "no OpenAPI document is; give the openapi.json as the server sends it",
      );
    add(value);
    stack.push({ value, key: "" });
  };
  const leave = (): void => void stack.pop();
  jsonc().visit(text, {
    onObjectBegin: (offset) => enter(new Map(), offset),
    onObjectEnd: leave,
    onArrayBegin: (offset) => enter([], offset),
    onArrayEnd: leave,
    onObjectProperty: (key, offset) => {
      const frame = stack.at(-1);
      if (frame?.value instanceof Map && frame.value.has(key))
        throw new OpenApiError(
          "duplicate-key",
          { source, line: lineAt(offset) },
          `the key ${JSON.stringify(key)} stands twice in one object`,
          "keep one of the two",
        );
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

/** With an indentation of one blank and a final line end, as the pinned documents are printed. */
export function printSourceJson(value: SourceJson): string {
  return `${print(value, "\n")}\n`;
}

function print(value: SourceJson, newline: string): string {
  if (value instanceof SourceLiteral) return value.text;
  const inner = `${newline} `;
  const [open, close, items] = Array.isArray(value)
    ? ["[", "]", value.map((item) => print(item, inner))]
    : ["{", "}", [...value].map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`)];
  return items.length === 0 ? open + close : `${open}${inner}${items.join(`,${inner}`)}${newline}${close}`;
}
