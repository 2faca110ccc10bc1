import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import type { Script } from "../../../http/index.ts";
import type { Dialect, DialectParts, MadeAnswer } from "./dialect.ts";

/** A route: its methods, in the order of an `Allow` header, and the answer. */
export interface Route {
  readonly methods: readonly string[];
  readonly handle: (request: ExchangeRequest, parts: DialectParts) => MadeAnswer;
}

/** Routes of a server by path; `{name}` stands for one segment. */
export type Routes = Readonly<Record<string, Route>>;

/** The route of a path; the exact one first. */
export function dialectRoute(routes: Routes, path: string): Route | undefined {
  if (Object.hasOwn(routes, path)) return routes[path];
  const segments = path.split("/");
  const found = Object.keys(routes).find(
    (pattern) => pattern.includes("{") && fitsPattern(pattern, segments),
  );
  return found === undefined ? undefined : routes[found];
}

function fitsPattern(pattern: string, segments: readonly string[]): boolean {
  const parts = pattern.split("/");
  return (
    parts.length === segments.length &&
    parts.every((part, at) => (part.startsWith("{") ? segments[at] !== "" : part === segments[at]))
  );
}

/** An answer of a dialect itself. @param how what it is, for the journal */
export function ownAnswer(dialect: string, how: string, script: Script): Answer {
  return { script, by: { kind: "synthesizer", how: `${dialect}: ${how}` } };
}

/** A server as a table of routes. */
export interface RoutedServer {
  readonly routes: Routes;
  /** The answer on one of the routes that is given before its method is looked at, or `undefined`. */
  readonly before?: (request: ExchangeRequest) => Answer | undefined;
  readonly wrongMethod: (request: ExchangeRequest, methods: readonly string[]) => Answer;
  readonly notFound: (request: ExchangeRequest) => Answer;
}

/** Makes a dialect of a table of routes. */
export function routedDialect(parts: DialectParts, server: RoutedServer): Dialect {
  const { routes, before, wrongMethod, notFound } = server;
  return {
    serves: (path) => dialectRoute(routes, path) !== undefined,
    answer: (request) => {
      const route = dialectRoute(routes, request.path);
      if (route === undefined) return undefined;
      const first = before?.(request);
      if (first !== undefined) return first;
      return route.methods.includes(request.method)
        ? route.handle(request, parts)
        : wrongMethod(request, route.methods);
    },
    notFound,
  };
}
