/** URLs, headers, and bodies that are not what was asked for. */
import * as is from "../checks/index.ts";
import { defineScenario, type Scenario } from "../scenario.ts";
import { completion, json, oglUsage, stream, texts } from "../scripts.ts";

const HELLO = "Hello, world!";
const GOOD = json(completion({ content: HELLO }));
const CREATE = { operation: "chat.create" as const };
const CHAT = "/v1/chat/completions";

const JOINING = {
  tier: 1 as const,
  level: "must" as const,
  why: "Two slashes, or /v1 twice or not at all, is a 404 that sends the user looking for a wrong model.",
  evidence: ["BerriAI/litellm#8350", "open-webui/open-webui#16749", "sigoden/aichat#767"],
  call: CREATE,
  answers: GOOD,
};

export const HTTP_SCENARIOS: readonly Scenario[] = [
  defineScenario({
    ...JOINING,
    id: "url/base-path-joining",
    title: "the base URL in its plain form",
    checks: [is.path(CHAT), is.text(HELLO)],
  }),
  defineScenario({
    ...JOINING,
    id: "url/base-trailing-slash",
    title: "the base URL with a slash at its end",
    base: { trailingSlash: true },
    checks: [is.path(CHAT), is.text(HELLO)],
  }),
  defineScenario({
    ...JOINING,
    id: "url/base-path-prefix",
    title: "an OGL behind a path prefix: /gateway/v1",
    base: { prefix: "/gateway" },
    checks: [is.path(`/gateway${CHAT}`), is.text(HELLO)],
  }),
  defineScenario({
    id: "http/authorization",
    title: "an ordinary call: where is the key?",
    level: "must",
    tier: 3,
    why: "OGL reads nothing but `Authorization: Bearer KEY`, and a key in a URL ends up in logs.",
    evidence: ["observed on 0.4.1: auth-chat-x-api-key"],
    call: CREATE,
    answers: GOOD,
    checks: [is.bearerKey()],
  }),
  defineScenario({
    id: "request/schema-valid",
    title: "an ordinary call: does the request keep to OGL's OpenAPI?",
    level: "must",
    tier: 3,
    why: "What OGL does not accept is a 422, whatever the answer would have been.",
    evidence: ["spec/openapi-0.4.5.json"],
    answers: stream(texts("Hello,", " world!")),
    checks: [is.validRequest()],
  }),
  defineScenario({
    id: "http/content-type-charset",
    title: "the stream's content type in capitals and with a wrong charset",
    level: "must",
    tier: 3,
    why: "SSE is UTF-8, whatever the charset says; types are compared without case.",
    evidence: ["WHATWG HTML section 9.2", "open-metadata/OpenMetadata#29531"],
    answers: stream(texts("Élan", " 😀"), { contentType: "Text/Event-Stream; Charset=ISO-8859-1" }),
    checks: [is.text("Élan 😀")],
  }),
  defineScenario({
    id: "http/close-delimited",
    title: "a stream without chunks or length, ended by the end of the connection",
    level: "must",
    tier: 3,
    why: "An HTTP/1.0 proxy sends bodies like this.",
    evidence: ["RFC 9112 section 6.3", "google/capsem#146"],
    answers: stream(texts("Hello,", " world!"), {
      framing: "eof",
      headers: [["connection", "close"]],
      end: "close",
    }),
    checks: [is.text(HELLO)],
  }),
  defineScenario({
    id: "body/ogl-json-for-stream",
    title: "a stream was asked for; OGL sends its type, and one line of plain JSON that is no event",
    level: "should",
    tier: 2,
    why: "The whole answer is there and none of it is an event: the user sees an empty success.",
    evidence: ["observed on 0.4.1: stream-up-stream-json"],
    answers: stream([`${completion({ content: HELLO })}\n\n`]),
    checks: [is.textOrError(HELLO)],
  }),
  defineScenario({
    id: "body/json-for-stream",
    title: "a stream was asked for, one application/json completion comes",
    level: "should",
    tier: 2,
    why: "An empty answer that is taken for a success.",
    evidence: [
      "measured 2026-11-21: empty success in openai-node, openai-python, LiteLLM, LangChain.js",
      "google/capsem#146",
    ],
    answers: GOOD,
    checks: [is.textOrError(HELLO)],
  }),
  defineScenario({
    id: "body/ogl-exponent-floats",
    title: "numbers as Python prints them: 9e-06, 4.45e-07, 0.0",
    level: "must",
    tier: 2,
    why: "JSON numbers may have exponents; OGL's usage always has some.",
    evidence: ["observed on 0.4.1: chat-unicode"],
    call: CREATE,
    answers: json(completion({ content: HELLO }, "stop", oglUsage(1, 4))),
    checks: [
      is.text(HELLO),
      is.usage(1, 4, { optional: true, level: "should" }),
      is.usageMember(["cost"], 9e-6, { level: "may" }),
    ],
  }),
  defineScenario({
    id: "body/unknown-fields",
    title: "a completion with unknown members at every level, and null for all that is optional",
    level: "must",
    tier: 2,
    why: "OGL passes on whatever its upstream has, and adds its own.",
    evidence: ["observed on 0.4.1: chat-unicode", "soniqo/speech-swift#273"],
    call: CREATE,
    answers: json(
      completion({
        content: HELLO,
        refusal: null,
        annotations: null,
        tool_calls: null,
        new: { a: 1 },
      }).replace(
        '"model":"ok"',
        '"model":"ok","service_tier":null,"kv_transfer_params":null,"search_results":[]',
      ),
    ),
    checks: [is.text(HELLO)],
  }),
];
