/** Scenarios of tool calls in streams: parts must be joined to the right call. */
import * as expect from "../../checks/index.ts";
import { type Scenario, defineScenario } from "../../model/index.ts";
import { DONE, ROLE, delta, stream, tool, toolFrame } from "./scripts.ts";

const FUNCTION = (name: string): object => ({
  type: "function",
  function: { name, parameters: { type: "object", properties: {} } },
});

const CALL = {
  params: {
    model: "ok",
    messages: [{ role: "user", content: "Compare Paris and Lyon" }],
    tools: [FUNCTION("f"), FUNCTION("g")],
    tool_choice: "auto",
  },
};
const FINISH = delta({}, "tool_calls");
const FIRST = { id: "call_1", name: "f", arguments: '{"a":1}' };
const SECOND = { id: "call_2", name: "g", arguments: '{"b":2}' };

export const TOOL_SCENARIOS: readonly Scenario[] = [
  defineScenario({
    id: "tools/interleaved-by-index",
    title: "two calls whose argument pieces alternate",
    level: "must",
    tier: 1,
    why: "Pieces that are joined in the order in which they come give two calls with each other's arguments.",
    evidence: ["QwenLM/Qwen-Agent#943", "maximhq/bifrost#1829"],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame(tool(0, { id: "call_1", name: "f", args: "" })),
      toolFrame(tool(1, { id: "call_2", name: "g", args: "" })),
      ...[
        ['{"a"', 0],
        ['{"b"', 1],
        [":1}", 0],
        [":2}", 1],
      ].map(([args, index]) => toolFrame(tool(index as number, { args: args as string }))),
      FINISH,
      DONE,
    ]),
    checks: [
      expect.toolCalls([FIRST, SECOND]),
      expect.finishReason("tool_calls", { optional: true, level: "should" }),
    ],
  }),
  defineScenario({
    id: "tools/same-index-different-id",
    title: "two calls, both with index 0, with different ids",
    level: "should",
    tier: 1,
    why: 'Arguments like {"a":1}{"b":2} reach the tool: Ollama, Gemini and LiteLLM number like this.',
    evidence: [
      "measured 2026-11-21: glued in 5 of 8 clients",
      "huggingface/smolagents#1958",
      "openai/openai-python#3201",
    ],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame(tool(0, { id: "call_1", name: "f", args: '{"a":1}' })),
      toolFrame(tool(0, { id: "call_2", name: "g", args: '{"b":2}' })),
      FINISH,
      DONE,
    ]),
    checks: [expect.noGluedArguments([FIRST.arguments, SECOND.arguments])],
  }),
  defineScenario({
    id: "tools/parallel-in-one-chunk",
    title: "two calls, whole, in one chunk",
    level: "must",
    tier: 2,
    why: "The second call is never made.",
    evidence: ["second measurement 2026-11-21", "observed on 0.4.1: stream-tools"],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame(
        tool(0, { id: "call_1", name: "f", args: FIRST.arguments }),
        tool(1, { id: "call_2", name: "g", args: SECOND.arguments }),
      ),
      FINISH,
      DONE,
    ]),
    checks: [expect.toolCalls([FIRST, SECOND])],
  }),
  defineScenario({
    id: "tools/role-empty-with-call",
    title: 'role: "" in the very chunk that carries the call',
    level: "should",
    tier: 2,
    why: "The call is dropped together with the role.",
    evidence: ["langchain-ai/langchainjs#11470"],
    call: CALL,
    answers: stream([
      delta({ role: "", tool_calls: [tool(0, { id: "call_1", name: "f", args: '{"a":1}' })] }),
      FINISH,
      DONE,
    ]),
    checks: [expect.toolCalls([FIRST])],
  }),
  defineScenario({
    id: "tools/index-missing",
    title: "one call without an index, whole",
    level: "should",
    tier: 2,
    why: "There is only one call; it should be usable.",
    evidence: ["measured 2026-11-21: both OpenAI helpers throw", "openai/openai-python#2806"],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame({ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }),
      FINISH,
      DONE,
    ]),
    checks: [expect.toolCalls([FIRST])],
  }),
  defineScenario({
    id: "tools/starts-at-1",
    title: "the first call has index 1",
    level: "may",
    tier: 2,
    why: "A list with a hole at its beginning crashes whoever walks over it.",
    evidence: ["measured 2026-11-21: both OpenAI helpers throw", "dirac-run/dirac#215"],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame(tool(1, { id: "call_1", name: "f", args: '{"a":' })),
      toolFrame(tool(1, { args: "1}" })),
      FINISH,
      DONE,
    ]),
    checks: [expect.toolCalls([FIRST])],
  }),
  defineScenario({
    id: "tools/id-and-name-repeated",
    title: "id, type and name in every piece of a call",
    level: "should",
    tier: 2,
    why: 'The tool "fff" does not exist.',
    evidence: [
      "measured 2026-11-21: openai-python's helper and LangChain (Python) give fff",
      "vllm-project/vllm#44098",
    ],
    call: CALL,
    answers: stream([
      ROLE,
      ...["", '{"a"', ":1}"].map((args) => toolFrame(tool(0, { id: "call_1", name: "f", args }))),
      FINISH,
      DONE,
    ]),
    checks: [expect.toolCalls([FIRST])],
  }),
  defineScenario({
    id: "tools/arguments-null-first",
    title: "arguments: null in the first piece, then the whole at once",
    level: "should",
    tier: 2,
    why: 'The arguments become null{"a":1}.',
    evidence: ["QwenLM/Qwen-Agent#943", "etalab-ia/OpenGateLLM#289"],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame({ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: null } }),
      toolFrame(tool(0, { args: '{"a":1}' })),
      FINISH,
      DONE,
    ]),
    checks: [expect.toolCalls([FIRST])],
  }),
  defineScenario({
    id: "tools/split-inside-escape",
    title: "arguments cut inside an escape and inside a surrogate pair",
    level: "must",
    tier: 2,
    why: "Pieces of arguments are no JSON and no whole characters by themselves.",
    evidence: ["vllm-project/vllm#10589"],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame(tool(0, { id: "call_1", name: "f", args: '{"a":"\\u00' })),
      // A lone surrogate can only be sent as an escape of the outer JSON.
      toolFrame(tool(0, { args: "e9\ud83d" })),
      toolFrame(tool(0, { args: '\ude00"}' })),
      FINISH,
      DONE,
    ]),
    checks: [expect.toolCalls([{ id: "call_1", name: "f", arguments: '{"a":"\\u00e9😀"}' }])],
  }),
  defineScenario({
    id: "tools/finish-stop",
    title: 'a tool call, but finish_reason: "stop"',
    level: "should",
    tier: 2,
    why: "The call is there; an agent that only looks at the finish reason stops without making it.",
    evidence: ["BerriAI/litellm#37792"],
    call: CALL,
    answers: stream([
      ROLE,
      toolFrame(tool(0, { id: "call_1", name: "f", args: '{"a":1}' })),
      delta({}, "stop"),
      DONE,
    ]),
    checks: [expect.toolCalls([FIRST])],
  }),
  defineScenario({
    id: "tools/empty-array",
    title: "tool_calls: [] and tool_calls: null beside text",
    level: "should",
    tier: 2,
    why: "No call is made; the answer is the text.",
    evidence: ["vllm-project/vllm#13078"],
    call: CALL,
    answers: stream([
      delta({ role: "assistant", content: "Hello,", tool_calls: [] }),
      delta({ content: " world!", tool_calls: null }),
      delta({}, "stop"),
      DONE,
    ]),
    checks: [expect.text("Hello, world!"), expect.toolCalls([], { optional: true })],
  }),
  defineScenario({
    id: "tools/ogl-tool-choice-sent",
    title: "tools with tool_choice: auto; OGL calls no tool unless the request says so",
    level: "must",
    tier: 2,
    why: 'OGL\'s default is "none": a client that leaves out "auto" because it is the default elsewhere gets no call, ever.',
    evidence: ["observed on 0.4.1: stream-tools, stream-tools-nochoice"],
    call: CALL,
    answers: ({ json }) =>
      (json as { tool_choice?: unknown } | undefined)?.tool_choice === "auto"
        ? stream([ROLE, toolFrame(tool(0, { id: "call_1", name: "f", args: '{"a":1}' })), FINISH, DONE])
        : stream([ROLE, delta({ content: "I can't." }, "stop"), DONE]),
    checks: [expect.bodyMember("tool_choice", "auto"), expect.toolCalls([FIRST])],
  }),
];
