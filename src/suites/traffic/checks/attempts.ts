import { type Observed, answerHeader, isWhole, requestHeader, statusOf } from "../model/index.ts";

/**
 * Kind of a request that repeats an earlier one in the very same form.
 *
 * - `separate`: the client marks it as another call
 * - `duplicate`: the earlier request was still unanswered
 * - `abandoned`: the client had given up the earlier request
 * - `refused`: the earlier request was refused for good
 * - `mid-stream`: a part of the answer had been delivered
 * - `repeated`: the earlier request had been answered in full
 * - `retry`: the earlier request had failed in a way that may pass
 */
export type AttemptKind =
  | "separate"
  | "duplicate"
  | "abandoned"
  | "refused"
  | "mid-stream"
  | "repeated"
  | "retry";

/** Pair of a request and its repetition. */
export interface Attempt {
  readonly kind: AttemptKind;
  readonly before: Observed;
  readonly after: Observed;
}

/** Headers that may differ between two attempts of one request. */
const VOLATILE = new Set([
  "baggage",
  "b3",
  "connection",
  "content-length",
  "date",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "transfer-encoding",
  "x-client-request-id",
  "x-idempotency-key",
  "x-request-id",
  "x-stainless-retry-count",
]);

/**
 * Statuses after which the same request cannot succeed. Both SDKs of OpenAI give up on them (measured with openai for
 * Node and Python, scenario retry/statuses); RFC 9110 section 15.5 gives the reason for 405 and 413.
 */
const REFUSED = new Set([400, 401, 403, 404, 405, 413, 422]);

/** Longest gap (ms) between two attempts of one call; a later request is another call. */
const WINDOW_MS = 60_000;

/**
 * Error (ms) of the time between two exchanges in saved traffic: a journal and a HAR have whole milliseconds for the start,
 * a journal has tenths for the duration. A client may send again within that time of its own giving up.
 */
const RESOLUTION_MS = 1.1;

/** Finds the requests that were sent again, each paired with its nearest earlier request. */
export function findAttempts(exchanges: readonly Observed[]): Attempt[] {
  const earlier = new Map<string, Observed[]>();
  const attempts: Attempt[] = [];
  for (const after of exchanges) {
    const key = requestForm(after);
    const candidates = earlier.get(key) ?? [];
    const before = nearest(candidates, after);
    if (before !== undefined) {
      const kind = attemptKind(before, after);
      attempts.push({ kind, before, after });
      // A separate call leaves the earlier request to the attempt that belongs to it.
      if (kind !== "separate") candidates.splice(candidates.indexOf(before), 1);
    }
    earlier.set(key, [...candidates, after]);
  }
  return attempts;
}

/** Chains of attempts, one per call, in their order. Calls with one attempt have no chain. */
export function findChains(attempts: readonly Attempt[]): Observed[][] {
  const chains = new Map<Observed, Observed[]>();
  for (const { kind, before, after } of attempts) {
    if (kind === "separate" || kind === "repeated") continue;
    const chain = chains.get(before) ?? [before];
    chains.delete(before);
    chain.push(after);
    chains.set(after, chain);
  }
  return [...chains.values()];
}

/** Key by which two attempts of one request are equal. */
function requestForm({ request }: Observed): string {
  const { method, target, headers, body = [] } = request;
  const kept = headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value ?? ""}`)
    .filter((line) => !VOLATILE.has(line.slice(0, line.indexOf(":"))))
    .toSorted();
  return [method, target, ...kept, Buffer.from(body).toString("latin1")].join("\n");
}

/** The candidate that ended last before the request came, else the last one still open. */
function nearest(candidates: readonly Observed[], after: Observed): Observed | undefined {
  const recent = candidates.filter(({ endedAt }) => after.at - endedAt <= WINDOW_MS);
  const count = retryCount(after);
  const marked = recent.filter((before) => count !== undefined && retryCount(before) === count - 1);
  const pool = marked.length > 0 ? marked : recent;
  const ended = pool.filter((before) => hadEnded(before, after));
  return ended.toSorted((a, b) => a.endedAt - b.endedAt).at(-1) ?? pool.at(-1);
}

function attemptKind(before: Observed, after: Observed): AttemptKind {
  if (isOtherCall(before, after)) return "separate";
  if (!hadEnded(before, after) && !wasAnswered(before, after.at)) return "duplicate";
  const status = statusOf(before);
  if (status !== undefined && REFUSED.has(status))
    return answerHeader(before, "x-should-retry") === "true" ? "retry" : "refused";
  if (status !== undefined && status >= 200 && status < 300) {
    if (isWhole(before)) return "repeated";
    if (before.endedBy !== "server") return "abandoned";
    return before.delivery.bytes > 0 ? "mid-stream" : "retry";
  }
  return before.endedBy === "server" ? "retry" : "abandoned";
}

/** Whether an exchange had ended when a request came, as far as the times can tell: a doubt is the client's benefit. */
function hadEnded(before: Observed, after: Observed): boolean {
  return before.endedAt - after.at <= RESOLUTION_MS;
}

/** Whether all bytes had been sent by then. The end of an exchange may be noted a little later. */
function wasAnswered(before: Observed, at: number): boolean {
  return isWhole(before) && before.at + (before.delivery.at.at(-1) ?? 0) <= at;
}

/** Whether the client marks a separate call: OpenAI's SDKs count attempts from 0, others use a new idempotency key. */
function isOtherCall(before: Observed, after: Observed): boolean {
  if (retryCount(after) === 0) return true;
  const [a, b] = [idempotencyKey(before), idempotencyKey(after)];
  return a !== undefined && b !== undefined && a !== b;
}

function retryCount(exchange: Observed): number | undefined {
  const text = requestHeader(exchange, "x-stainless-retry-count");
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function idempotencyKey(exchange: Observed): string | undefined {
  return requestHeader(exchange, "idempotency-key") ?? requestHeader(exchange, "x-idempotency-key");
}
