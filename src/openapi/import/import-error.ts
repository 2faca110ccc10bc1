import { type ErrorLocation, GatetapeError } from "../../util/index.ts";

export type OpenApiErrorCode =
  | "not-json"
  | "duplicate-key"
  | "too-deep"
  | "not-openapi"
  | "openapi-version"
  | "incomplete"
  | "external-reference"
  | "dangling-reference";

/** A foreign OpenAPI document that can't be used: where, why, and how to fix it. `location.file` is a path or a URL. */
export class OpenApiError extends GatetapeError<OpenApiErrorCode, ErrorLocation & { readonly file: string }> {
  override readonly name = "OpenApiError";
}
