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
export type { TouchingErratum } from "./describe-errata.ts";
export { applyErrata, type Erratum, type ErratumPatch } from "./errata.ts";
export type { Finding, FindingCode } from "./findings.ts";
export { compareOpenApi, type ImportedOpenApi, importOpenApi } from "./import.ts";
export type { DocumentDifference, OperationDifferences } from "./import-diff.ts";
export { OpenApiError, type OpenApiErrorCode } from "./import-error.ts";
export {
  correctedDocument,
  DEFAULT_OGL_VERSION,
  errataOf,
  OGL_VERSIONS,
  oglVersion,
  pinnedDocument,
  type OglVersion,
} from "./openapi.ts";
export { CHAT_STREAM, Operations, type Operation, type OperationMatch } from "./operations.ts";
export { formatPointer, parsePointer } from "./pointer.ts";
export { SpecError, type SpecErrorCode } from "./spec-error.ts";
export { Spec, specOf, type RequestToValidate, type ResponseToValidate } from "./validators.ts";
