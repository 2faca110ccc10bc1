import { type SseToken, decodeSse, isJsonType, mediaType, sseEvents } from "../../http/index.ts";
import {
  type JsonObject,
  type MediaTypeObject,
  type OglVersion,
  type OpenApiDocument,
  type Operation,
  Operations,
  correctedDocument,
  refineOperation,
  widenOf,
} from "../document/index.ts";
import type { Finding } from "./findings.ts";
import { SchemaChecker } from "./schemas.ts";

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

/** Name of the validators of one version's requests or responses. */
export function checkerName(version: OglVersion, part: "requests" | "responses"): string {
  return `${version} ${part}`;
}

export class Spec {
  readonly version: OglVersion;
  readonly document: OpenApiDocument;
  readonly operations: Operations;
  readonly #requests: SchemaChecker;
  readonly #responses: SchemaChecker;

  constructor(version: OglVersion) {
    this.version = version;
    this.document = correctedDocument(version);
    this.operations = new Operations(this.document);
    const { components } = this.document;
    this.#requests = new SchemaChecker(checkerName(version, "requests"), components, () => widenOf(version));
    this.#responses = new SchemaChecker(checkerName(version, "responses"), components);
  }

  /** The operation of a request, `chat.stream` or `chat.create` by the body. */
  operationOf(
    method: string,
    path: string,
    json: unknown,
  ): { operation: Operation; params: Readonly<Record<string, string>> } | undefined {
    const found = this.operations.find(method, path);
    return found && { operation: refineOperation(found.operation, json), params: found.params };
  }

  /** Deviations of a request from the OpenAPI. */
  validateRequest(request: RequestToValidate): Finding[] {
    const { definition } = request.operation;
    const findings = this.#parameters(request);
    const declared = definition.requestBody;
    if (declared === undefined) return findings;
    const [type, media] = Object.entries(declared.content)[0] ?? [];
    if (request.body.length === 0) {
      if (declared.required)
        findings.push({ code: "body-missing", part: "body", pointer: "", message: "the body is missing" });
      return findings;
    }
    if (
      type === "application/json" ? !isJsonType(request.contentType) : mediaType(request.contentType) !== type
    ) {
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
    this.#requests.check(media.schema, request.json, (error) =>
      findings.push({ code: "schema", part: "body", ...error }),
    );
    return findings;
  }

  /** Deviations of a response from the OpenAPI and its errata. */
  validateResponse(response: ResponseToValidate): Finding[] {
    const { operation, status, contentType, body } = response;
    const declared =
      operation?.definition.responses[status] ?? this.document["x-gatetape-anywhere"]?.[status];
    if (declared === undefined) {
      const where =
        operation === undefined
          ? "a path or method that the OpenAPI does not have"
          : `${operation.method} ${operation.path}`;
      const code = operation === undefined ? "operation-unknown" : "status-undeclared";
      return [{ code, part: "status", pointer: "", message: `${status} is declared nowhere for ${where}` }];
    }
    if (body.length === 0) return [];
    const type = mediaType(contentType) ?? "";
    const media =
      mediaOf(declared.content, type) ??
      mediaOf(this.document["x-gatetape-anywhere"]?.[status]?.content, type);
    if (media === undefined) {
      const known = Object.keys(declared.content ?? {}).join(", ") || "none";
      return [
        {
          code: "content-type",
          part: "headers",
          pointer: "/content-type",
          message: `content-type ${type || "(none)"} is not declared for ${status} (declared: ${known})`,
        },
      ];
    }
    if (media.itemSchema !== undefined) return this.#events(media.itemSchema, body);
    if (media.schema === undefined) return [];
    const hasJson = isJsonType(type);
    const value = hasJson ? parseJson(body) : decodeText(body);
    if (value === undefined) {
      const message = `the body is not ${hasJson ? "JSON" : "UTF-8"}`;
      return [{ code: "not-json", part: "body", pointer: "", message }];
    }
    const findings: Finding[] = [];
    this.#responses.check(media.schema, value, (error) =>
      findings.push({ code: "schema", part: "body", ...error }),
    );
    return findings;
  }

  #parameters(request: RequestToValidate): Finding[] {
    const findings: Finding[] = [];
    for (const parameter of request.operation.definition.parameters ?? []) {
      const part = parameter.in;
      if (part !== "query" && part !== "path") continue;
      if (part === "path" && !(parameter.name in request.params)) continue; // an erratum: declared, but not in the path
      const values =
        part === "path"
          ? [request.params[parameter.name] as string]
          : request.query.filter(([name]) => name === parameter.name).map(([, value]) => value);
      const pointer = `/${parameter.name}`;
      const last = values.at(-1);
      if (last === undefined) {
        if (parameter.required)
          findings.push({
            code: "parameter",
            part,
            pointer,
            message: `${part} parameter ${parameter.name} is missing`,
          });
      } else if (parameter.schema !== undefined) {
        const value = parameter.schema["type"] === "array" ? values : last;
        this.#requests.check(parameter.schema, value, ({ message }) =>
          findings.push({
            code: "parameter",
            part,
            pointer,
            message: `${part} parameter ${parameter.name} ${message}`,
          }),
        );
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
      if (value === undefined)
        findings.push({
          ...at,
          code: "not-json",
          pointer: "",
          message: `an event's data is not JSON: ${textExcerpt(event.data)}`,
        });
      else
        this.#responses.check(schema, value, (error) => findings.push({ ...at, code: "schema", ...error }));
    }
    for (const token of tokens) {
      const stray = strayBytes(token);
      if (stray !== undefined)
        findings.push({
          code: "not-an-event",
          part: "event",
          pointer: "",
          offset: token.start,
          message: stray,
        });
    }
    return findings;
  }
}

function mediaOf(
  content: Readonly<Record<string, MediaTypeObject>> | undefined,
  type: string,
): MediaTypeObject | undefined {
  return content?.[type];
}

/** Bytes of an event stream that no reader will ever see as an event, a comment or a known field. */
function strayBytes(token: SseToken): string | undefined {
  if (token.kind === "tail")
    return `bytes after the last line end are no event: ${textExcerpt(decodeText(token.bytes) ?? "(not UTF-8)")}`;
  if (token.kind !== "field" || ["data", "event", "id", "retry"].includes(token.name ?? "")) return undefined;
  return `a line is neither field nor comment: ${textExcerpt(decodeText(token.bytes) ?? "(not UTF-8)")}`;
}

function textExcerpt(text: string): string {
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
