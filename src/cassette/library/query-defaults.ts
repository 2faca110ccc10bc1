import type { Spec } from "../../openapi/index.ts";
import type { MatchRequest } from "../format/index.ts";

type Pair = readonly [name: string, value: string];

/**
 * Makes the function that gives a request without the query parameters that have the OpenAPI's default, which servers can't
 * tell from absent ones. It gives `undefined` for an operation without such parameters.
 */
export function queryDefaultsOf(spec: Spec): (request: MatchRequest) => MatchRequest | undefined {
  const known = new Map<string, readonly Pair[]>();
  const defaultsOf = (method: string, path: string): readonly Pair[] => {
    const operation = spec.operations.find(method, path)?.operation;
    if (operation === undefined) return [];
    const id = `${operation.method} ${operation.path}`;
    const defaults = known.get(id) ?? (operation.definition.parameters ?? []).flatMap(defaultPair);
    known.set(id, defaults);
    return defaults;
  };
  return (request) => {
    const defaults = defaultsOf(request.method, request.path);
    if (defaults.length === 0) return undefined;
    const sent = ([name]: Pair): Pair[] => request.query.filter(([key]) => key === name);
    const isDefault = (pair: Pair): boolean =>
      sent(pair).length === 1 && defaults.some(([name, value]) => name === pair[0] && value === pair[1]);
    return {
      ...request,
      query: request.query.filter((pair) => !isDefault(pair)),
      defaults: defaults.filter((pair) => sent(pair).every(isDefault)),
    };
  };
}

function defaultPair(parameter: {
  readonly name: string;
  readonly in: string;
  readonly schema?: Readonly<Record<string, unknown>>;
}): Pair[] {
  const value = parameter.schema?.["default"];
  if (parameter.in !== "query" || value === undefined || value === null || typeof value === "object")
    return [];
  return [[parameter.name, String(value)]];
}
