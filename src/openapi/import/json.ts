import { type JsonDefect, type SourceJson, parseOrderedJson } from "../../util/index.ts";
import { OpenApiError } from "./import-error.ts";

/** FastAPI's own documents are some 20 levels deep. */
const MAX_DEPTH = 200;

/**
 * Parses an OpenAPI document as it was written.
 * @param source the file or address, for errors
 * @throws OpenApiError `not-json`, `duplicate-key` or `too-deep`
 */
export function parseSourceJson(source: string, text: string): SourceJson {
  try {
    JSON.parse(text);
  } catch (error) {
    const html = /^\s*</.test(text);
    throw new OpenApiError(
      "not-json",
      { file: source },
      html ? "is a page of HTML, not JSON" : `is not JSON: ${(error as Error).message}`,
      html
        ? "give the address of the openapi.json itself; OGL's /docs and /redoc are pages made from it"
        : "give the openapi.json as the server sends it",
    );
  }
  return parseOrderedJson(text, MAX_DEPTH, (defect) => {
    const line = text.slice(0, defect.offset).split("\n").length;
    throw new OpenApiError(defect.kind, { file: source, line }, ...defectReason(defect));
  });
}

function defectReason(defect: JsonDefect): [reason: string, fix: string] {
  return defect.kind === "too-deep"
    ? [
        `is nested deeper than ${MAX_DEPTH} levels`,
        "no OpenAPI document is; give the openapi.json as the server sends it",
      ]
    : [`the key ${JSON.stringify(defect.key)} stands twice in one object`, "keep one of the two"];
}
