/** OGL's pinned OpenAPIs: documents, operations, validators, errata, import of a new one, and the differences of two. */
export {
  type DescribedBody,
  type DescribedResponse,
  type OperationDescription,
  type OperationSummary,
  describeOperation,
  findOperations,
  listOperations,
} from "./describe/index.ts";
export {
  DEFAULT_OGL_VERSION,
  type Erratum,
  type JsonObject,
  type JsonValue,
  OGL_VERSIONS,
  type OglVersion,
  type Operation,
  Operations,
  PINNED_VERSIONS,
  type ParameterObject,
  type PinnedVersion,
  type Route,
  SpecError,
  type SpecErrorCode,
  errataOf,
  oglVersion,
  closestVersion,
  pinnedDocument,
} from "./document/index.ts";
export type { DocumentDifference, ImportedOpenApi, ReadOpenApi } from "./import/index.ts";
export type { SpecChange } from "./changes/index.ts";
export { changeTools, importTools } from "./import-tools.ts";
export { type Finding, Spec, specOf } from "./validate/index.ts";
