import { readFileSync } from "node:fs";
import type { OpenApiDocument } from "./document.ts";
import { type Erratum, applyErrata } from "./errata.ts";
import { SpecError } from "./spec-error.ts";

/** The OGL versions whose OpenAPI is pinned here, oldest first. */
export const PINNED_VERSIONS = ["0.4.1", "0.4.5"] as const;

/**
 * The generations of OGL that are known here, oldest first. `next` is what OGL's source of late 2026 says, laid over the
 * OpenAPI of 0.4.5 as errata: nobody has seen it running here, so it is experimental.
 */
export const OGL_VERSIONS = ["0.4.1", "0.4.5", "next"] as const;
export type OglVersion = (typeof OGL_VERSIONS)[number];

/** The generation that is mocked where nothing else is said. */
export const DEFAULT_OGL_VERSION: OglVersion = "0.4.5";

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

const folder = new URL("../../../spec/", import.meta.url);
const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

/** The errata that hold for a version. */
export function errataOf(version: OglVersion): Erratum[] {
  return (readJson("errata.json") as Erratum[]).filter((erratum) => erratum.ogl.includes(version));
}

/** What requests may hold beside the declared types (erratum `lax-requests`). */
export function widenOf(version: OglVersion): NonNullable<Erratum["widen"]> {
  return errataOf(version).find((erratum) => erratum.widen)?.widen ?? {};
}

/** The OpenAPI document as the server published it; of `next`, that of the newest version that did. */
export function pinnedDocument(version: OglVersion): OpenApiDocument {
  return readJson(`openapi-${version === "next" ? PINNED_VERSIONS.at(-1) : version}.json`) as OpenApiDocument;
}

/** The OpenAPI document corrected by the errata: what the server really does, as far as it is known. */
export function correctedDocument(version: OglVersion): OpenApiDocument {
  const document = pinnedDocument(version);
  applyErrata(document, errataOf(version));
  return document;
}
