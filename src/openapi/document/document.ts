/** The parts of an OpenAPI 3.1 document that are used here. */

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export interface MediaTypeObject {
  readonly schema?: JsonObject;
  /** The schema of each item of a sequential media type (OpenAPI 3.2): of each event's data in an event stream. */
  readonly itemSchema?: JsonObject;
}

export interface ResponseObject {
  readonly content?: Readonly<Record<string, MediaTypeObject>>;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required?: boolean;
  readonly schema?: JsonObject;
  readonly "x-gatetape-spans-slashes"?: boolean;
}

export interface OperationObject {
  readonly operationId: string;
  readonly security?: readonly JsonObject[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, MediaTypeObject>>;
  };
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: JsonObject;
  /** Responses that any path may give; put there by errata. */
  readonly "x-gatetape-anywhere"?: Readonly<Record<string, ResponseObject>>;
}
