import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../util/index.ts";
import { builtDocument } from "./built-documents.ts";
import type { OpenApiDocument } from "./document.ts";
import { type Erratum, applyErrata } from "./errata.ts";
import { SpecError } from "./spec-error.ts";

/** The OGL versions whose OpenAPI is pinned here, oldest first. A new id begins here; `src/ogl/versions.ts` has the recipe. */
export const PINNED_VERSIONS = ["0.4.1", "0.4.5"] as const;
export type PinnedVersion = (typeof PINNED_VERSIONS)[number];

/**
 * The generations of OGL that are known here, oldest first. `next` is OGL's source of late 2026, laid over the OpenAPI of
 * 0.4.5 as errata. It was never seen running, so it is experimental.
 */
export const OGL_VERSIONS: readonly [...typeof PINNED_VERSIONS, "next"] = [...PINNED_VERSIONS, "next"];
export type OglVersion = (typeof OGL_VERSIONS)[number];

/** The generation that is mocked unless another is chosen. */
export const DEFAULT_OGL_VERSION: OglVersion = "0.4.5";

/** The version whose OpenAPI each generation has, as a file of `spec/`. */
const OPENAPI_OF: Readonly<Record<OglVersion, PinnedVersion>> = {
  "0.4.1": "0.4.1",
  "0.4.5": "0.4.5",
  next: "0.4.5",
};

/** @throws SpecError `unknown-version` if the version is not pinned */
export function oglVersion(name: string): OglVersion {
  const found = OGL_VERSIONS.find((version) => version === name);
  if (found === undefined) {
    throw new SpecError(
      "unknown-version",
      {},
      `OGL ${name} is not known here; known are ${OGL_VERSIONS.join(", ")}`,
    );
  }
  return found;
}

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(join(packageFolder, "spec", name), "utf8"));

/** The errata that hold for a version. */
export function errataOf(version: OglVersion): Erratum[] {
  return (readJson("errata.json") as Erratum[]).filter((erratum) => erratum.ogl.includes(version));
}

/** Schemas that requests may keep to beside the declared types (erratum `lax-requests`). */
export function widenOf(version: OglVersion): NonNullable<Erratum["widen"]> {
  return builtDocument(version)?.widen ?? errataOf(version).find((erratum) => erratum.widen)?.widen ?? {};
}

/** The OpenAPI document as the server published it. */
export function pinnedDocument(version: OglVersion): OpenApiDocument {
  return readJson(`openapi-${OPENAPI_OF[version]}.json`) as OpenApiDocument;
}

/** The OpenAPI document corrected by the errata: what the server really does, as far as it is known. */
export function correctedDocument(version: OglVersion): OpenApiDocument {
  const built = builtDocument(version);
  if (built !== undefined) return built.document;
  const document = pinnedDocument(version);
  applyErrata(document, errataOf(version));
  return document;
}
