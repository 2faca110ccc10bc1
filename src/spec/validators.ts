import type { Ajv2020, ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { decodeSse, isJsonType, mediaType, sseEvents, type SseToken } from "../wire/index.ts";
import { newAjv } from "./ajv.ts";
import type { Finding } from "./findings.ts";
import type { JsonObject, JsonValue, MediaTypeObject, OpenApiDocument } from "./document.ts";
import { correctedDocument, errataOf, type OglVersion } from "./openapi.ts";
import { type Operation, Operations, refineOperation } from "./operations.ts";

/** How many schema findings one body may have: a wrong batch of 2,048 inputs is one mistake, not 2,048. */
const MAX_FINDINGS = 10;

export interface RequestToValidate {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  /** The body as JSON; `undefined` if it is none. */
  readonly json: unknown;
}

export interface ResponseToValidate {
  /** `undefined` where the path or method is none of the OpenAPI's. */
  readonly operation: Operation | undefined;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const specs = new Map<OglVersion, Spec>();

/** The spec of one OGL version: made once, its validators compiled on first use. */
export function specOf(version: OglVersion): Spec {
  let spec = specs.get(version);
  if (spec === undefined) {
    spec = new Spec(version);
    specs.set(version, spec);
  }
  return spec;
}

export class Spec {
  readonly version: OglVersion;
  readonly document: OpenApiDocument;
  readonly operations: Operations;
  readonly #validators = new Map<object, ValidateFunction>();
  #ajv: { request: Ajv2020; response: Ajv2020 } | undefined;

  constructor(version: OglVersion) {
    this.version = version;
    this.document = correctedDocument(version);
    this.operations = new Operations(this.document);
  }

  /** The operation of a request, `chat.stream` told from `chat.create` by the body. */
  operationOf(method: string, path: string, json: unknown): { operation: Operation; params: Readonly<Record<string, string>> } | undefined {
    const found = this.operations.find(method, path);
    return found && { operation: refineOperation(found.operation, json), params: found.params };
  }

  /** What of a request does not keep to the OpenAPI. */
  validateRequest(request: RequestToValidate): Finding[] {
    const { definition } = request.operation;
    const findings = this.#parameters(request);
    const declared = definition.requestBody;
    if (declared === undefined) return findings;
    const [type, media] = Object.entries(declared.content)[0] ?? [];
    if (request.body.length === 0) {
      if (declared.required) findings.push({ code: "body-missing", part: "body", pointer: "", message: "the body is missing" });
      return findings;
    }
    if (type === "application/json" ? !isJsonType(request.contentType) : mediaType(request.contentType) !== type) {
      findings.push({
        code: "content-type",
        part: "headers",
        pointer: "/content-type",
        message: `content-type is ${request.contentType ?? "missing"}, not ${type}: the body is not read`,
      });
      return findings;
    }
    if (type !== "application/json" || media?.schema === undefined) return findings;
    if (request.json === undefined) {
      findings.push({ code: "not-json", part: "body", pointer: "", message: "the body is not JSON" });
      return findings;
    }
    this.#check("request", media.schema, request.json, (error) => findings.push({ code: "schema", part: "body", ...error }));
    return findings;
  }

  /** What of a response does not keep to the OpenAPI and its errata. */
  validateResponse(response: ResponseToValidate): Finding[] {
    const { operation, status, contentType, body } = response;
    const declared =
      operation?.definition.responses[status] ?? this.document["x-gatetape-anywhere"]?.[status];
    if (declared === undefined) {
      const where = operation === undefined ? "a path or method that the OpenAPI does not have" : `${operation.method} ${operation.path}`;
      const code = operation === undefined ? "operation-unknown" : "status-undeclared";
      return [{ code, part: "status", pointer: "", message: `${status} is declared nowhere for ${where}` }];
    }
    if (body.length === 0) return [];
    const type = mediaType(contentType) ?? "";
    const media = mediaOf(declared.content, type) ?? mediaOf(this.document["x-gatetape-anywhere"]?.[status]?.content, type);
    if (media === undefined) {
      const known = Object.keys(declared.content ?? {}).join(", ") || "none";
      return [{ code: "content-type", part: "headers", pointer: "/content-type", message: `content-type ${type || "(none)"} is not declared for ${status} (declared: ${known})` }];
    }
    if (media.itemSchema !== undefined) return this.#events(media.itemSchema, body);
    if (media.schema === undefined) return [];
    const value = type === "text/plain" ? decodeText(body) : parseJson(body);
    if (value === undefined) return [{ code: "not-json", part: "body", pointer: "", message: "the body is not JSON" }];
    const findings: Finding[] = [];
    this.#check("response", media.schema, value, (error) => findings.push({ code: "schema", part: "body", ...error }));
    return findings;
  }

  #parameters(request: RequestToValidate): Finding[] {
    const findings: Finding[] = [];
    for (const parameter of request.operation.definition.parameters ?? []) {
      const part = parameter.in;
      if (part !== "query" && part !== "path") continue;
      if (part === "path" && !(parameter.name in request.params)) continue; // an erratum: declared, but not in the path
      const values = part === "path" ? [request.params[parameter.name] as string] : request.query.filter(([name]) => name === parameter.name).map(([, value]) => value);
      const pointer = `/${parameter.name}`;
      const last = values.at(-1);
      if (last === undefined) {
        if (parameter.required) findings.push({ code: "parameter", part, pointer, message: `${part} parameter ${parameter.name} is missing` });
      } else if (parameter.schema !== undefined) {
        const value = parameter.schema["type"] === "array" ? values : last;
        this.#check("request", parameter.schema, value, ({ message }) => findings.push({ code: "parameter", part, pointer, message: `${part} parameter ${parameter.name} ${message}` }));
      }
    }
    return findings;
  }

  #events(schema: JsonObject, body: Uint8Array): Finding[] {
    const findings: Finding[] = [];
    const tokens = decodeSse(body);
    for (const event of sseEvents(tokens)) {
      if (event.data === "[DONE]") continue;
      const at = { part: "event", offset: event.start } as const;
      const value = parseJson(event.data);
      if (value === undefined) findings.push({ ...at, code: "not-json", pointer: "", message: `an event's data is not JSON: ${excerpt(event.data)}` });
      else this.#check("response", schema, value, (error) => findings.push({ ...at, code: "schema", ...error }));
    }
    for (const token of tokens) {
      const stray = strayBytes(token);
      if (stray !== undefined) findings.push({ code: "not-an-event", part: "event", pointer: "", offset: token.start, message: stray });
    }
    return findings;
  }

  #check(side: "request" | "response", schema: JsonObject, value: unknown, found: (error: SchemaError) => void): void {
    let validate = this.#validators.get(schema);
    if (validate === undefined) {
      validate = this.#compile(side, schema);
      this.#validators.set(schema, validate);
    }
    if (validate(value)) return;
    for (const error of telling(validate.errors ?? []).slice(0, MAX_FINDINGS)) {
      const missing = error.keyword === "required" ? { missing: String((error.params as Record<string, unknown>)["missingProperty"]) } : {};
      found({ pointer: error.instancePath, message: messageOf(error), ...missing });
    }
  }

  #compile(side: "request" | "response", schema: JsonObject): ValidateFunction {
    if (this.#ajv === undefined) {
      const response = newAjv(AJV_OPTIONS);
      response.addSchema({ $id: "ogl:response", components: this.document.components });
      const request = newAjv(AJV_OPTIONS);
      const widen = errataOf(this.version).find((erratum) => erratum.widen)?.widen ?? {};
      request.addSchema({ $id: "ogl:request", components: widened(this.document.components, widen) as JsonObject });
      request.addKeyword({ keyword: "x-widen", schemaType: "object" });
      this.#ajv = { request, response };
      this.#widen = widen;
    }
    const local = side === "request" ? (widened(schema, this.#widen) as JsonObject) : schema;
    return this.#ajv[side].compile(absoluteRefs(local, `ogl:${side}`) as JsonObject);
  }

  #widen: Readonly<Record<string, JsonObject>> = {};
}

type SchemaError = Pick<Finding, "pointer" | "message" | "missing">;

const AJV_OPTIONS = { strict: false, allErrors: true, validateFormats: false, verbose: false } as const;

/** Schemas of requests, with what pydantic's lax mode takes beside the declared types (erratum `lax-requests`). */
function widened(schema: JsonValue, widen: Readonly<Record<string, JsonObject>>): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => widened(item, widen));
  if (schema === null || typeof schema !== "object") return schema;
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    copy[key] = key === "default" || key === "const" || key === "enum" ? value : widened(value, widen);
  }
  const type = copy["type"];
  if (typeof type !== "string") return copy;
  const literal = type === "boolean" && "enum" in copy;
  const beside = widen[literal ? "boolean-literal" : type];
  if (beside === undefined) return copy;
  delete copy["type"];
  if (literal) delete copy["enum"];
  return { ...copy, anyOf: [{ type }, beside] };
}

function absoluteRefs(schema: JsonValue, id: string): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => absoluteRefs(item, id));
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === "$ref" && typeof value === "string" ? `${id}${value}` : absoluteRefs(value, id)]),
  );
}

/** Errors without those of a union as such, where the errors of its branches say more. */
function telling(errors: readonly ErrorObject[]): ErrorObject[] {
  const branches = errors.filter((error) => error.keyword !== "anyOf" && error.keyword !== "if");
  return branches.length > 0 ? branches : [...errors];
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "const") return `must be ${JSON.stringify(params["allowedValue"])}`;
  if (error.keyword === "enum") return `must be one of ${JSON.stringify(params["allowedValues"])}`;
  return error.message ?? error.keyword;
}

function mediaOf(content: Readonly<Record<string, MediaTypeObject>> | undefined, type: string): MediaTypeObject | undefined {
  return content?.[type];
}

/** Bytes of an event stream that no reader will ever see as an event, a comment or a known field. */
function strayBytes(token: SseToken): string | undefined {
  if (token.kind === "tail") return `bytes after the last line end are no event: ${excerpt(decodeText(token.bytes) ?? "(not UTF-8)")}`;
  if (token.kind !== "field" || ["data", "event", "id", "retry"].includes(token.name ?? "")) return undefined;
  return `a line is neither field nor comment: ${excerpt(decodeText(token.bytes) ?? "(not UTF-8)")}`;
}

function excerpt(text: string): string {
  const line = text.trimEnd();
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 77)}...` : line);
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(source: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof source === "string" ? source : utf8.decode(source)) as unknown;
  } catch {
    return undefined;
  }
}
