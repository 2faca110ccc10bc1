/** Scenarios of chat chunks: the habits of the servers behind an OGL. */
import * as expect from "../../checks/index.ts";
import { type Scenario, defineScenario } from "../../model/index.ts";
import { HELLO, HELLO_DELTAS, chunkScenario } from "./chunks.ts";
import { DONE, ROLE, STOP, chunkObject, delta, frame, opening, stream } from "./scripts.ts";

export const CHUNK_SCENARIOS: readonly Scenario[] = [
  chunkScenario("empty-choices", {
    title: "choices: [] first (as Azure's filters do), in the middle and last",
    level: "must",
    tier: 1,
    why: "`choices[0]` of an empty list is the commonest crash of hand-written clients.",
    evidence: ["pydantic/pydantic-ai#164", "TheR1D/shell_gpt#457", "pydantic/logfire#64"],
    parts: [
      frame(chunkObject([], { prompt_filter_results: [] })),
      ...opening("Hello,"),
      frame(chunkObject([])),
      delta({ content: " world!" }),
      STOP,
      frame(chunkObject([])),
      DONE,
    ],
  }),
  chunkScenario("role-missing", {
    title: "no chunk has a role",
    level: "should",
    why: "A role is optional in a delta; there is only one that an answer can have.",
    evidence: ["measured 2026-11-27: openai-node's helper throws", "the OpenAI API: delta.role is optional"],
    parts: [...HELLO_DELTAS.slice(1), STOP, DONE],
  }),
  chunkScenario("role-every", {
    title: "role: assistant in every chunk",
    level: "should",
    why: "A role that is appended instead of set, or opens a new message each time, breaks the answer.",
    evidence: ["vercel/ai#15464", "mistralai/mistral-vibe#795"],
    parts: [...["Hello,", " world!"].map((content) => delta({ role: "assistant", content })), STOP, DONE],
  }),
  chunkScenario("role-null-or-empty", {
    title: 'role: null, then role: ""',
    level: "should",
    why: "A role that is there but says nothing must not change the message.",
    evidence: ["langchain-ai/langchainjs#11468", "langchain-ai/langchain#21897"],
    parts: [
      ROLE,
      delta({ role: null, content: "Hello," }),
      delta({ role: "", content: " world!" }),
      STOP,
      DONE,
    ],
  }),
  chunkScenario("content-null", {
    title: "content: null between the texts",
    level: "must",
    why: 'The user reads "null" in the middle of the answer.',
    evidence: ["can1357/oh-my-pi#2996"],
    parts: [...opening("Hello,"), delta({ content: null }), delta({ content: " world!" }), STOP, DONE],
  }),
  chunkScenario("delta-missing", {
    title: "a choice without a delta",
    level: "may",
    why: "Nothing is in it; nothing should happen.",
    evidence: ["measured 2026-11-21: openai-python's helper throws", "langchain-ai/langchainjs#3223"],
    parts: [
      ...opening("Hello,"),
      frame(chunkObject([{ index: 0 }])),
      delta({ content: " world!" }),
      STOP,
      DONE,
    ],
  }),
  chunkScenario("reasoning-content", {
    title: "reasoning_content, and vLLM's newer reasoning, before the answer",
    level: "should",
    why: "The model's thoughts are not its answer; mixed into the text they are shown, stored and parsed as one.",
    evidence: ["vllm-project/vllm#34030", "BerriAI/litellm#22573", "betagouv/ComparIA#330"],
    parts: [
      ROLE,
      delta({ reasoning_content: "They greet me." }),
      delta({ reasoning: "I greet back." }),
      ...HELLO_DELTAS.slice(1),
      STOP,
      DONE,
    ],
  }),
  chunkScenario("unknown-fields", {
    title: "members that OGL adds at every level: search_results, costs, carbon footprint",
    level: "must",
    why: "A strict reader fails on the first answer of a newer server.",
    evidence: ["soniqo/speech-swift#273", "comet-ml/opik#4474"],
    parts: [
      frame(
        chunkObject(
          [
            {
              index: 0,
              delta: { role: "assistant", content: HELLO, new: 1 },
              finish_reason: null,
              token_ids: null,
            },
          ],
          {
            search_results: [{ id: 1 }],
            carbon: { kWh: 1e-7 },
          },
        ),
      ),
      STOP,
      DONE,
    ],
  }),
  chunkScenario("choice-index-missing", {
    title: "choices without an index",
    level: "may",
    why: "There is one choice, so it is the first.",
    evidence: ["measured 2026-11-21: both OpenAI helpers throw", "SecretiveShell/MCP-Bridge#48"],
    parts: [frame(chunkObject([{ delta: { role: "assistant", content: HELLO } }])), STOP, DONE],
  }),
  chunkScenario("error-null", {
    title: '"error": null in every chunk',
    level: "should",
    why: "A member that is there but null is no error.",
    evidence: ["second measurement 2026-11-21"],
    parts: [
      delta({ role: "assistant", content: "" }, null, { error: null }),
      ...["Hello,", " world!"].map((content) => delta({ content }, null, { error: null })),
      STOP,
      DONE,
    ],
  }),
  chunkScenario("many", {
    title: "10,000 deltas in one burst",
    level: "may",
    why: "Work that grows with the square of the answer stops a client at long ones.",
    evidence: ["measured 2026-11-21: 13 to 22 s in openai-python, over 30 s in LiteLLM for 20,000"],
    burst: true,
    parts: [ROLE, ...Array.from({ length: 10_000 }, (_, i) => delta({ content: `${i % 10}` })), STOP, DONE],
    text: Array.from({ length: 10_000 }, (_, i) => i % 10).join(""),
  }),
  defineScenario({
    id: "chunk/n2-interleaved",
    title: "n=2: deltas of two choices alternate, in one chunk and in several",
    level: "must",
    tier: 2,
    why: "Two answers are woven into one.",
    evidence: ["langfuse/langfuse#16998", "langchain-ai/langchain#26719", "sgl-project/sglang#2912"],
    call: { params: { model: "ok", messages: [{ role: "user", content: "hi" }], n: 2 } },
    answers: stream([
      frame(
        chunkObject(
          [0, 1].map((index) => ({ index, delta: { role: "assistant", content: "" }, finish_reason: null })),
        ),
      ),
      frame(chunkObject([of(0, "one"), of(1, "two")])),
      frame(chunkObject([of(1, "-b")])),
      frame(chunkObject([of(0, "-a")])),
      frame(chunkObject([0, 1].map((index) => ({ index, delta: {}, finish_reason: "stop" })))),
      DONE,
    ]),
    checks: [expect.choices(["one-a", "two-b"])],
  }),
];

function of(index: number, content: string): object {
  return { index, delta: { content }, finish_reason: null };
}
