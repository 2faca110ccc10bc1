import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import type { Script } from "../../../http/index.ts";
import type { DialectParts, MadeAnswer } from "./dialect.ts";

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
