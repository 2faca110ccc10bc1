/** Scenarios of usage in streams and of OGL's other additions to chunks. */
import * as expect from "../../checks/index.ts";
import type { Scenario } from "../../model/index.ts";
import { HELLO_DELTAS, chunkScenario } from "./chunks.ts";
import { DONE, STOP, chunkObject, delta, frame, oglUsageFrame, texts } from "./scripts.ts";

const usage = (prompt: number, completion: number): object => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

export const USAGE_SCENARIOS: readonly Scenario[] = [
  chunkScenario("usage-only-last", {
    title: "asked for with include_usage: a last chunk with choices: [] and the usage",
    level: "must",
    tier: 1,
    why: "Usage is what users are billed by; it comes in a chunk that has nothing else.",
    evidence: ["datawhalechina/hello-agents#517", "langchain-ai/langchain#21548", "BerriAI/litellm#3490"],
    call: {
      params: {
        model: "ok",
        messages: [{ role: "user", content: "hi" }],
        stream_options: { include_usage: true },
      },
    },
    parts: [...HELLO_DELTAS, STOP, frame(chunkObject([], { usage: usage(11, 4) })), DONE],
    also: [expect.usage(11, 4, { optional: true })],
  }),
  chunkScenario("usage-each-chunk", {
    title: "a cumulative usage in every chunk",
    level: "should",
    why: "Summed up, users pay many times over; the last one counts.",
    evidence: [
      "comet-ml/opik#4474",
      "sgl-project/sglang#954",
      "observed on 0.4.1: stream-up-usage-continuous",
    ],
    parts: [
      delta({ role: "assistant", content: "Hello," }, null, { usage: usage(11, 1) }),
      delta({ content: " world!" }, null, { usage: usage(11, 3) }),
      delta({}, "stop", { usage: usage(11, 4) }),
      DONE,
    ],
    also: [expect.usage(11, 4, { optional: true })],
  }),
  chunkScenario("usage-details-null", {
    title: "usage: null in every chunk, then a usage whose details are null",
    level: "should",
    why: "A null where an object was is a crash in the bookkeeping after a good answer.",
    evidence: ["comet-ml/opik#4474", "openai/openai-python#2641"],
    parts: [
      delta({ role: "assistant", content: "" }, null, { usage: null }),
      ...["Hello,", " world!"].map((content) => delta({ content }, null, { usage: null })),
      delta({}, "stop", { usage: null }),
      frame(chunkObject([], { usage: { ...usage(11, 4), prompt_tokens_details: null } })),
      DONE,
    ],
    also: [expect.usage(11, 4, { optional: true })],
  }),
  chunkScenario("ogl-usage-uninvited", {
    title: "OGL's own usage chunk with choices: [] before [DONE], though nobody asked for it",
    level: "must",
    tier: 1,
    why: "Every streamed answer of OGL has it: a client that fails on it can't be used with OGL at all.",
    evidence: ["observed on 0.4.1: stream-plain", "observed on 0.4.1 with the 0.4.5 schemas: stream-plain"],
    parts: [...HELLO_DELTAS, STOP, oglUsageFrame(1, 4), DONE],
    also: [
      expect.usage(1, 4, { optional: true, level: "should" }),
      expect.usageMember(["cost"], 9e-6, { level: "may" }),
    ],
  }),
  chunkScenario("ogl-usage-twice", {
    title: "include_usage on OGL: the upstream's usage chunk, then OGL's with other numbers",
    level: "should",
    tier: 2,
    why: "OGL bills by its own count, the last one; the first or the sum of both is wrong.",
    evidence: ["observed on 0.4.1: stream-include-usage"],
    parts: [
      ...HELLO_DELTAS,
      STOP,
      frame(chunkObject([], { usage: usage(11, 4) })),
      oglUsageFrame(1, 4),
      DONE,
    ],
    also: [expect.usage(1, 4, { optional: true })],
  }),
  chunkScenario("ogl-usage-0.4.1", {
    title: "the usage of the older OGL 0.4.1: carbon.kWh is a number, there are no impacts",
    level: "should",
    tier: 2,
    why: "The same member is a number in one generation and an object in the next, and both are in use.",
    evidence: ["observed on 0.4.1: stream-plain"],
    parts: [...HELLO_DELTAS, STOP, oglUsageFrame(1, 4, "0.4.1"), DONE],
    also: [expect.usage(1, 4, { optional: true })],
  }),
  chunkScenario("ogl-model-differs", {
    title: "the chunks name the provider's model, not the one that was asked for",
    level: "must",
    tier: 2,
    why: "OGL relays the upstream's name in streams; a client that compares names throws the answer away.",
    evidence: ["observed on 0.4.1: stream-openmockllm"],
    parts: texts("Hello,", " world!").map((event) =>
      event.replace('"model":"ok"', '"model":"qwen3-coder:30b"'),
    ),
  }),
];
