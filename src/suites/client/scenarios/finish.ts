/** Scenarios of finish reasons: whether an answer is whole, and whether its user can tell. */
import * as expect from "../../checks/index.ts";
import { type Scenario, type ScenarioInit, defineScenario } from "../../model/index.ts";
import { HELLO, HELLO_DELTAS, chunkScenario } from "./chunks.ts";
import { DONE, STOP, delta, opening, stream } from "./scripts.ts";

/** Scenario of an answer that was cut, as its finish reason says. */
function cutScenario(
  id: string,
  init: Pick<ScenarioInit, "title" | "level" | "why" | "evidence"> & { reason: string },
): Scenario {
  const { reason, ...rest } = init;
  return defineScenario({
    ...rest,
    id: `chunk/${id}`,
    tier: 2,
    answers: stream([...HELLO_DELTAS, delta({}, reason), DONE]),
    checks: [expect.textSurfaced(HELLO), expect.cutBy(reason)],
  });
}

export const FINISH_SCENARIOS: readonly Scenario[] = [
  cutScenario("finish-length", {
    title: 'finish_reason: "length", the answer was cut by max_tokens',
    level: "must",
    why: "The user can't tell an answer that stops in the middle from a whole one.",
    evidence: [
      "measured 2026-11-27: omnillm gives no finish reason in any stream",
      "the OpenAI API: finish_reason",
    ],
    reason: "length",
  }),
  cutScenario("finish-content-filter", {
    title: 'finish_reason: "content_filter", a filter cut the answer',
    level: "should",
    why: "What a filter left out looks like what the model did not say.",
    evidence: [
      "the OpenAI API: finish_reason",
      "measured 2026-11-27: omnillm gives no finish reason in any stream",
    ],
    reason: "content_filter",
  }),
  chunkScenario("finish-reason-unknown", {
    title: 'a finish reason that nobody knows, "eos_weird"',
    level: "should",
    why: "New servers have new reasons; a closed list of them turns a good answer into a crash.",
    evidence: ["openai/openai-dotnet#342", "vercel/ai#1832", "vespa-engine/vespa#33327"],
    parts: [...HELLO_DELTAS, delta({}, "eos_weird"), DONE],
  }),
  chunkScenario("finish-reason-empty", {
    title: 'finish_reason: "" in every chunk but the last',
    level: "should",
    why: 'Some servers write "" for null; taken for an end, the answer stops at its first word.',
    evidence: ["sgl-project/sglang#3912", "mudler/LocalAI#5102", "ollama/ollama#4357"],
    parts: [
      delta({ role: "assistant", content: "" }, ""),
      ...["Hello,", " world!"].map((content) => delta({ content }, "")),
      STOP,
      DONE,
    ],
  }),
  chunkScenario("finish-reason-absent", {
    title: "no finish reason at all, but [DONE]",
    level: "should",
    why: "[DONE] says that the answer is whole.",
    evidence: ["measured 2026-11-21: openai-node's helper and AI SDK throw", "vllm-project/vllm#27572"],
    parts: [...HELLO_DELTAS, DONE],
  }),
  chunkScenario("finish-with-content", {
    title: "the last word and the finish reason in one chunk",
    level: "must",
    why: "A reader that stops at the finish reason before it takes the delta loses the last word.",
    evidence: ["vllm-project/vllm#36944", "vllm-project/vllm#44098"],
    parts: [...opening("Hello,"), delta({ content: " world!" }, "stop"), DONE],
  }),
];
