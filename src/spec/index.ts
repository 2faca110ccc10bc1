export type { JsonObject, JsonValue, OpenApiDocument } from "./document.ts";
export { newAjv } from "./ajv.ts";
export {
  describeOperation,
  type DescribedBody,
  type DescribedResponse,
  findOperations,
  listOperations,
  type OperationDescription,
  type OperationSummary,
} from "./describe.ts";
export { applyErrata, type Erratum, type ErratumPatch } from "./errata.ts";
export type { Finding } from "./findings.ts";
export { compareOpenApi, type ImportedOpenApi, importOpenApi } from "./import.ts";
export type { DocumentDifference } from "./import-diff.ts";
export { OpenApiError } from "./import-error.ts";
export { nearestWord } from "./nearest-word.ts";
export {
  DEFAULT_OGL_VERSION,
  errataOf,
  OGL_VERSIONS,
  PINNED_VERSIONS,
  oglVersion,
  pinnedDocument,
  type OglVersion,
} from "./openapi.ts";
export { Operations, type Operation, type Route } from "./operations.ts";
export {
  answerOf,
  checkRequest,
  printPython,
  type PyValue,
  queryPairs,
  readPythonJson,
  type Verdict,
  needsFullLook,
} from "./pydantic/index.ts";
export { reprFloat } from "./pydantic/value.ts";
export { SpecError, type SpecErrorCode } from "./spec-error.ts";
export { Spec, specOf } from "./validators.ts";
