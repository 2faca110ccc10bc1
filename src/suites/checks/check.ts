import { type Check, type Outcome, type RunTrace, lastOutcome } from "../model/index.ts";

/** Changes what a check of the library weighs. */
export type Weight = Pick<Partial<Check>, "level" | "optional">;

/** A check over what the last call gave its user. */
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

/** A check over the requests and their connections. */
export function wireCheck(
  id: string,
  says: string,
  weight: Weight,
  test: (trace: RunTrace) => readonly string[] | null,
): Check {
  return { id, says, needs: "wire", ...weight, test };
}

export const OK: readonly string[] = [];

const SHOWN = 160;

/** A value in a message: as JSON, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}
