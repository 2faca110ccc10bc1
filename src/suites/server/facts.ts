import { randomBytes } from "node:crypto";
import {
  DEFAULT_OGL_VERSION,
  type OglVersion,
  PINNED_VERSIONS,
  closestVersion,
  pinnedDocument,
  specOf,
} from "../../openapi/index.ts";
import {
  type Facts,
  type ServerExchange,
  answeredHeader,
  answeredObject,
  asMembers,
  objectsAmong,
} from "./model/index.ts";

/** Statements of the operator about the server; the rest is read from its answers. */
export interface Given {
  readonly ogl?: OglVersion | undefined;
  readonly chat?: string | undefined;
  readonly embedding?: string | undefined;
}

/** Facts before the first answer. */
export function factsGiven({ ogl = DEFAULT_OGL_VERSION, chat, embedding }: Given): Facts {
  return {
    ogl,
    spec: specOf(ogl),
    published: pinnedDocument(ogl),
    models: [],
    chat,
    embedding,
    paths: new Set(),
    marker: `gt${randomBytes(4).toString("hex")}`,
  };
}

/** Facts after the server has given of itself. */
export function factsRead(
  given: Given,
  before: Facts,
  openapi: ServerExchange | undefined,
  list: ServerExchange | undefined,
): Facts {
  const document = openapi === undefined ? undefined : answeredObject(openapi);
  const ogl = given.ogl ?? recognised(document, list) ?? before.ogl;
  const models = objectsAmong(list === undefined ? undefined : answeredObject(list)?.["data"]).flatMap(
    ({ id, type, aliases }) =>
      typeof id === "string"
        ? [
            {
              id,
              type: typeof type === "string" ? type : undefined,
              aliases: Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === "string") : [],
            },
          ]
        : [],
  );
  const first = (...types: readonly string[]): string | undefined =>
    models.find(({ id, type }) => type !== undefined && types.includes(type) && !id.startsWith("t-"))?.id;
  return {
    ...before,
    ogl,
    spec: specOf(ogl),
    published: pinnedDocument(ogl),
    models,
    chat: given.chat ?? first("text-generation", "image-text-to-text"),
    embedding: given.embedding ?? first("text-embeddings-inference"),
    paths: new Set(Object.keys(asMembers(document?.["paths"]) ?? {})),
  };
}

/**
 * Generation of a server: by the version of its OpenAPI, or by what it declares if it says no version of OGL, and by the request
 * id that only the rewrite of late 2026 sends, whose OpenAPI nobody has seen.
 */
function recognised(
  document: Readonly<Record<string, unknown>> | undefined,
  list: ServerExchange | undefined,
): OglVersion | undefined {
  if (list !== undefined && answeredHeader(list, "x-request-id") !== undefined) return "next";
  const version = asMembers(document?.["info"])?.["version"];
  return PINNED_VERSIONS.find((pinned) => pinned === version) ?? closestVersion(document);
}
