/** Checks of repeated requests: their reasons, times and number. */
import { gapAtLeast, requests } from "../../checks/index.ts";
import {
  type Observed,
  type Traffic,
  type TrafficCheck,
  type TrafficFinding,
  answerHeader,
  lineOf,
  findingMessages,
  statusOf,
} from "../model/index.ts";
import { type Attempt, type AttemptKind, findAttempts, findChains } from "./attempts.ts";

export const REPEAT_CHECKS: readonly TrafficCheck[] = [
  {
    id: "post/duplicate",
    says: "sends no POST again while it waits for the answer",
    level: "must",
    needs: "wire",
    why: "Both are answered and both are paid for; OGL knows no idempotency keys.",
    evidence: ["request/no-duplicate-post", "letta-ai/letta-code#478", "observed on 0.4.1: http-request-id"],
    seenIf: "something is posted",
    test: posts(
      "duplicate",
      (attempt) => `sent again ${gap(attempt.before.at, attempt)} while the first was still unanswered`,
    ),
  },
  {
    id: "post/abandoned",
    says: "sends no POST again that it has given up itself",
    level: "should",
    needs: "wire",
    why: "The gateway may still be working on the first, and charge for it.",
    evidence: ["request/no-duplicate-post", "letta-ai/letta-code#478"],
    seenIf: "something is posted",
    test: posts("abandoned", (attempt) => {
      const { before } = attempt;
      return `given up ${Math.round(before.endedAt - before.at)} ms after it was sent, and sent again ${gap(before.endedAt, attempt)}`;
    }),
  },
  {
    id: "post/repeated",
    says: "sends no POST again that was answered in full",
    level: "may",
    needs: "wire",
    why: "A call that is made twice is paid for twice. A test that asks the same twice is no mistake: --level makes this count.",
    evidence: ["request/no-duplicate-post"],
    seenIf: "something is posted",
    test: posts(
      "repeated",
      (attempt) => `sent again ${gap(attempt.before.endedAt, attempt)} although it had been answered in full`,
    ),
  },
  {
    id: "retry/mid-stream",
    says: "sends no request again of whose answer a part was delivered",
    level: "must",
    needs: "wire",
    why: "Whoever read the first part reads it twice, and pays twice.",
    evidence: [
      "retry/no-replay-after-first-token",
      "aden-hive/hive#5923",
      "HKUDS/nanobot#4038",
      "NuGuardAI/nuguard#455",
    ],
    seenIf: "an answer breaks off (--fault 'chat.stream=reset@3')",
    test: (traffic) => {
      const broken = traffic.exchanges.some(
        ({ request, delivery }) =>
          request.method === "POST" && (delivery.ended === "reset" || delivery.ended === "truncate"),
      );
      const findings = findingsOf(traffic, "mid-stream", (attempt) => {
        const { delivery } = attempt.before;
        return `sent again ${gap(attempt.before.endedAt, attempt)} although ${delivery.bytes} bytes of the answer had been delivered`;
      });
      return traffic.timed && (findings.length > 0 || broken) ? findings : null;
    },
  },
  {
    id: "retry/refused",
    says: "sends no request again that was refused for good (400, 401, 403, 404, 405, 413, 422)",
    level: "must",
    needs: "wire",
    why: "The same request gets the same answer: OGL's 400 `Insufficient budget.` does not pass by waiting.",
    evidence: [
      "retry/statuses",
      "nextcloud/integration_openai#359",
      "observed on 0.4.1: budget-budget0-1, budget-budget0-2",
    ],
    seenIf: "a request is refused",
    test: (traffic) => {
      const refused = traffic.exchanges.some((exchange) => {
        const status = statusOf(exchange) ?? 0;
        return status >= 400 && status < 429;
      });
      return traffic.timed && refused
        ? findingsOf(
            traffic,
            "refused",
            (attempt) =>
              `sent again ${gap(attempt.before.endedAt, attempt)} although it was answered ${statusOf(attempt.before)}`,
          )
        : null;
    },
  },
  {
    id: "retry/early",
    says: "waits before it tries again as long as Retry-After asks",
    level: "should",
    needs: "wire",
    why: "Who comes back early is refused again, and keeps the gateway busy.",
    evidence: [
      "retry/429-retry-after-seconds",
      "retry/429-retry-after-long",
      "openai/openai-node#1108",
      "RFC 9110 section 10.2.3",
    ],
    seenIf: "an answer has Retry-After (--fault 'chat.create=status:code=503,retry-after=1')",
    test: (traffic) => {
      const requested = traffic.exchanges.some((exchange) => retryAfterMs(exchange) !== undefined);
      if (!traffic.timed || !requested) return null;
      return findAttempts(traffic.exchanges).flatMap(({ kind, before, after }) => {
        const ms = kind === "retry" ? retryAfterMs(before) : undefined;
        if (ms === undefined) return [];
        return findingMessages(gapAtLeast(ms), [before, after]).map((message) => ({
          message: `${lineOf(after)}: ${message}`,
          exchanges: [before, after],
        }));
      });
    },
  },
  {
    id: "retry/bounded",
    says: "gives up after a number of attempts",
    level: "must",
    needs: "wire",
    why: "A gateway that is down is kept down by clients that never stop.",
    evidence: ["retry/bounded", "nextcloud/integration_openai#359", "earendil-works/pi#9595"],
    seenIf: "a request fails and is sent again",
    test: (traffic, { maxAttempts }) => {
      const chains = findChains(findAttempts(traffic.exchanges));
      if (!traffic.timed || chains.length === 0) return null;
      return chains.flatMap((chain) =>
        findingMessages(requests({ min: 1, max: maxAttempts }), chain).map((message) => ({
          message: `${lineOf(chain[0] as Observed)}: ${message}`,
          exchanges: chain,
        })),
      );
    },
  },
  {
    id: "rate/max-rps",
    says: "sends no more requests a second than was allowed",
    level: "must",
    needs: "wire",
    why: "OGL limits requests and tokens a minute and a day for each model; its 429 has no Retry-After.",
    evidence: ["asked for by --max-rps", "observed on 0.4.1: limit-rpm2-3"],
    seenIf: "--max-rps says how many are allowed",
    test: ({ exchanges, timed }, { maxRps }) => {
      if (maxRps === undefined || !timed) return null;
      const worst = busiestSecond(exchanges);
      return worst.length > maxRps
        ? [{ message: `${worst.length} requests within a second, ${maxRps} are allowed`, exchanges: worst }]
        : [];
    },
  },
];

/** Makes a check of repeated POSTs of one kind. */
function posts(kind: AttemptKind, says: (attempt: Attempt) => string): TrafficCheck["test"] {
  return (traffic) =>
    traffic.timed && traffic.exchanges.some(({ request }) => request.method === "POST")
      ? findingsOf(
          { ...traffic, exchanges: traffic.exchanges.filter(({ request }) => request.method === "POST") },
          kind,
          says,
        )
      : null;
}

function findingsOf(
  traffic: Traffic,
  kind: AttemptKind,
  says: (attempt: Attempt) => string,
): TrafficFinding[] {
  return findAttempts(traffic.exchanges)
    .filter((attempt) => attempt.kind === kind)
    .map((attempt) => ({
      message: `${lineOf(attempt.after)} was ${says(attempt)}`,
      exchanges: [attempt.before, attempt.after],
    }));
}

const gap = (since: number, { after }: Attempt): string =>
  `${Math.max(0, Math.round(after.at - since))} ms later`;

/** Wait (ms) that the answer requests; the shorter one if it has both headers. */
function retryAfterMs(exchange: Observed): number | undefined {
  const inMs = answerHeader(exchange, "retry-after-ms");
  const text = answerHeader(exchange, "retry-after");
  const requested = [
    ...(inMs !== undefined && /^\d+(?:\.\d+)?$/.test(inMs) ? [Number(inMs)] : []),
    ...(text !== undefined && /^\d+$/.test(text) ? [Number(text) * 1000] : []),
    ...(text !== undefined && text.endsWith("GMT") ? [dateMs(exchange, text)] : []),
  ].filter((ms) => ms > 0);
  return requested.length === 0 ? undefined : Math.min(...requested);
}

/** Wait (ms) until an HTTP date, less one second: dates have whole seconds, so up to one is rounded away. */
function dateMs(exchange: Observed, text: string): number {
  const sent = Date.parse(answerHeader(exchange, "date") ?? "");
  const ms = Date.parse(text) - sent - 1000;
  return Number.isNaN(ms) ? 0 : ms;
}

/** Exchanges within the second that has most requests. */
function busiestSecond(exchanges: readonly Observed[]): readonly Observed[] {
  let worst: readonly Observed[] = [];
  let first = 0;
  for (let last = 0; last < exchanges.length; last++) {
    while ((exchanges[last]?.at ?? 0) - (exchanges[first]?.at ?? 0) >= 1000) first++;
    if (last - first + 1 > worst.length) worst = exchanges.slice(first, last + 1);
  }
  return worst;
}
