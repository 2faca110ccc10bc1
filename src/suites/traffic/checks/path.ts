/** Checks of request paths. */
import { splitTarget } from "../../../cassette/index.ts";
import type { Spec } from "../../../openapi/index.ts";
import { nearestWord } from "../../../util/index.ts";
import { type Observed, type TrafficCheck, eachExchange, lineOf } from "../model/index.ts";

export const PATH_CHECKS: readonly TrafficCheck[] = [
  {
    id: "path/joining",
    says: "joins base URL and path by one slash, with /v1 once",
    level: "must",
    needs: "wire",
    why: "A path with a doubled slash, without /v1 or with two of them is answered 404 by OGL, for every call.",
    evidence: [
      "url/base-path-joining",
      "BerriAI/litellm#8350",
      "observed on 0.4.1: http-double-slash, chat-no-v1-prefix",
    ],
    seenIf: "a request comes",
    test: eachExchange(isRequested, (exchange, { spec }) => {
      const meant = meantPath(spec, exchange);
      return meant === undefined
        ? []
        : [`requested ${lineOf(exchange)}, which is ${meant.path} with ${meant.wrong}`];
    }),
  },
  {
    id: "path/trailing-slash",
    says: "puts no slash at the end of a path",
    level: "should",
    needs: "wire",
    why: "OGL redirects such a request (307): each call takes two, and a client that follows no redirect has no answer.",
    evidence: ["url/base-path-joining", "observed on 0.4.1: chat-trailing-slash, emb-trailing-slash"],
    seenIf: "a request comes",
    test: eachExchange(isRequested, (exchange) =>
      endsInSlash(exchange) ? [`requested ${lineOf(exchange)}, with a slash at the end`] : [],
    ),
  },
  {
    id: "path/unknown",
    says: "asks only what OGL has",
    level: "must",
    needs: "wire",
    why: "OGL answers 404 or 405 to what it does not have, whatever the body.",
    evidence: ["observed on 0.4.1: http-unknown-path-noauth, http-head-models"],
    seenIf: "a request comes",
    test: eachExchange(isRequested, (exchange, { spec }) =>
      isKnown(spec, exchange) || endsInSlash(exchange) || meantPath(spec, exchange) !== undefined
        ? []
        : [unknown(spec, exchange)],
    ),
  },
];

/** Whether the program sent the request on purpose; browsers send these two by themselves. */
function isRequested({ request: { method, target } }: Observed): boolean {
  return method !== "OPTIONS" && target !== "/favicon.ico";
}

function isKnown(spec: Spec, { request, operation, recorded }: Observed): boolean {
  return (
    recorded ||
    operation !== undefined ||
    spec.operations.find(request.method, splitTarget(request.target).path) !== undefined
  );
}

/** Slips in joining, in the order of the search, each with the function that undoes it. */
const SLIPS: readonly { readonly wrong: string; readonly fix: (path: string) => string }[] = [
  { wrong: "a whole URL in the request line", fix: (path) => path.replace(/^https?:\/\/[^/]*/i, "") },
  { wrong: "a doubled slash", fix: (path) => path.replaceAll(/\/{2,}/g, "/") },
  { wrong: "a dot segment", fix: withoutDots },
  { wrong: "/v1 more than once", fix: (path) => path.replace(/^(?:\/v1){2,}(?=\/)/i, "/v1") },
  { wrong: "something before /v1", fix: (path) => path.replace(/^(?:\/[^/]+)+?(?=\/v1\/)/i, "") },
  { wrong: "no /v1", fix: (path) => (/^\/v1\//i.test(path) ? path : `/v1${path}`) },
  { wrong: "capital letters", fix: (path) => path.toLowerCase() },
];

/** OGL's path that the client meant, and its slip; `undefined` if the path is right or cannot be guessed. */
export function meantPath(spec: Spec, exchange: Observed): { path: string; wrong: string } | undefined {
  if (exchange.recorded) return undefined;
  const requested = splitTarget(exchange.request.target).path;
  const has = (path: string): boolean => spec.operations.find(exchange.request.method, path) !== undefined;
  // The path of a model matches any name, slashes included, so a match does not exclude these slips.
  const odd = /\/{2}|\/\.{1,2}(?:\/|$)|^https?:/i.test(requested);
  if (!odd && (has(requested) || endsInSlash(exchange))) return undefined;
  const wrong: string[] = [];
  let path = requested;
  for (const slip of SLIPS) {
    const corrected = slip.fix(path);
    if (corrected === path) continue;
    path = corrected;
    wrong.push(slip.wrong);
    if (has(path)) return { path, wrong: wrong.join(" and ") };
  }
  return undefined;
}

function withoutDots(path: string): string {
  return /\/\.{1,2}(?:\/|$)/.test(path) ? new URL(path, "http://localhost").pathname : path;
}

/** Whether the path ends in a slash. A doubled slash is another slip. */
function endsInSlash({ request, recorded }: Observed): boolean {
  const { path } = splitTarget(request.target);
  return !recorded && path.length > 1 && path.endsWith("/") && !path.includes("//");
}

function unknown(spec: Spec, exchange: Observed): string {
  const { path } = splitTarget(exchange.request.target);
  const methods = spec.operations.methodsOf(path);
  if (methods.length > 0)
    return `requested ${lineOf(exchange)}; OGL answers only ${methods.join(", ")} there (405 Method Not Allowed)`;
  const near = nearestWord(path, [...new Set(spec.operations.list.map((operation) => operation.path))]);
  return `requested ${lineOf(exchange)}, which OGL does not have${near === undefined ? "" : `; nearest is ${near}`}`;
}
