/** Scenarios of retries, the waits before them, and giving up: money and load. */
import type { Script } from "../../../http/index.ts";
import * as expect from "../../checks/index.ts";
import { type Scenario, defineScenario } from "../../model/index.ts";
import { completion, delta, json, noAnswer, opening, stream, texts, wait } from "./scripts.ts";

const HELLO = "Hello, world!";
const GOOD = json(completion({ content: HELLO }));
const GOOD_STREAM = stream(texts("Hello,", " world!"));
const RETRIES = { operation: "chat.create" as const, control: { maxRetries: 2 } };

/** Refusal in OGL's form. */
function refusalScript(
  status: number,
  detail: string,
  headers: readonly (readonly [string, string])[] = [],
): Script {
  return json({ detail }, { status, headers });
}
const LIMIT = "2 requests per minute exceeded (remaining: 0).";
const BUSY = "Model is too busy (ReadTimeout), please try again later";

/** Time (ms) in which the runner watches for an unwanted retry. */
const WATCH_MS = 3000;

/** Text of a stream that writes for ever, longer than any client reads it. */
const TICKS = `tick${" tick".repeat(1000)}`;

export const RETRY_SCENARIOS: readonly Scenario[] = [
  defineScenario({
    id: "retry/429-retry-after-seconds",
    title: "429 with Retry-After: 1, then the answer",
    level: "should",
    tier: 1,
    why: "A client that comes back too early is refused again and makes the jam worse.",
    evidence: [
      "RFC 9110 section 10.2.3",
      "measured 2026-11-21: openai-node after 1076 ms, openai-python after 1016 ms",
      "earendil-works/pi#9595",
    ],
    call: RETRIES,
    timing: true,
    answers: [refusalScript(429, LIMIT, [["retry-after", "1"]]), GOOD],
    checks: [expect.requests(2), expect.gapAtLeast(1000), expect.text(HELLO)],
  }),
  defineScenario({
    id: "retry/429-retry-after-long",
    title: "429 with Retry-After: 90",
    level: "should",
    tier: 1,
    why: "Waiting is right, giving up is right; trying again after half a second is what the header forbids.",
    evidence: [
      "measured 2026-11-21: openai-node tries again after 548 ms, openai-python does not",
      "openai/openai-node#1108",
      "Azure/azure-sdk-for-js#30984",
    ],
    call: RETRIES,
    timing: true,
    stopAfterMs: WATCH_MS,
    answers: [refusalScript(429, LIMIT, [["retry-after", "90"]]), GOOD],
    checks: [expect.noEarlyRetry(90_000), expect.waitsOrError({ optional: true })],
  }),
  defineScenario({
    id: "retry/retry-after-date",
    title: "429 with a Retry-After that is a date, three seconds ahead",
    level: "should",
    tier: 3,
    why: "The header may be a date as well; who only knows seconds comes back at once.",
    evidence: [
      "RFC 9110 section 10.2.3",
      "measured 2026-11-21: openai-node after 2610 ms, openai-python after 2003 ms",
    ],
    call: RETRIES,
    timing: true,
    deadlineMs: 10_000,
    answers: ({ nth }) =>
      nth === 0
        ? refusalScript(429, LIMIT, [["retry-after", new Date(Date.now() + 3000).toUTCString()]])
        : GOOD,
    // HTTP dates have whole seconds, so up to one of the three is lost.
    checks: [expect.requests(2), expect.gapAtLeast(1900), expect.text(HELLO)],
  }),
  ...[408, 500, 503].map((status) =>
    defineScenario({
      id: `retry/after-${status}`,
      title: `${status}, then the answer`,
      level: "should",
      tier: 3,
      why: "What has failed for a moment should not fail for the user, who asked for retries.",
      evidence: ["measured 2026-11-21: both OpenAI SDKs", "nextcloud/integration_openai#359"],
      call: RETRIES,
      answers: [refusalScript(status, "Try again."), GOOD],
      checks: [expect.requests(2), expect.text(HELLO)],
    }),
  ),
  defineScenario({
    id: "retry/no-replay-after-first-token",
    title: "the connection is reset after the first delta",
    level: "must",
    tier: 1,
    why: "The user has seen the beginning: a request that is silently sent again gives it twice, and is paid twice.",
    evidence: ["aden-hive/hive#5923", "HKUDS/nanobot#4038", "letta-ai/letta-code#478"],
    call: { control: { maxRetries: 2 } },
    capabilities: [],
    answers: [stream(opening("Hello,"), { end: "reset" }), GOOD_STREAM],
    checks: [expect.requests(1), expect.error(), expect.textBegins("Hello,")],
  }),
  defineScenario({
    id: "retry/zero-means-once",
    title: "503 for ever, and the caller wants no retries",
    level: "must",
    tier: 3,
    why: "Who turns retries off has their own; two layers of them multiply.",
    evidence: ["earendil-works/pi#9595"],
    call: { operation: "chat.create", control: { maxRetries: 0 } },
    answers: refusalScript(503, BUSY),
    checks: [expect.requests(1), expect.error()],
  }),
  defineScenario({
    id: "retry/bounded",
    title: "429 for ever, with Retry-After: 0 and two retries",
    level: "must",
    tier: 3,
    why: "A client that never stops asking keeps its limit used up for ever.",
    evidence: ["nextcloud/integration_openai#359"],
    call: RETRIES,
    answers: refusalScript(429, LIMIT, [["retry-after", "0"]]),
    checks: [expect.requests({ min: 1, max: 3 }), expect.error(), expect.status(429)],
  }),
  defineScenario({
    id: "retry/connection-lost-before-headers",
    title: "the first request gets no answer but a reset, the second one is answered",
    level: "should",
    tier: 3,
    why: "Servers close idle connections while a request is on its way; nothing was answered, so it may be sent again.",
    evidence: ["measured 2026-11-21: both OpenAI SDKs", "nodejs/node#47130"],
    call: RETRIES,
    answers: [noAnswer("reset"), GOOD],
    checks: [expect.requests(2), expect.text(HELLO)],
  }),
  defineScenario({
    id: "retry/not-for-client-errors",
    title: "422: the request itself is wrong",
    level: "should",
    tier: 3,
    why: "It will be as wrong the next time; OGL counts each try against the limit.",
    evidence: ["observed on 0.4.1: limit-rpm2-badbody", "measured 2026-11-21: both OpenAI SDKs"],
    call: RETRIES,
    answers: refusalScript(422, "Wrong model type."),
    checks: [expect.requests(1), expect.error(), expect.status(422)],
  }),
  defineScenario({
    id: "retry/no-duplicate-post",
    title: "the head of the answer takes 2.5 s",
    level: "must",
    tier: 3,
    why: "A slow answer is no lost one: a second request is a second answer to pay.",
    evidence: ["letta-ai/letta-code#478"],
    call: { operation: "chat.create" },
    timing: true,
    answers: json(completion({ content: HELLO }), { wait: 2500 }),
    checks: [expect.requests(1), expect.text(HELLO)],
  }),
  defineScenario({
    id: "retry/ogl-429-no-retry-after",
    title: "OGL's 429: a detail, and no header that says when to come back",
    level: "should",
    tier: 1,
    why: "OGL tells nobody when its window ends. A retry at once is refused at once; the client's own backoff has to do.",
    evidence: ["observed on 0.4.1: limit-rpm2-3"],
    call: RETRIES,
    timing: true,
    answers: [refusalScript(429, LIMIT), GOOD],
    checks: [expect.requests({ min: 1, max: 2 }), expect.gapAtLeast(100), expect.textOrError(HELLO)],
  }),
  defineScenario({
    id: "retry/ogl-503-retry-after",
    title: "OGL's 503 with retry-after: 10",
    level: "should",
    tier: 1,
    why: "OGL asks for ten seconds when a model is overloaded; who comes back sooner keeps it so.",
    evidence: ["observed on 0.4.1: qos-busy-json, chat-up-hang"],
    call: RETRIES,
    timing: true,
    stopAfterMs: WATCH_MS,
    answers: [refusalScript(503, "Model is too busy after 0 seconds", [["retry-after", "10"]]), GOOD],
    checks: [expect.noEarlyRetry(10_000), expect.waitsOrError({ optional: true })],
  }),
  defineScenario({
    id: "cancel/early-break",
    title: "a stream without an end; its consumer stops after one event",
    level: "should",
    tier: 1,
    why: "The model goes on writing, and the user goes on paying, until the connection is closed.",
    evidence: [
      "measured 2026-11-21: openai-python does not close on a plain break",
      "mswjs/msw#1336",
      "linkerd/linkerd#728",
    ],
    call: { control: { cancelAfter: { events: 1 } } },
    timing: true,
    answers: stream([
      ...opening("tick"),
      { op: "repeat", every: 50, ops: [{ op: "write", bytes: Buffer.from(delta({ content: " tick" })) }] },
    ]),
    checks: [
      expect.closesWithin(1000),
      expect.surfacesSomething({ optional: true }),
      expect.textBegins(TICKS, { optional: true }),
    ],
  }),
  defineScenario({
    id: "cancel/before-first-byte",
    title: "the answer does not come; its caller gives up after 300 ms",
    level: "should",
    tier: 3,
    why: "A request that nobody waits for any more must not go on.",
    evidence: ["anomalyco/opencode#24762"],
    call: { control: { cancelAfter: { ms: 300 } } },
    timing: true,
    answers: noAnswer("stall"),
    checks: [expect.closesWithin(1000), expect.requests(1), expect.error({ optional: true })],
  }),
  defineScenario({
    id: "conn/ogl-close-after-500",
    pauseMs: 300,
    title: "OGL's text/plain 500, after which it closes the socket unannounced; then another call",
    level: "should",
    tier: 2,
    why: "The pool still holds the dead connection, and the next call, which is fine, fails on it.",
    evidence: [
      "observed on 0.4.1: chat-array-root",
      "measured 2026-11-21: openai-python raises APIConnectionError on the call after it",
    ],
    calls: [{ operation: "chat.create", control: { maxRetries: 0 } }, { operation: "chat.create" }],
    answers: [
      json("Internal Server Error", { status: 500, contentType: "text/plain; charset=utf-8", end: "close" }),
      GOOD,
    ],
    checks: [expect.requests(2), expect.text(HELLO)],
  }),
  defineScenario({
    id: "conn/reuse-after-cut-stream",
    pauseMs: 300,
    title: "a stream that is truncated; then another call",
    level: "must",
    tier: 3,
    why: "A connection that broke in the middle of an answer must not be used again.",
    evidence: ["hyperium/hyper#1439", "AsyncHttpClient/async-http-client#1306"],
    calls: [{ control: { maxRetries: 0 } }, { operation: "chat.create" }],
    answers: [stream([...opening("Hello,"), wait(1)], { end: "truncate" }), GOOD],
    checks: [expect.requests(2), expect.text(HELLO)],
  }),
];
