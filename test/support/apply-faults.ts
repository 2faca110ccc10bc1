import { tryFaults } from "../../src/mock/faults/apply.ts";
import type { FaultCall } from "../../src/mock/faults/grammar.ts";
import type { FaultContext } from "../../src/mock/faults/model/fault.ts";
import type { Script } from "../../src/http/script.ts";

/** A script with faults, as `tryFaults` makes it, without its notes. */
export function applyFaults(
  script: Script,
  faults: string | readonly FaultCall[],
  context: FaultContext = { seed: 0 },
): Script {
  return tryFaults(script, faults, context).script;
}
