import { type Check, type Outcome, type RunTrace, lastOutcome } from "../model/index.ts";

/** Overrides of a library check's level and optionality. */
export type Weight = Pick<Partial<Check>, "level" | "optional">;

/** Makes a check of the last call's outcome; `test` returns problems, or `null` if it cannot see its subject. */
export function outcomeCheck(
  id: string,
  says: string,
  weight: Weight,
  test: (outcome: Outcome, trace: RunTrace) => readonly string[] | null,
): Check {
  return {
    id,
    says,
    needs: "outcome",
    ...weight,
    test: (trace) => {
      const outcome = lastOutcome(trace);
      return outcome === undefined ? null : test(outcome, trace);
    },
  };
}

/** Makes a check of the requests and their connections; `test` is as in {@link outcomeCheck}. */
export function wireCheck(
  id: string,
  says: string,
  weight: Weight,
  test: (trace: RunTrace) => readonly string[] | null,
): Check {
  return { id, says, needs: "wire", ...weight, test };
}

/** The check, with the lateness from which on it could have said the opposite. */
export function timed(check: Check, margin: NonNullable<Check["margin"]>): Check {
  return { ...check, margin };
}

/** The check of a call whose own time limit the machine may have let pass: its timeout says something with this margin (ms). */
export function inTime(check: Check, ms: number): Check {
  return timed(check, (trace) => (lastOutcome(trace)?.error?.kind === "timeout" ? ms : null));
}

export const OK: readonly string[] = [];

const SHOWN = 160;

/** Formats a value for a message: as JSON, cut if long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}
