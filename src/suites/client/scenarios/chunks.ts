import * as expect from "../../checks/index.ts";
import { type Scenario, type ScenarioInit, defineScenario } from "../../model/index.ts";
import { opening, stream } from "./scripts.ts";

export const HELLO = "Hello, world!";
export const HELLO_DELTAS: readonly string[] = opening("Hello,", " world!");

/** Scenario of a stream that ends well and whose text must come through. */
export function chunkScenario(
  id: string,
  init: Omit<ScenarioInit, "id" | "tier" | "answers" | "checks"> & {
    tier?: 1 | 2;
    parts: readonly string[];
    burst?: boolean;
    text?: string;
    also?: ScenarioInit["checks"];
  },
): Scenario {
  const { parts, burst = false, text = HELLO, also = [], tier = 2, ...rest } = init;
  return defineScenario({
    ...rest,
    id: `chunk/${id}`,
    tier,
    answers: stream(parts, { burst }),
    checks: [expect.text(text), ...also],
  });
}
