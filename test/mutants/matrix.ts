/** The scenarios judged with one mutant, for both halves of the kill matrix: with and without scenarios that measure time. */
import { runScenarios } from "../../src/suites/client/run.ts";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import type { Scenario } from "../../src/suites/model/scenario.ts";
import { scaledCases } from "../support/scaled.ts";
import { MUTANTS, type Mutant, type Mutation } from "./mutants.ts";
import { referenceDriver } from "./reference.ts";

/** Scenarios that measure no time. */
export const QUICK: readonly Scenario[] = SCENARIOS.filter(({ timing }) => !timing);
export const TIMED: readonly Scenario[] = SCENARIOS.filter(({ timing }) => timing);

const timedIds = new Set(TIMED.map(({ id }) => id));

/** True for a mutant that changes a scenario that measures time. */
export function touchesTime({ changes }: Mutant): boolean {
  return Object.keys(changes).some((id) => timedIds.has(id));
}

/** The mutants that are played: all in full, otherwise a tenth of those that change scenarios of each half. */
export const PLAYED: readonly (readonly [Mutation, Mutant])[] = scaledCases(
  Object.entries(MUTANTS) as [Mutation, Mutant][],
  ([, mutant]) => String(touchesTime(mutant)),
);

/** Scenario to verdict, for verdicts other than a pass. */
export type Changes = Readonly<Record<string, string>>;

/**
 * The verdicts, other than a pass, that a client with that mutation gets; without one, the reference client.
 *
 * @throws Error if a scenario gets no verdict
 */
export async function changesBy(
  mutation: Mutation | undefined,
  scenarios: readonly Scenario[],
): Promise<Changes> {
  const verdicts = await runScenarios(referenceDriver(mutation), { scenarios, jobs: 8 });
  if (verdicts.length !== scenarios.length) throw new Error("a scenario has no verdict");
  return Object.fromEntries(
    verdicts.flatMap(({ scenario, result }) => (result === "pass" ? [] : [[scenario, result]])),
  );
}

/** The changes that a mutant lists, of those scenarios alone. */
export function listedChanges({ changes }: Mutant, scenarios: readonly Scenario[]): Changes {
  const ids = new Set(scenarios.map(({ id }) => id));
  return Object.fromEntries(Object.entries(changes).filter(([id]) => ids.has(id)));
}

/** The scenarios that a mutant is played: all in full, otherwise those that it lists and a tenth of the others. */
export function playedTo({ changes }: Mutant, scenarios: readonly Scenario[]): readonly Scenario[] {
  return scaledCases(scenarios, ({ id }) => (Object.hasOwn(changes, id) ? id : ""));
}

/** Does all of the work, so many pieces of it at a time. */
export async function atOnce(count: number, work: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...work];
  const worker = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) await part();
  };
  await Promise.all(Array.from({ length: count }, worker));
}

/** A line a mutant: its name, and the verdicts that it changes. */
export function printMatrix(scenarios: readonly Scenario[], changed: ReadonlyMap<Mutation, Changes>): string {
  const lines = [...changed].map(([name, changes]) => {
    const verdicts = Object.entries(changes).map(([id, result]) => `${id}=${result}`);
    return `${name.padEnd(26)} ${verdicts.join(" ") || "(changes nothing)"}`;
  });
  const kills = [...changed.values()].reduce((sum, changes) => sum + Object.keys(changes).length, 0);
  const all = Object.keys(MUTANTS).length;
  return `kill matrix: ${changed.size} of ${all} mutants, ${scenarios.length} scenarios, ${kills} changed verdicts\n${lines.toSorted().join("\n")}`;
}
