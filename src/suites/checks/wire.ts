/** Checks of what was seen on the wire: requests, their times, and who closed what. */
import { isDeepStrictEqual } from "node:util";
import { splitTarget } from "../../cassette/index.ts";
import { headerValue } from "../../http/index.ts";
import { type Check, type ExchangeTrace, expectedExchanges } from "../model/index.ts";
import { OK, type Weight, shown, wireCheck } from "./check.ts";

/** How many requests of the operation came. */
export function requests(range: number | { min: number; max: number }, weight: Weight = {}): Check {
  const { min, max } = typeof range === "number" ? { min: range, max: range } : range;
  const wanted = min === max ? times(min) : `${min} to ${max} times`;
  return wireCheck("requests", `sends the request ${wanted}`, weight, (trace) => {
    const n = expectedExchanges(trace).length;
    return n >= min && n <= max ? OK : [`the request was sent ${times(n)}, expected ${wanted}`];
  });
}

const times = (n: number): string => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);

/** Clocks of two processes and of a timer may differ by this. */
const CLOCK_MS = 30;

/** The second request came no sooner than that after the first had been answered. */
export function gapAtLeast(ms: number, weight: Weight = {}): Check {
  return wireCheck("gap", `waits ${ms} ms before the second try`, weight, (trace) => {
    const [first, second] = expectedExchanges(trace);
    if (first === undefined || second === undefined) return OK; // how many there are is another check's
    const gap = Math.round(second.at - answeredAt(first));
    return gap >= ms - CLOCK_MS
      ? OK
      : [`the second request came ${gap} ms after the first answer, asked for were ${ms} ms`];
  });
}

/** No second request while the runner watched. */
export function noEarlyRetry(demandedMs: number, weight: Weight = {}): Check {
  const says = `does not try again before the ${demandedMs} ms that were asked for`;
  return wireCheck("early-retry", says, weight, (trace) => {
    const [first, second] = expectedExchanges(trace);
    if (first === undefined || second === undefined) return OK;
    const gap = Math.round(second.at - answeredAt(first));
    return [`tried again after ${gap} ms, asked for were ${demandedMs} ms`];
  });
}

/** The client ended the exchange itself, within that many ms of what its user saw last. */
export function closesWithin(ms: number, weight: Weight = {}): Check {
  return wireCheck("closes", `closes the connection within ${ms} ms`, weight, (trace) => {
    const exchange = expectedExchanges(trace).at(-1);
    if (exchange === undefined) return null;
    if (exchange.endedBy === "server") return OK;
    if (trace.calls.length === 0) return null; // nobody says when the user had what was wanted
    const since = Math.round(exchange.endedAt - (trace.calls.at(-1)?.endedAt ?? 0));
    if (exchange.endedBy === "runner")
      return [`the connection was still open when the runner stopped watching, ${since} ms after the result`];
    return since <= ms ? OK : [`the connection was closed ${since} ms after the result`];
  });
}

/** The client gave up the exchange itself before that time. */
export function givesUpWithin(ms: number, weight: Weight = {}): Check {
  return wireCheck("gives-up", `gives up within ${ms} ms`, weight, (trace) => {
    const exchange = expectedExchanges(trace).at(-1);
    if (exchange === undefined) return null;
    const after = Math.round(exchange.endedAt - exchange.at);
    return exchange.endedBy !== "runner" && after <= ms
      ? OK
      : [`the exchange was open for ${after} ms, and the ${exchange.endedBy} ended it`];
  });
}

/** All requests went to that path, and there was one. */
export function path(expected: string, weight: Weight = {}): Check {
  return wireCheck("path", `asks ${expected}`, weight, (trace) => {
    const wrong = [...new Set(trace.exchanges.map(({ request }) => request.target))].filter(
      (target) => target !== expected,
    );
    return wrong.map((target) => `asked ${shown(target)}, expected ${shown(expected)}`);
  });
}

/** No request leaves that folder, dots and escapes resolved as servers resolve them. */
export function staysBelow(folder: string, weight: Weight = {}): Check {
  return wireCheck("path", `asks nothing outside ${folder}`, weight, (trace) =>
    trace.exchanges.flatMap(({ request: { target } }) => {
      const { pathname } = new URL(target, "http://localhost");
      const outside = !pathname.startsWith(folder) || pathname === folder;
      return outside ? [`asked ${shown(target)}, which is not below ${folder}`] : [];
    }),
  );
}

/** Only requests of these methods were sent. */
export function methods(expected: readonly string[], weight: Weight = {}): Check {
  return wireCheck("methods", `sends only ${expected.join(", ")}`, weight, (trace) =>
    trace.exchanges
      .filter(({ request }) => !expected.includes(request.method))
      .map(({ request: { method, target } }) => `sent ${method} ${target}`),
  );
}

/** A member of the request's body is that. */
export function bodyMember(name: string, expected: unknown, weight: Weight = {}): Check {
  return wireCheck(`body-${name}`, `sends ${name}: ${shown(expected)}`, weight, (trace) =>
    expectedExchanges(trace).flatMap((exchange) => {
      const got = (requestJson(exchange) as Record<string, unknown> | undefined)?.[name];
      return isDeepStrictEqual(got, expected)
        ? []
        : [`sent ${name}: ${shown(got)}, asked for was ${shown(expected)}`];
    }),
  );
}

/** The key is where it belongs and nowhere else. */
export function bearerKey(weight: Weight = {}): Check {
  return wireCheck("authorization", "sends the key as `Authorization: Bearer` only", weight, (trace) => {
    if (trace.calls.length === 0) return null; // nobody says which key it was to be
    const keys = new Set(trace.calls.map(({ run }) => run.apiKey));
    return expectedExchanges(trace).flatMap(({ request: { headers, target } }) => [
      ...(keys.has((headerValue(headers, "authorization") ?? "").replace(/^Bearer /, ""))
        ? []
        : [`the authorization header is ${shown(headerValue(headers, "authorization") ?? null)}`]),
      ...keyInTarget(target, [...keys]),
    ]);
  });
}

/** Names under which keys are put into queries; `key` alone has other uses, unless what it names looks like one. */
const KEY_NAMES =
  /[?&](?:(?:api[-_]?key|access[-_]?token|authorization|bearer)=|(?:key|token)=(?:sk-|secret-\d))/i;

/** What is wrong with a target that has a key in it, or a parameter that is named like one. */
export function keyInTarget(target: string, keys: readonly string[]): string[] {
  const decoded = new Set(splitTarget(target).query.map(([, value]) => value));
  const known = keys.some((key) => target.includes(key) || decoded.has(key));
  return known || KEY_NAMES.test(target) ? ["the key is in the URL"] : [];
}

/** What the pinned OpenAPI of OGL finds in the requests. */
export function validRequest(weight: Weight = {}): Check {
  return wireCheck("request", "sends a request that keeps to OGL's OpenAPI", weight, (trace) =>
    expectedExchanges(trace).flatMap(({ findings }) =>
      findings.map(({ part, pointer, message }) => `${part}${pointer}: ${message}`),
    ),
  );
}

/** When the last byte was written: a client can't know of it sooner, however late the end of the exchange is noted. */
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
