export type OpenApiErrorCode =
  | "not-json"
  | "duplicate-key"
  | "too-deep"
  | "not-openapi"
  | "openapi-version"
  | "incomplete"
  | "external-reference"
  | "dangling-reference";

/** An OpenAPI document of someone else that can't be used: where, why, and how to fix it. */
export class OpenApiError extends Error {
  override readonly name = "OpenApiError";
  readonly code: OpenApiErrorCode;
  /** File or URL. */
  readonly source: string;
  readonly pointer: string | undefined;
  readonly reason: string;
  readonly fix: string;

  constructor(
    code: OpenApiErrorCode,
    place: { readonly source: string; readonly pointer?: string; readonly line?: number },
    reason: string,
    fix: string,
  ) {
    const line = place.line === undefined ? "" : `:${place.line}`;
    const pointer = place.pointer === undefined ? "" : ` at ${place.pointer === "" ? "/" : place.pointer}`;
    super(`${place.source}${line}${pointer}: ${reason}\n  fix: ${fix}`);
    this.code = code;
    this.source = place.source;
    this.pointer = place.pointer;
    this.reason = reason;
    this.fix = fix;
  }
}
