/** Checks of the wire: requests, their times, and closed connections. */
import { isDeepStrictEqual } from "node:util";
import { splitTarget } from "../../cassette/index.ts";
import { headerValue } from "../../http/index.ts";
import { type Check, type ExchangeTrace, type RunTrace, expectedExchanges } from "../model/index.ts";
import { OK, type Weight, shown, timed, wireCheck } from "./check.ts";

/** Passes if the number of the operation's requests is the given one or in the given range. */
export function requests(range: number | { min: number; max: number }, weight: Weight = {}): Check {
  const { min, max } = typeof range === "number" ? { min: range, max: range } : range;
  const wanted = min === max ? times(min) : `${min} to ${max} times`;
  return wireCheck("requests", `sends the request ${wanted}`, weight, (trace) => {
    const n = expectedExchanges(trace).length;
    return n >= min && n <= max ? OK : [`the request was sent ${times(n)}, expected ${wanted}`];
  });
}

const times = (n: number): string => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);

/** Tolerance (ms) between the clocks of two processes and a timer. */
const CLOCK_MS = 30;

/** Passes if the second request came at least `ms` after the answer to the first. */
export function gapAtLeast(ms: number, weight: Weight = {}): Check {
  const check = wireCheck("gap", `waits ${ms} ms before the second try`, weight, (trace) => {
    const gap = retryGap(trace);
    return gap === undefined || gap >= ms - CLOCK_MS // another check counts the requests
      ? OK
      : [`the second request came ${gap} ms after the first answer, the server requested ${ms} ms`];
  });
  return timed(check, (trace) => {
    const gap = retryGap(trace);
    if (gap === undefined) return null;
    return gap >= ms - CLOCK_MS ? gap - ms * ABOUT : ms - CLOCK_MS - gap;
  });
}

/** A client that waits for this part of the requested time takes it from the header: only a shorter pause can be faked. */
const ABOUT = 3 / 4;

/** Time (ms) between the answer to the first request and the second request. */
function retryGap(trace: RunTrace): number | undefined {
  const [first, second] = expectedExchanges(trace);
  return first === undefined || second === undefined ? undefined : Math.round(second.at - answeredAt(first));
}

const distance = (measured: number | undefined, limit: number): number | null =>
  measured === undefined ? null : Math.abs(measured - limit);

/** Passes if no second request came while the runner watched. */
export function noEarlyRetry(demandedMs: number, weight: Weight = {}): Check {
  const says = `does not try again before the ${demandedMs} ms that were asked for`;
  const check = wireCheck("early-retry", says, weight, (trace) => {
    const gap = retryGap(trace);
    return gap === undefined ? OK : [`tried again after ${gap} ms, the server requested ${demandedMs} ms`];
  });
  return timed(check, (trace) => {
    const [first] = expectedExchanges(trace);
    if (first === undefined) return null;
    const watched = (trace.calls.at(-1)?.endedAt ?? 0) - answeredAt(first);
    // A late machine may put a retry off beyond the end of watching; most clients try again in the first half of it.
    return distance(retryGap(trace), demandedMs) ?? Math.max(0, watched / 2);
  });
}

/** Passes if the client closed the exchange within `ms` of the result. */
export function closesWithin(ms: number, weight: Weight = {}): Check {
  const check = wireCheck("closes", `closes the connection within ${ms} ms`, weight, (trace) => {
    const exchange = expectedExchanges(trace).at(-1);
    if (exchange === undefined) return null;
    if (exchange.endedBy === "server") return OK;
    if (trace.calls.length === 0) return null; // a command's traffic does not show when the user had the result
    const since = sinceResult(trace, exchange);
    if (exchange.endedBy === "runner")
      return [`the connection was still open when the runner stopped watching, ${since} ms after the result`];
    return since <= ms ? OK : [`the connection was closed ${since} ms after the result`];
  });
  return timed(check, (trace) => {
    const exchange = expectedExchanges(trace).at(-1);
    if (exchange === undefined || exchange.endedBy === "server") return null;
    return distance(sinceResult(trace, exchange), ms);
  });
}

/** Time (ms) between the last call's result and the exchange's end. */
function sinceResult({ calls }: RunTrace, { endedAt }: ExchangeTrace): number {
  return Math.round(endedAt - (calls.at(-1)?.endedAt ?? 0));
}

/** Passes if the client gave up the exchange within `ms` of sending the request. */
export function givesUpWithin(ms: number, weight: Weight = {}): Check {
  const check = wireCheck("gives-up", `gives up within ${ms} ms`, weight, (trace) => {
    const exchange = expectedExchanges(trace).at(-1);
    if (exchange === undefined) return null;
    const after = Math.round(exchange.endedAt - exchange.at);
    return exchange.endedBy !== "runner" && after <= ms
      ? OK
      : [`the exchange was open for ${after} ms, and the ${exchange.endedBy} ended it`];
  });
  return timed(check, (trace) => {
    const exchange = expectedExchanges(trace).at(-1);
    return exchange === undefined ? null : distance(exchange.endedAt - exchange.at, ms);
  });
}

/** Passes if all requests have exactly this target. */
export function path(expected: string, weight: Weight = {}): Check {
  return wireCheck("path", `asks ${expected}`, weight, (trace) => {
    const wrong = [...new Set(trace.exchanges.map(({ request }) => request.target))].filter(
      (target) => target !== expected,
    );
    return wrong.map((target) => `requested ${shown(target)}, expected ${shown(expected)}`);
  });
}

/** Passes if no request leaves the folder, with dots and escapes resolved as servers resolve them. */
export function staysBelow(folder: string, weight: Weight = {}): Check {
  return wireCheck("path", `asks nothing outside ${folder}`, weight, (trace) =>
    trace.exchanges.flatMap(({ request: { target } }) => {
      const { pathname } = new URL(target, "http://localhost");
      const outside = !pathname.startsWith(folder) || pathname === folder;
      return outside ? [`requested ${shown(target)}, which is not below ${folder}`] : [];
    }),
  );
}

/** Passes if only requests of these methods were sent. */
export function methods(expected: readonly string[], weight: Weight = {}): Check {
  return wireCheck("methods", `sends only ${expected.join(", ")}`, weight, (trace) =>
    trace.exchanges
      .filter(({ request }) => !expected.includes(request.method))
      .map(({ request: { method, target } }) => `sent ${method} ${target}`),
  );
}

/** Passes if every request body has this member with this value. */
export function bodyMember(name: string, expected: unknown, weight: Weight = {}): Check {
  return wireCheck(`body-${name}`, `sends ${name}: ${shown(expected)}`, weight, (trace) =>
    expectedExchanges(trace).flatMap((exchange) => {
      const got = (requestJson(exchange) as Record<string, unknown> | undefined)?.[name];
      return isDeepStrictEqual(got, expected)
        ? []
        : [`sent ${name}: ${shown(got)}, expected ${shown(expected)}`];
    }),
  );
}

/** Passes if the key is sent as `Authorization: Bearer` and nowhere else. */
export function bearerKey(weight: Weight = {}): Check {
  return wireCheck("authorization", "sends the key as `Authorization: Bearer` only", weight, (trace) => {
    if (trace.calls.length === 0) return null; // the right key is unknown
    const keys = new Set(trace.calls.map(({ run }) => run.apiKey));
    return expectedExchanges(trace).flatMap(({ request: { headers, target } }) => [
      ...(keys.has((headerValue(headers, "authorization") ?? "").replace(/^Bearer /, ""))
        ? []
        : [`the authorization header is ${shown(headerValue(headers, "authorization") ?? null)}`]),
      ...keyInTarget(target, [...keys]),
    ]);
  });
}

/** Query names for keys. A bare `key` or `token` has other uses, so it counts only if its value looks like a secret. */
const KEY_NAMES =
  /[?&](?:(?:api[-_]?key|access[-_]?token|authorization|bearer)=|(?:key|token)=(?:sk-|secret-\d))/i;

/** Problems of a target that holds one of the keys, or a parameter that is named like a key. */
export function keyInTarget(target: string, keys: readonly string[]): string[] {
  const decoded = new Set(splitTarget(target).query.map(([, value]) => value));
  const known = keys.some((key) => target.includes(key) || decoded.has(key));
  return known || KEY_NAMES.test(target) ? ["the key is in the URL"] : [];
}

/** Passes if the requests keep to OGL's pinned OpenAPI. */
export function validRequest(weight: Weight = {}): Check {
  return wireCheck("request", "sends a request that keeps to OGL's OpenAPI", weight, (trace) =>
    expectedExchanges(trace).flatMap(({ findings }) =>
      findings.map(({ part, pointer, message }) => `${part}${pointer}: ${message}`),
    ),
  );
}

/** Time of the answer's last write: a client cannot know of it sooner, however late the exchange is noted as ended. */
function answeredAt({ at, delivery }: ExchangeTrace): number {
  return at + (delivery.at.at(-1) ?? 0);
}

function requestJson({ request }: ExchangeTrace): unknown {
  try {
    return JSON.parse(Buffer.from(request.body ?? []).toString("utf8"));
  } catch {
    return undefined;
  }
}
