import { createRequire } from "node:module";
import type { Node, ParseErrorCode } from "jsonc-parser";
import { parsePointer } from "../spec/index.ts";
import { CassetteError, type CassetteErrorPlace } from "./cassette-error.ts";
import { MAX_DEPTH, parseJsonSource } from "./json-source.ts";

// Loaded when first needed: a mock on the bundled library starts without it.
const require = createRequire(import.meta.url);
const jsonc = (): typeof import("jsonc-parser") => require("jsonc-parser") as typeof import("jsonc-parser");

/**
 * Parses the text of a JSON file, keeping the spelling of numbers.
 * @throws CassetteError `not-json`, `duplicate-key` or `too-deep`, with line and column
 */
export function parseJsonFile(file: string, text: string): unknown {
  scan(file, text);
  try {
    return parseJsonSource(text);
  } catch (error) {
    // jsonc-parser is laxer than JSON in a few places (control characters in strings).
    const at = /position (\d+)/.exec(String(error))?.[1];
    throw new CassetteError(
      "not-json",
      placeAt(file, text, Number(at ?? 0)),
      (error as Error).message,
      "correct the JSON there",
    );
  }
}

/** The line and column of a JSON pointer in a file's text; those of the nearest parent that is there. */
export function placeOfPointer(file: string, text: string, pointer: string): CassetteErrorPlace {
  const { findNodeAtLocation, parseTree } = jsonc();
  const root = parseTree(text);
  const path: (string | number)[] = [];
  let node: Node | undefined = root;
  for (const segment of parsePointer(pointer)) {
    path.push(node?.type === "array" ? Number(segment) : segment);
    const child: Node | undefined = root && findNodeAtLocation(root, path);
    if (child === undefined) break;
    node = child;
  }
  return { ...placeAt(file, text, node?.offset ?? 0), pointer };
}

/** Counted from 1, in characters. */
function placeAt(file: string, text: string, offset: number): CassetteErrorPlace {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { file, line, column: offset - before.lastIndexOf("\n") };
}

/** One pass over the text for what `JSON.parse` does not say: places, keys given twice, depth. */
function scan(file: string, text: string): void {
  const keys: Set<string>[] = [];
  let depth = 0;
  const enter = (offset: number): void => {
    if (++depth > MAX_DEPTH) {
      throw new CassetteError(
        "too-deep",
        placeAt(file, text, offset),
        `nested deeper than ${MAX_DEPTH} levels`,
        "spell that body as `text` instead of `json`",
      );
    }
  };
  jsonc().visit(
    text,
    {
      onObjectBegin: (offset) => {
        enter(offset);
        keys.push(new Set());
      },
      onObjectEnd: () => {
        depth--;
        keys.pop();
      },
      onArrayBegin: enter,
      onArrayEnd: () => {
        depth--;
      },
      onObjectProperty: (key, offset) => {
        const known = keys.at(-1);
        if (known?.has(key)) {
          throw new CassetteError(
            "duplicate-key",
            placeAt(file, text, offset),
            `the key ${JSON.stringify(key)} stands twice in one object`,
            "keep one of the two; to record a body with a key twice, spell it as `text`",
          );
        }
        known?.add(key);
      },
      onError: (code: ParseErrorCode, offset) => {
        throw new CassetteError(
          "not-json",
          placeAt(file, text, offset),
          `not JSON: ${words(code, text, offset)}`,
          "correct the JSON there",
        );
      },
      onComment: (offset) => {
        throw new CassetteError(
          "not-json",
          placeAt(file, text, offset),
          "JSON has no comments",
          "remove it, or say it in a `name` or `title`",
        );
      },
    },
    { disallowComments: true, allowTrailingComma: false },
  );
}

function words(code: ParseErrorCode, text: string, offset: number): string {
  if (offset >= text.trimEnd().length) return "the file ends before the JSON does";
  return jsonc()
    .printParseErrorCode(code)
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
