/** Scenarios of the members that name a chunk: nothing depends on them. */
import type { Scenario } from "../../model/index.ts";
import { chunkScenario } from "./chunks.ts";
import { DONE, STOP, chunkObject, frame } from "./scripts.ts";

const EVIDENCE = ["spring-projects/spring-ai#6928", "open-webui/open-webui#23917"];
const GROUPED = "Nothing depends on it; whoever groups chunks by id splits one answer into several.";

/** Frames of a whole answer, each chunk with these members; one that is undefined is left out. */
function framesWith(moreOf: (i: number) => object): string[] {
  const deltas = [{ role: "assistant", content: "" }, { content: "Hello," }, { content: " world!" }];
  return [
    ...deltas.map((delta, i) => frame(chunkObject([{ index: 0, delta, finish_reason: null }], moreOf(i)))),
    STOP,
    DONE,
  ];
}

export const ID_SCENARIOS: readonly Scenario[] = [
  chunkScenario("id-missing", {
    title: "chunks without an id",
    level: "may",
    why: GROUPED,
    evidence: EVIDENCE,
    parts: framesWith(() => ({ id: undefined })),
  }),
  chunkScenario("id-null", {
    title: "id: null",
    level: "may",
    why: GROUPED,
    evidence: EVIDENCE,
    parts: framesWith(() => ({ id: null })),
  }),
  chunkScenario("id-changing", {
    title: "another id in each chunk",
    level: "may",
    why: GROUPED,
    evidence: EVIDENCE,
    parts: framesWith((i) => ({ id: `chatcmpl-${i}` })),
  }),
  chunkScenario("created-missing", {
    title: "chunks without created",
    level: "may",
    why: "When an answer was begun says nothing about its text.",
    evidence: EVIDENCE,
    parts: framesWith(() => ({ created: undefined })),
  }),
];
