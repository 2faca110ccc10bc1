import type { ParseErrorCode } from "jsonc-parser";
import {
  type JsonDefect,
  JsonLocations,
  LineTable,
  MAX_DEPTH,
  isSoundJson,
  jsonc,
  parseJsonSource,
  walkJson,
} from "../../util/index.ts";
import { CassetteError, type CassetteErrorLocation } from "./cassette-error.ts";

/**
 * Parses the text of a JSON file.
 * @param parse keeps the spelling of numbers, if it is not given
 * @throws CassetteError `not-json`, `duplicate-key` or `too-deep`, with line and column
 */
export function parseJsonFile(
  file: string,
  text: string,
  parse: (text: string) => unknown = parseJsonSource,
): unknown {
  if (!isSoundJson(text)) scan(file, text);
  try {
    return parse(text);
  } catch (error) {
    // jsonc-parser is laxer than JSON in a few places (control characters in strings).
    const at = /position (\d+)/.exec(String(error))?.[1];
    throw new CassetteError(
      "not-json",
      locationAt(file, text, Number(at ?? 0)),
      (error as Error).message,
      "correct the JSON there",
    );
  }
}

/** The line and column of a JSON pointer in a file's text; for many pointers keep a `JsonLocations`. */
export function locationOfPointer(file: string, text: string, pointer: string): CassetteErrorLocation {
  return new JsonLocations(file, text).of(pointer);
}

function locationAt(file: string, text: string, offset: number): CassetteErrorLocation {
  return { file, ...new LineTable(text).at(offset) };
}

/** Scans the text for errors that `JSON.parse` does not find: duplicate keys, excessive depth. */
function scan(file: string, text: string): void {
  const refuse = (defect: JsonDefect): never => {
    throw new CassetteError(defect.kind, locationAt(file, text, defect.offset), ...wordsFor(defect));
  };
  walkJson(text, MAX_DEPTH, refuse, {
    onError: (code: ParseErrorCode, offset) => {
      throw new CassetteError(
        "not-json",
        locationAt(file, text, offset),
        `not JSON: ${words(code, text, offset)}`,
        "correct the JSON there",
      );
    },
    onComment: (offset) => {
      throw new CassetteError(
        "not-json",
        locationAt(file, text, offset),
        "JSON has no comments",
        "remove it, or say it in a `name` or `title`",
      );
    },
  });
}

function wordsFor(defect: JsonDefect): [reason: string, fix: string] {
  return defect.kind === "too-deep"
    ? [`nested deeper than ${MAX_DEPTH} levels`, "spell that body as `text` instead of `json`"]
    : [
        `the key ${JSON.stringify(defect.key)} stands twice in one object`,
        "keep one of the two; to record a body with a key twice, spell it as `text`",
      ];
}

function words(code: ParseErrorCode, text: string, offset: number): string {
  if (offset >= text.trimEnd().length) return "the file ends before the JSON does";
  return jsonc()
    .printParseErrorCode(code)
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
