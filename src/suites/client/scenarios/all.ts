import * as expect from "../../checks/index.ts";
import type { Scenario } from "../../model/index.ts";
import { CHUNK_SCENARIOS } from "./chunk.ts";
import { ERROR_SCENARIOS } from "./error.ts";
import { FINISH_SCENARIOS } from "./finish.ts";
import { HTTP_SCENARIOS } from "./http.ts";
import { ID_SCENARIOS } from "./ids.ts";
import { LIST_SCENARIOS } from "./lists.ts";
import { RETRY_SCENARIOS } from "./retry.ts";
import { SSE_SCENARIOS } from "./sse.ts";
import { STREAM_ERROR_SCENARIOS } from "./stream-error.ts";
import { STREAM_SCENARIOS } from "./stream.ts";
import { TOOL_NAME_SCENARIOS } from "./tool-names.ts";
import { TOOL_SCENARIOS } from "./tools.ts";
import { USAGE_SCENARIOS } from "./usage.ts";

/** Subjects of checks that want a whole answer of a chat. */
const WHOLE = new Set(["text", "tool-calls"]);

/** All scenarios for clients, tier 1 first, in the order of reports. */
export const SCENARIOS: readonly Scenario[] = [
  ...STREAM_SCENARIOS,
  ...SSE_SCENARIOS,
  ...CHUNK_SCENARIOS,
  ...FINISH_SCENARIOS,
  ...ID_SCENARIOS,
  ...USAGE_SCENARIOS,
  ...TOOL_SCENARIOS,
  ...TOOL_NAME_SCENARIOS,
  ...RETRY_SCENARIOS,
  ...ERROR_SCENARIOS,
  ...STREAM_ERROR_SCENARIOS,
  ...HTTP_SCENARIOS,
  ...LIST_SCENARIOS,
]
  .map(withParts)
  .toSorted((a, b) => a.tier - b.tier);

/** Adds the checks of finish reason and usage to a scenario whose client gets a whole answer of a chat. */
function withParts(scenario: Scenario): Scenario {
  const { calls, checks, level } = scenario;
  const isChat = calls.at(-1)?.operation.startsWith("chat.") === true;
  if (!isChat || !checks.some(({ id }) => WHOLE.has(id))) return scenario;
  const weight = { level: level === "may" ? level : "should" } as const;
  const parts = [expect.finishReasonSent(weight), expect.usageSent(weight)];
  return {
    ...scenario,
    checks: [...checks, ...parts.filter(({ id }) => checks.every((own) => own.id !== id))],
  };
}
