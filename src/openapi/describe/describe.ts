import { defined } from "../../util/index.ts";
import {
  type JsonObject,
  type MediaTypeObject,
  type OglVersion,
  type OpenApiDocument,
  type Operation,
  Operations,
  type ParameterObject,
  correctedDocument,
  pinnedDocument,
} from "../document/index.ts";
import { type TouchingErratum, errataFor } from "./errata.ts";

/** An operation in a list. */
export interface OperationSummary {
  readonly id: string;
  /** The OpenAPI's own id. */
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** False if it answers without a key, as far as is known. */
  readonly secured: boolean;
  readonly deprecated: boolean;
  /** Statuses that the pinned OpenAPI declares; the errata know of more. */
  readonly statuses: readonly string[];
}

export interface DescribedBody {
  readonly type: string;
  readonly required?: boolean;
  readonly schema: JsonObject;
  /** The schema is that of each event's data. */
  readonly eachEvent?: boolean;
}

export interface DescribedResponse {
  readonly status: string;
  /** False if only an erratum knows of it. */
  readonly declared: boolean;
  readonly bodies: readonly DescribedBody[];
}

/** All that is known of an operation: its OpenAPI as corrected by the errata, and these. */
export interface OperationDescription extends OperationSummary {
  readonly ogl: OglVersion;
  readonly parameters: readonly Pick<ParameterObject, "name" | "in" | "required" | "schema">[];
  readonly request: readonly DescribedBody[];
  readonly responses: readonly DescribedResponse[];
  /** The schemas that these refer to, by way of others too. */
  readonly schemas: Readonly<Record<string, JsonObject>>;
  readonly errata: readonly TouchingErratum[];
}

/** Summaries of all operations of a version, with errata, in the order of its OpenAPI. */
export function listOperations(version: OglVersion): OperationSummary[] {
  const pinned = new Operations(pinnedDocument(version));
  return new Operations(correctedDocument(version)).list.map((operation) =>
    operationSummary(operation, pinned.byId(operation.id)),
  );
}

/**
 * Operations by name: the short one (`chat.create`), the OpenAPI's own id, `POST /v1/rerank`, or a path for all of its
 * methods. Empty if there is none.
 */
export function findOperations(version: OglVersion, name: string): OperationSummary[] {
  const wanted = name.trim().replaceAll(/\s+/g, " ");
  const list = listOperations(version);
  const byId = list.find((operation) => operation.id === wanted);
  if (byId !== undefined) return [byId];
  const matching = list.filter(
    ({ operationId, method, path }) =>
      operationId === wanted || path === wanted || `${method} ${path}` === wanted.replace(/^\w+/, upper),
  );
  // The streaming half shares method, path and id: it is meant only by its own name.
  return matching.filter(
    (operation, i) =>
      matching.findIndex((other) => other.method === operation.method && other.path === operation.path) === i,
  );
}

const upper = (text: string): string => text.toUpperCase();

/** Describes an operation of a version by its id; `undefined` if there is none. */
export function describeOperation(version: OglVersion, id: string): OperationDescription | undefined {
  const document = correctedDocument(version);
  const operation = new Operations(document).byId(id);
  if (operation === undefined) return undefined;
  const declared = new Operations(pinnedDocument(version)).byId(id);
  const { definition } = operation;
  const summary = operationSummary(operation, declared);
  const parameters = (definition.parameters ?? []).map(({ name, in: location, required, schema }) => ({
    name,
    in: location,
    ...defined({ required, schema }),
  }));
  const { requestBody } = definition;
  const request = describedBodies(requestBody?.content).map((body) => ({
    ...body,
    required: requestBody?.required ?? false,
  }));
  const responses = Object.entries(definition.responses).map(([status, { content }]) => ({
    status,
    declared: summary.statuses.includes(status),
    bodies: describedBodies(content),
  }));
  const names = schemasOf({ parameters, request, responses }, document);
  const schemas = Object.fromEntries([...names].map((name) => [name, schemaNamed(document, name)]));
  return {
    ogl: version,
    ...summary,
    parameters,
    request,
    responses,
    schemas,
    errata: errataFor(version, operation, names),
  };
}

function operationSummary(operation: Operation, declared: Operation | undefined): OperationSummary {
  const { id, method, path, secured, definition } = operation;
  return {
    id,
    operationId: definition.operationId,
    method,
    path,
    secured,
    deprecated: (definition as { deprecated?: boolean }).deprecated ?? false,
    statuses: Object.keys(declared?.definition.responses ?? {}),
  };
}

function describedBodies(content: Readonly<Record<string, MediaTypeObject>> = {}): DescribedBody[] {
  return Object.entries(content).map(([type, { schema, itemSchema }]) =>
    itemSchema === undefined ? { type, schema: schema ?? {} } : { type, schema: itemSchema, eachEvent: true },
  );
}

const SCHEMAS = "#/components/schemas/";

/** The names of the schemas that a value refers to, nearest first. */
function schemasOf(value: unknown, document: OpenApiDocument): Set<string> {
  const found = new Set<string>();
  let next = [...refsOf(value)];
  while (next.length > 0) {
    const fresh = [...new Set(next)].filter((name) => !found.has(name));
    for (const name of fresh) found.add(name);
    next = fresh.flatMap((name) => [...refsOf(schemaNamed(document, name))]);
  }
  return found;
}

function* refsOf(value: unknown): Generator<string> {
  if (value === null || typeof value !== "object") return;
  for (const [key, item] of Object.entries(value)) {
    if (key === "$ref" && typeof item === "string" && item.startsWith(SCHEMAS))
      yield item.slice(SCHEMAS.length);
    else yield* refsOf(item);
  }
}

function schemaNamed(document: OpenApiDocument, name: string): JsonObject {
  return ((document.components["schemas"] as JsonObject | undefined)?.[name] ?? {}) as JsonObject;
}
