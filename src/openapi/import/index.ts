/** A new OGL's OpenAPI reduced to facts, and its differences from a pinned one. */
export { type DocumentDifference } from "./diff.ts";
export {
  type ImportedOpenApi,
  type ReadOpenApi,
  compareOpenApi,
  importOpenApi,
  nearestVersion,
  readOpenApi,
} from "./import.ts";
