import type { OpenApiDocument } from "./document.ts";
import type { Erratum } from "./errata.ts";

/** A version's document with its errata laid over it, and the schemas that its requests may keep to beside the declared types. */
export interface BuiltDocument {
  readonly document: OpenApiDocument;
  readonly widen: NonNullable<Erratum["widen"]>;
}

/**
 * The document of a version as the build has made it of the files of `spec`: to correct it anew takes a tenth of a start. The build
 * replaces this file; the sources have none.
 */
export function builtDocument(_version: string): BuiltDocument | undefined {
  return undefined;
}
