/** The pinned documents, their ids and files, their operations, and the errata laid over them. */
export { closestVersion } from "./closest.ts";
export {
  type JsonObject,
  type JsonValue,
  type MediaTypeObject,
  type OpenApiDocument,
  type ParameterObject,
} from "./document.ts";
export { type Erratum } from "./errata.ts";
export { type Operation, Operations, type Route, refineOperation } from "./operations.ts";
export { SpecError, type SpecErrorCode } from "./spec-error.ts";
export {
  DEFAULT_OGL_VERSION,
  OGL_VERSIONS,
  type OglVersion,
  PINNED_VERSIONS,
  type PinnedVersion,
  correctedDocument,
  errataOf,
  oglVersion,
  pinnedDocument,
  widenOf,
} from "./versions.ts";
