import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type SourceJson, type SourceObject, packageFolder, printOrderedJson } from "../../util/index.ts";
import { type JsonObject, type OglVersion, PINNED_VERSIONS, closestVersion } from "../document/index.ts";
import { mapOf, neededComponents } from "./components.ts";
import {
  type DocumentDifference,
  type OperationDifferences,
  documentDifferences,
  operationDifferences,
  operationsOf,
} from "./diff.ts";
import { OpenApiError } from "./import-error.ts";
import { parseSourceJson } from "./json.ts";
import { type Walk, stringOf, withoutProse } from "./prose.ts";

/** An OpenAPI document of a server, brought into the form in which documents are pinned here. */
export interface ImportedOpenApi {
  /** `info.version`. */
  readonly version: string;
  readonly title: string;
  readonly openapi: string;
  /** The file to keep. Importing it again gives the same bytes. */
  readonly text: string;
  readonly paths: number;
  readonly operations: number;
  readonly components: { readonly kept: number; readonly unused: readonly string[] };
  /** Number of members left out: prose, and facts of one instance. */
  readonly dropped: number;
  readonly nearest: OglVersion;
  /** Differences of the operations from those of `nearest`. */
  readonly differences: OperationDifferences;
}

/**
 * Brings an OpenAPI 3.1 document into the form of the pinned ones: no prose, only the components that are used, and
 * these sorted; paths stay in their order, in which FastAPI matches them.
 * @param source file or URL, for errors
 * @throws OpenApiError
 */
export function importOpenApi(source: string, text: string): ImportedOpenApi {
  const { document, dropped, unused, kept } = tidied(source, text);
  const info = mapOf(document.get("info"));
  const version = stringOf(info.get("version")) ?? "";
  const nearest = nearestVersion(version);
  const name = `openapi-${nearest}.json`;
  const pinned = readFileSync(join(packageFolder, "spec", name), "utf8");
  return {
    version,
    title: stringOf(info.get("title")) ?? "",
    openapi: stringOf(document.get("openapi")) ?? "",
    text: printOrderedJson(document),
    paths: mapOf(document.get("paths")).size,
    operations: operationsOf(document).size,
    components: { kept, unused },
    dropped,
    nearest,
    differences: operationDifferences(mapOf(parseSourceJson(name, pinned)), document),
  };
}

/**
 * Differences between a server's document and a pinned one, both without prose and unused components.
 * @throws OpenApiError
 */
export function compareOpenApi(
  pinned: { readonly source: string; readonly text: string },
  live: { readonly source: string; readonly text: string },
): DocumentDifference[] {
  return documentDifferences(
    tidied(pinned.source, pinned.text).document,
    tidied(live.source, live.text).document,
  );
}

/** An OpenAPI document without prose, as plain JSON. */
export interface ReadOpenApi {
  /** `info.version`. */
  readonly version: string;
  readonly title: string;
  readonly document: JsonObject;
}

/**
 * Reads an OpenAPI 3.1 document, to be compared with another one.
 * @param source file or URL, for errors
 * @throws OpenApiError
 */
export function readOpenApi(source: string, text: string): ReadOpenApi {
  const { document } = tidied(source, text);
  const info = mapOf(document.get("info"));
  return {
    version: stringOf(info.get("version")) ?? "",
    title: stringOf(info.get("title")) ?? "",
    document: JSON.parse(printOrderedJson(document)) as JsonObject,
  };
}

interface Tidied {
  readonly document: SourceObject;
  readonly dropped: number;
  readonly kept: number;
  readonly unused: readonly string[];
}

function tidied(source: string, text: string): Tidied {
  const parsed = parseSourceJson(source, text);
  const whole = requireOpenApi(source, parsed);
  const rest = new Map([...whole].filter(([key]) => key !== "components"));
  const walk: Walk = { refs: [], dropped: 0 };
  const document = mapOf(withoutProse(rest, "document", [], walk));
  const { components, kept, unused } = neededComponents(source, whole, walk);
  document.set("components", components);
  return { document, dropped: walk.dropped, kept, unused };
}

function requireOpenApi(source: string, document: SourceJson): SourceObject {
  const fail = (
    code: "not-openapi" | "openapi-version" | "incomplete",
    pointer: string,
    why: string,
  ): never => {
    throw new OpenApiError(code, { file: source, pointer }, why, FIXES[code]);
  };
  if (!(document instanceof Map)) return fail("not-openapi", "", "is JSON, but not an object");
  if (document.has("swagger"))
    return fail("openapi-version", "/swagger", "is a Swagger 2 document, not OpenAPI 3.1");
  const openapi = stringOf(document.get("openapi"));
  if (openapi === undefined)
    return fail("not-openapi", "", "has no member `openapi`: it is no OpenAPI document");
  if (!/^3\.1(?:\.|$)/.test(openapi))
    return fail(
      "openapi-version",
      "/openapi",
      `is OpenAPI ${openapi}, not 3.1: its schemas have other rules`,
    );
  if (stringOf(mapOf(document.get("info")).get("version")) === undefined)
    return fail("incomplete", "/info/version", "does not say which version of the server it is of");
  const paths = document.get("paths");
  if (!(paths instanceof Map) || operationsOf(document).size === 0)
    return fail("incomplete", "/paths", "has no operation");
  return document;
}

const FIXES = {
  "not-openapi": "give the openapi.json of an OGL, e.g. https://gateway.example.org/openapi.json",
  "openapi-version": "OGL serves 3.1; of another server, convert the document to 3.1 first",
  incomplete: "give the whole document, as the server sends it",
} as const;

/**
 * The same version if it is pinned, else the newest pinned one before it, else the oldest.
 * @param document the OpenAPI that says this version: it decides where the version is no number, such as `latest`
 */
export function nearestVersion(version: string, document?: unknown): OglVersion {
  const like = /^\d/.test(version) ? undefined : closestVersion(document);
  if (like !== undefined) return like;
  const older = PINNED_VERSIONS.filter((pinned) => order(pinned, version) <= 0);
  return older.at(-1) ?? PINNED_VERSIONS[0];
}

function order(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(/[^\d]+/).map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
