/** The scenarios are held by clients that are wrong on purpose: each mutant changes exactly the verdicts that it lists. */
import { beforeAll, describe, expect, it } from "vitest";
import { runScenarios, SCENARIOS, type Verdict } from "../../src/suites/index.ts";
import { type Mutant, type Mutation, MUTANTS } from "./mutants.ts";
import { referenceDriver } from "./reference.ts";

const mutants = Object.entries(MUTANTS) as [Mutation, Mutant][];

/** Most of a run is waiting, so all mutants run side by side; their clocks have room for that. */
const AT_ONCE = 110;

const changed = new Map<Mutation, Record<string, string>>();
let reference: Verdict[] = [];

function notPassed(verdicts: readonly Verdict[]): Record<string, string> {
  return Object.fromEntries(
    verdicts.flatMap(({ scenario, result }) => (result === "pass" ? [] : [[scenario, result]])),
  );
}

beforeAll(async () => {
  reference = await runScenarios(referenceDriver(), { jobs: 8 });
  const waiting = mutants.map(([name]) => name);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
        changed.set(name, notPassed(await runScenarios(referenceDriver(name), { jobs: 2 })));
    }),
  );
  console.log(matrix());
}, 600_000);

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
