import type { FaultNote } from "../../exchange/index.ts";
import type { Script } from "../../http/index.ts";
import { seedOf } from "../../util/index.ts";
import { type FaultCall, parseFaults, printFaults } from "./grammar.ts";
import { faultNamed } from "./kinds/index.ts";
import { type Fault, type FaultContext, FaultError, type Value } from "./model/index.ts";
import { valueProblem } from "./values.ts";

/**
 * Applies faults to a script, one after the other. The same script, faults and seed give the same script; the given script
 * is not changed.
 *
 * @example
 * ```ts
 * const { script: cutOff } = tryFaults(script, "crlf + split:bytes=7 + reset@3", { seed: 1 });
 * ```
 * @param faults as text, or parsed by `parseFaults`
 * @returns the new script, and notes on which faults changed it
 * @throws FaultError for an unknown fault or parameter, or a wrong value or position
 */
export function tryFaults(
  script: Script,
  faults: string | readonly FaultCall[],
  context: FaultContext = { seed: 0 },
): { readonly script: Script; readonly notes: readonly FaultNote[] } {
  const calls = typeof faults === "string" ? parseFaults(faults) : faults;
  let now = script;
  const notes = calls.map((call, i): FaultNote => {
    const before = now;
    now = applied(now, call, { ...context, seed: seedOf(context.seed, i) });
    return { fault: printFaults([call]), applied: now !== before };
  });
  return { script: now, notes };
}

function applied(script: Script, call: FaultCall, context: FaultContext): Script {
  const fault = faultNamed(call.name);
  if (fault === undefined) {
    const location = { fault: call.name, column: 1 };
    throw new FaultError(
      "unknown-fault",
      location,
      `unknown fault ${JSON.stringify(call.name)}`,
      "see FAULTS",
    );
  }
  const defaults = Object.entries(fault.parameters).map(
    ([name, { default: value }]): [string, Value | undefined] => [name, value],
  );
  checkCall(call, fault);
  const params = { ...Object.fromEntries(defaults), ...call.params };
  return fault.apply(script, params, call.at ?? fault.position?.default, context);
}

/** Checks a call that was not parsed from text. */
function checkCall({ name, at, params }: FaultCall, fault: Fault): void {
  const location = { fault: name, column: 1 };
  for (const [key, value] of Object.entries(params)) {
    const parameter = Object.hasOwn(fault.parameters, key) ? fault.parameters[key] : undefined;
    if (parameter === undefined) {
      const known = Object.keys(fault.parameters).join(", ") || "none";
      throw new FaultError(
        "unknown-parameter",
        location,
        `${name} has no parameter ${key}`,
        `use one of: ${known}`,
      );
    }
    const problem = valueProblem(key, parameter, value);
    if (problem !== undefined) throw new FaultError("bad-value", location, problem.reason, problem.fix);
  }
  if (at !== undefined && !fault.position?.kinds.includes(at.at)) {
    const kinds = fault.position?.kinds.join(", ") ?? "none";
    throw new FaultError(
      "bad-position",
      location,
      `${name} takes no position in ${at.at}`,
      `it takes ${kinds}`,
    );
  }
}
