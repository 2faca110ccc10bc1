/** Scenarios of refusals and failures: the server's message must reach the user. */
import type { Script } from "../../../http/index.ts";
import * as expect from "../../checks/index.ts";
import { type Scenario, type ScenarioInit, defineScenario } from "../../model/index.ts";
import { json, noAnswer, oglUsage, stream } from "./scripts.ts";

const ONCE = { operation: "chat.create" as const, control: { maxRetries: 0 } };
const ONCE_STREAM = { operation: "chat.stream" as const, control: { maxRetries: 0 } };

/** Scenario of a refusal whose status and message must reach the user. */
function refusedScenario(
  id: string,
  init: Omit<ScenarioInit, "id" | "checks" | "tier"> & {
    tier?: 1 | 2;
    status: number;
    says?: string;
    streamed?: boolean;
  },
): Scenario {
  const { status, says, streamed, tier = 2, ...rest } = init;
  return defineScenario({
    call: streamed ? ONCE_STREAM : ONCE,
    ...rest,
    id: `error/${id}`,
    tier,
    checks: [
      expect.error({ level: "must" }),
      expect.refusal({ level: "should", optional: true }),
      expect.status(status),
      ...(says === undefined ? [] : [expect.message(says)]),
    ],
  });
}

/** OGL's answer to a stream whose upstream failed before its first byte: an error status with a stream's content type. */
function oglStreamError(status: number, body: string): Script {
  return stream([body], { status });
}

const UNAUTHENTICATED = json(
  { detail: "Not authenticated" },
  { status: 401, headers: [["www-authenticate", "Bearer"]] },
);

export const ERROR_SCENARIOS: readonly Scenario[] = [
  refusedScenario("detail-string", {
    title: '404 {"detail":"Model not found."}, the shape of all of OGL\'s errors',
    level: "should",
    tier: 1,
    status: 404,
    says: "Model not found.",
    why: 'The user reads "404 status code (no body)" and looks for a wrong URL instead of a wrong model.',
    evidence: ["observed on 0.4.1: chat-unknown-model", "openai/openai-node#1734", "ray-project/ray#64833"],
    answers: json({ detail: "Model not found." }, { status: 404 }),
  }),
  refusedScenario("detail-list-422", {
    title: '422 {"detail":[{"loc":…,"msg":"Field required"}]}',
    level: "should",
    tier: 1,
    status: 422,
    says: "Field required",
    why: 'The user reads "[object Object]", or nothing, instead of which field is missing.',
    evidence: ["observed on 0.4.1: chat-missing-messages", "BerriAI/litellm#8823"],
    answers: json(
      {
        detail: [
          { type: "missing", loc: ["body", "messages"], msg: "Field required", input: { model: "ok" } },
        ],
      },
      { status: 422 },
    ),
  }),
  refusedScenario("ogl-detail-object", {
    title: "429 of the upstream: its whole error object inside detail",
    level: "should",
    tier: 2,
    status: 429,
    says: "Rate limit reached",
    why: "The third shape of detail, after string and list.",
    evidence: ["observed on 0.4.1: chat-up-e429"],
    answers: json(
      {
        detail: {
          error: { message: "Rate limit reached", type: "rate_limit_error", code: "rate_limit_exceeded" },
        },
      },
      { status: 429 },
    ),
  }),
  refusedScenario("ogl-403-bad-key", {
    title: "a wrong key: 403, not 401",
    level: "should",
    tier: 2,
    status: 403,
    says: "Invalid API key.",
    why: "Who takes only a 401 for a bad key tells the user that permissions are missing.",
    evidence: ["observed on 0.4.1: auth-chat-wrong-key"],
    answers: json({ detail: "Invalid API key." }, { status: 403 }),
  }),
  refusedScenario("ogl-401-no-key", {
    title: "no key as OGL sees it: 401 with www-authenticate: Bearer",
    level: "should",
    tier: 2,
    status: 401,
    says: "Not authenticated",
    why: "The challenge must not make a client ask a person, or ask again.",
    evidence: ["observed on 0.4.1: auth-chat-none"],
    answers: UNAUTHENTICATED,
  }),
  refusedScenario("ogl-400-budget", {
    title: '400 {"detail":"Insufficient budget."}',
    level: "should",
    tier: 2,
    status: 400,
    says: "Insufficient budget.",
    why: "A 400 is taken for a mistake in the request, unless its words are shown.",
    evidence: ["observed on 0.4.1: budget-budget0-1"],
    answers: json({ detail: "Insufficient budget." }, { status: 400 }),
  }),
  refusedScenario("ogl-422-string", {
    title: "422 with a string for a detail: Wrong model type.",
    level: "should",
    tier: 2,
    status: 422,
    says: "Wrong model type.",
    why: "The same status has a list at other times: a client that expects the list crashes on the string.",
    evidence: ["observed on 0.4.1: stream-wrong-type"],
    answers: json({ detail: "Wrong model type." }, { status: 422 }),
  }),
  refusedScenario("ogl-500-text", {
    title: "500 text/plain: Internal Server Error",
    level: "must",
    tier: 2,
    status: 500,
    why: "An error that is no JSON must not become an error about JSON.",
    evidence: ["observed on 0.4.1: chat-array-root"],
    answers: json("Internal Server Error", { status: 500, contentType: "text/plain; charset=utf-8" }),
  }),
  refusedScenario("ogl-503-event-stream", {
    title: '503 under text/event-stream: {"detail": "Model is too busy (ReadTimeout) …"}, no event',
    level: "should",
    tier: 2,
    status: 503,
    says: "Model is too busy",
    streamed: true,
    why: "The content type says stream, the status says error: who looks at the type first finds an empty answer.",
    evidence: ["observed on 0.4.1: stream-up-hang, stream-up-refused"],
    answers: oglStreamError(503, '{"detail": "Model is too busy (ReadTimeout), please try again later."}'),
  }),
  refusedScenario("ogl-429-event-stream", {
    title: "429 under text/event-stream with OpenAI's envelope, relayed from the upstream",
    level: "should",
    tier: 2,
    status: 429,
    says: "Rate limit reached",
    streamed: true,
    why: "In streams OGL passes the upstream's own shape on, not its own detail.",
    evidence: ["observed on 0.4.1: stream-up-e429"],
    answers: oglStreamError(
      429,
      '{"error":{"message":"Rate limit reached","type":"rate_limit_error","code":"rate_limit_exceeded"}}',
    ),
  }),
  refusedScenario("ogl-400-vllm-flat", {
    title: "400 under text/event-stream with vLLM's flat error object",
    level: "should",
    tier: 2,
    status: 400,
    says: "maximum context length",
    streamed: true,
    why: "A fourth shape: message at the top level, beside object: error.",
    evidence: ["observed on 0.4.1: stream-up-e400"],
    answers: oglStreamError(
      400,
      `{"object":"error","message":"This model's maximum context length is 32768 tokens.","type":"BadRequestError","param":null,"code":400}`,
    ),
  }),
  refusedScenario("ogl-500-event-error", {
    title: '500 under text/event-stream: event: error and data: {"error": {"message": …}}',
    level: "should",
    tier: 2,
    status: 500,
    says: "Internal Server Error",
    streamed: true,
    why: "An event in an error's body: the message is inside the data, not in the body as JSON.",
    evidence: ["observed on 0.4.1: stream-up-empty-stream"],
    answers: oglStreamError(500, 'event: error\ndata: {"error": {"message": "Internal Server Error"}}\n\n'),
  }),
  refusedScenario("html-502", {
    title: "502 with nginx's HTML page",
    level: "must",
    status: 502,
    why: 'The user reads "Unexpected token <" instead of "502".',
    evidence: ["etalab-ia/OpenGateLLM#116", "musistudio/claude-code-router#939"],
    answers: json("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n", {
      status: 502,
      contentType: "text/html",
    }),
  }),
  refusedScenario("empty-body-500", {
    title: "500 with an empty body and no content type",
    level: "should",
    status: 500,
    why: "The status is all there is; it must not get lost.",
    evidence: ["measured 2026-11-21: AI SDK loses the status in its message"],
    answers: stream([], { status: 500, contentType: null }),
  }),
  refusedScenario("string-error", {
    title: '400 {"error":"boom"}: the error is a string',
    level: "should",
    status: 400,
    says: "boom",
    why: "The message is lost where an object is expected.",
    evidence: ["measured 2026-11-21: openai-python drops it", "observed on 0.4.1: stream-up-e401"],
    answers: json({ error: "boom" }, { status: 400 }),
  }),
  defineScenario({
    id: "error/200-with-error-body",
    title: '200 {"error":…} to a call that is not streamed',
    level: "should",
    tier: 2,
    why: "OGL passes such a body of its upstream on as a success, with its own usage in it.",
    evidence: ["observed on 0.4.1: chat-up-e200-error", "OpenRouterTeam/python-sdk#44"],
    call: ONCE,
    answers: json(
      `{"error":{"message":"EngineCore encountered an issue","code":500},"model":"ok","id":"request-1","usage":${oglUsage(1, 0)}}`,
    ),
    checks: [expect.error(), expect.message("EngineCore encountered an issue", { level: "may" })],
  }),
  defineScenario({
    id: "error/connection-refused",
    title: "the server closes the connection without a word",
    level: "must",
    tier: 3,
    why: "No answer is an error of the connection, not an empty answer.",
    evidence: ["nodejs/node#47130"],
    call: ONCE,
    answers: noAnswer("truncate"),
    checks: [expect.error()],
  }),
];
