/** The scenarios are held by clients that are wrong on purpose: each mutant changes exactly the verdicts that it lists. */
import { beforeAll, describe, expect, it } from "vitest";
import { runScenarios, type Scenario, SCENARIOS, type Verdict } from "../../src/suites/index.ts";
import { type Mutant, type Mutation, MUTANTS } from "./mutants.ts";
import { referenceDriver } from "./reference.ts";

const mutants = Object.entries(MUTANTS) as [Mutation, Mutant][];

/** What measures time is mostly waiting: all mutants do it side by side, when the work of the others is done. */
const QUICK = SCENARIOS.filter(({ timing }) => !timing);
const TIMED = SCENARIOS.filter(({ timing }) => timing);
const AT_ONCE = { quick: 8, timed: 60 };

const changed = new Map<Mutation, Record<string, string>>();
let reference: Verdict[] = [];

function notPassed(verdicts: readonly Verdict[]): Record<string, string> {
  return Object.fromEntries(
    verdicts.flatMap(({ scenario, result }) => (result === "pass" ? [] : [[scenario, result]])),
  );
}

beforeAll(async () => {
  reference = await runScenarios(referenceDriver(), { jobs: 8 });
  await allMutants(QUICK, AT_ONCE.quick);
  await allMutants(TIMED, AT_ONCE.timed);
  console.log(matrix());
}, 600_000);

async function allMutants(scenarios: readonly Scenario[], atOnce: number): Promise<void> {
  const waiting = mutants.map(([name]) => name);
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const verdicts = await runScenarios(referenceDriver(name), { scenarios, jobs: 2 });
      changed.set(name, { ...changed.get(name), ...notPassed(verdicts) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** A line a mutant: what it does, and the verdicts that it changes. */
function matrix(): string {
  const lines = mutants.map(([name]) => {
    const verdicts = Object.entries(changed.get(name) ?? {}).map(([id, result]) => `${id}=${result}`);
    return `${name.padEnd(26)} ${verdicts.join(" ") || "(changes nothing)"}`;
  });
  const kills = [...changed.values()].reduce((sum, verdicts) => sum + Object.keys(verdicts).length, 0);
  return `kill matrix: ${mutants.length} mutants, ${SCENARIOS.length} scenarios, ${kills} changed verdicts\n${lines.join("\n")}`;
}

describe("the reference client", () => {
  it("passes every scenario", () => {
    expect(notPassed(reference)).toEqual({});
    expect(reference).toHaveLength(SCENARIOS.length);
  });
});

describe("a mutant", () => {
  it.each(mutants)("%s changes exactly the verdicts that it lists", (name, { changes }) => {
    expect(changed.get(name)).toEqual(changes);
  });

  it("is there for every scenario", () => {
    const listed = new Set(mutants.flatMap(([, { changes }]) => Object.keys(changes)));
    expect(SCENARIOS.map(({ id }) => id).filter((id) => !listed.has(id))).toEqual([]);
  });
});
