/** Scenarios of the names of tools, in deltas that have none of their own. */
import * as expect from "../../checks/index.ts";
import { type Scenario, defineScenario } from "../../model/index.ts";
import { DONE, ROLE, stream, toolFrame } from "./scripts.ts";
import { FINISH, FIRST, CALL } from "./tool-call.ts";

const EVIDENCE = ["vercel/ai#16507", "lmstudio-ai/lmstudio-bug-tracker#649", "anomalyco/opencode#26412"];

function nameScenario(
  id: string,
  init: { title: string; why: string; evidence?: readonly string[]; deltas: readonly object[] },
): Scenario {
  const { deltas, evidence = EVIDENCE, ...rest } = init;
  return defineScenario({
    ...rest,
    id: `tools/${id}`,
    level: "should",
    tier: 2,
    evidence,
    call: CALL,
    answers: stream([ROLE, ...deltas.map((delta) => toolFrame(delta)), FINISH, DONE]),
    checks: [expect.toolCalls([FIRST])],
  });
}

const BEGUN = { index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "" } };

export const TOOL_NAME_SCENARIOS: readonly Scenario[] = [
  nameScenario("name-null-later", {
    title: "name: null in the deltas after the first",
    why: "A null that is taken for a new name leaves a call of nothing.",
    deltas: [BEGUN, { index: 0, function: { name: null, arguments: FIRST.arguments } }],
  }),
  nameScenario("name-empty-later", {
    title: 'name: "" in the deltas after the first',
    why: "An empty name that is taken for a new one leaves a call of nothing.",
    deltas: [BEGUN, { index: 0, function: { name: "", arguments: FIRST.arguments } }],
  }),
  nameScenario("name-late", {
    title: 'name: "" in the first delta, the name in the second',
    why: "Some servers know the name only later; a call that was begun without it is dropped, or keeps no name.",
    evidence: ["anomalyco/opencode#24137", ...EVIDENCE],
    deltas: [
      { index: 0, id: "call_1", type: "function", function: { name: "", arguments: "" } },
      { index: 0, function: { name: "f", arguments: "" } },
      { index: 0, function: { arguments: FIRST.arguments } },
    ],
  }),
];
