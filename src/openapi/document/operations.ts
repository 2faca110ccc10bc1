import { escapeRegExp } from "../../util/index.ts";
import type { OpenApiDocument, OperationObject, ParameterObject } from "./document.ts";

/** A method and path of the spec, under a short name. */
export interface Operation {
  /** `models.list`, `chat.stream` … for the operations that have a short name, else the OpenAPI's own id. */
  readonly id: string;
  readonly method: string;
  /** The path template of the OpenAPI: `/v1/models/{model}`. */
  readonly path: string;
  readonly definition: OperationObject;
  /** False if the OpenAPI declares no security for it: it answers without a key. */
  readonly secured: boolean;
  /** The same operation as a stream; the OpenAPI has one operation for both. */
  readonly streaming?: Operation;
}

export interface OperationMatch {
  readonly operation: Operation;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  "GET /v1/models": "models.list",
  "GET /v1/models/{model}": "models.get",
  "POST /v1/embeddings": "embeddings.create",
  "POST /v1/chat/completions": "chat.create",
};

/** The name of chat's streaming half, which the OpenAPI does not tell from the other. */
export const CHAT_STREAM = "chat.stream";

/** A path template of the OpenAPI and the operations on it. */
export interface Route {
  readonly template: string;
  /** Path before the first parameter. */
  readonly prefix: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** The parameters among them whose values may hold slashes. */
  readonly wide: readonly string[];
  readonly methods: ReadonlyMap<string, Operation>;
}

/**
 * The operations of one OpenAPI document, found by method and path. Its table of routes is the only one: the mock's Hono
 * app is built from it, too.
 */
export class Operations {
  /** In the order of the document. */
  readonly routes: readonly Route[];
  readonly #templated: readonly Route[];
  /** Routes without a path parameter, the common case, by their path. */
  readonly #literal: ReadonlyMap<string, Route>;
  readonly list: readonly Operation[];

  constructor(document: OpenApiDocument) {
    const routes = Object.entries(document.paths).map(([template, item]) => compiledRoute(template, item));
    this.routes = routes;
    this.#templated = routes.filter((route) => route.names.length > 0);
    this.#literal = new Map(
      routes.filter((route) => route.names.length === 0).map((route) => [route.template, route]),
    );
    this.list = routes.flatMap((route) =>
      [...route.methods.values()].flatMap((operation) =>
        operation.streaming === undefined ? [operation] : [operation, operation.streaming],
      ),
    );
  }

  /** @param path the decoded path, without query */
  find(method: string, path: string): OperationMatch | undefined {
    const literal = this.#literal.get(path)?.methods.get(method);
    if (literal !== undefined) return { operation: literal, params: NO_PARAMS };
    for (const route of this.#templated) {
      const operation = route.methods.get(method);
      const params = operation && paramsOf(route, path);
      if (params !== undefined) return { operation: operation as Operation, params };
    }
    return undefined;
  }

  /** The methods that a path answers to; empty if there is no such path. */
  methodsOf(path: string): string[] {
    const routes = [
      this.#literal.get(path),
      ...this.#templated.filter((route) => paramsOf(route, path) !== undefined),
    ];
    return [...new Set(routes.flatMap((route) => [...(route?.methods.keys() ?? [])]))];
  }

  byId(id: string): Operation | undefined {
    return this.list.find((operation) => operation.id === id);
  }
}

const NO_PARAMS: OperationMatch["params"] = {};

function paramsOf(route: Route, path: string): Record<string, string> | undefined {
  if (!path.startsWith(route.prefix)) return undefined;
  const match = route.pattern.exec(path);
  return match === null
    ? undefined
    : Object.fromEntries(route.names.map((name, i) => [name, match[i + 1] ?? ""]));
}

/** The operation that a request to chat's path is: `chat.stream` if its body asks for a stream. */
export function refineOperation(operation: Operation, body: unknown): Operation {
  if (operation.streaming === undefined || typeof body !== "object" || body === null) return operation;
  const stream = (body as { stream?: unknown }).stream;
  return stream === true || stream === 1 ? operation.streaming : operation;
}

function compiledRoute(template: string, item: Readonly<Record<string, OperationObject>>): Route {
  const methods = new Map<string, Operation>();
  const parameters: ParameterObject[] = [];
  for (const [verb, definition] of Object.entries(item)) {
    const method = verb.toUpperCase();
    parameters.push(...(definition.parameters ?? []));
    const operation: Operation = {
      id: SHORT_NAMES[`${method} ${template}`] ?? definition.operationId,
      method,
      path: template,
      definition,
      secured: (definition.security ?? []).length > 0,
    };
    methods.set(
      method,
      operation.id === "chat.create"
        ? { ...operation, streaming: { ...operation, id: CHAT_STREAM } }
        : operation,
    );
  }
  const names: string[] = [];
  const wide = parameters.filter((p) => p["x-gatetape-spans-slashes"]).map(({ name }) => name);
  const source = template.split(/(\{[^}]+\})/).map((part) => {
    if (!part.startsWith("{")) return escapeRegExp(part);
    const name = part.slice(1, -1);
    names.push(name);
    return wide.includes(name) ? "(.*)" : "([^/]+)";
  });
  return {
    template,
    prefix: template.slice(0, template.indexOf("{") >>> 0),
    pattern: new RegExp(`^${source.join("")}$`, "s"),
    names,
    wide,
    methods,
  };
}
