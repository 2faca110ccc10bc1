/**
 * The half of the kill matrix that measures time: each mutant changes exactly the verdicts that it lists. It is judged by
 * itself, and what something else held up is played again alone.
 */
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { FULL, scaledCases } from "../support/scaled.ts";
import {
  type Changes,
  PLAYED,
  TIMED,
  atOnce,
  changesBy,
  listedChanges,
  printMatrix,
  touchesTime,
} from "./matrix.ts";
import { DISHONEST, type Dishonest, type Exposed, passedBy } from "./dishonest.ts";
import { MUTANTS, type Mutation } from "./mutants.ts";

/** How many mutants are judged at a time. The scenarios of each are played side by side: all that they do is wait. */
const AT_ONCE = 3;
/** A mutant with other verdicts than it lists is played again alone, so many times; they count if they are others each time. */
const TIMES_ALONE = 3;

const mutants = PLAYED.filter(([, mutant]) => FULL || touchesTime(mutant));
const changed = new Map<Mutation, Changes>();
let reference: Changes | undefined;

/** Plays until the verdicts are the expected ones; gives the last ones. */
async function repeated(mutation: Mutation | undefined, first: Changes, expected: Changes): Promise<Changes> {
  let changes = first;
  for (let i = 0; i < TIMES_ALONE && !isDeepStrictEqual(changes, expected); i++) {
    const others = TIMED.filter(({ id }) => changes[id] !== expected[id]);
    console.log(`${mutation ?? "reference"}: played again alone: ${others.map(({ id }) => id).join(", ")}`);
    const rest = Object.entries(changes).filter(([id]) => others.every((other) => other.id !== id));
    changes = { ...Object.fromEntries(rest), ...(await changesBy(mutation, others)) };
  }
  return changes;
}

/** The verdicts of one mutant by itself; a scenario with another verdict than the expected one is played again, alone. */
async function judged(mutation: Mutation | undefined, expected: Changes): Promise<Changes> {
  const first = await Promise.all(TIMED.map((scenario) => changesBy(mutation, [scenario])));
  return repeated(mutation, Object.assign({}, ...first) as Changes, expected);
}

beforeAll(
  async () => {
    await atOnce(AT_ONCE, [
      async () => void (reference = await judged(undefined, {})),
      ...mutants.map(
        ([name, mutant]) =>
          async () =>
            void changed.set(name, await judged(name, listedChanges(mutant, TIMED))),
      ),
    ]);
    console.log(printMatrix(TIMED, changed));
  },
  FULL ? 1_200_000 : undefined,
);

describe("scenarios that measure time", () => {
  it("are passed by the reference client", () => expect(reference).toEqual({}));

  it.each(mutants)("change for %s exactly as it lists", (name, mutant) => {
    expect(changed.get(name)).toEqual(listedChanges(mutant, TIMED));
  });

  it.each(scaledCases(Object.entries(DISHONEST) as [Dishonest, Exposed][]))(
    "are passed by a client that says nothing true, as %s, only where it lists them",
    async (name, { passes }) => {
      const timed = new Set(TIMED.map(({ id }) => id));
      const passed = await Promise.all(TIMED.map((scenario) => passedBy(name, [scenario])));
      expect(passed.flat().toSorted()).toEqual(passes.filter((id) => timed.has(id)));
    },
  );

  it("are each changed by a mutant", () => {
    const listed = new Set(Object.values(MUTANTS).flatMap(({ changes }) => Object.keys(changes)));
    expect(TIMED.filter(({ id }) => !listed.has(id))).toEqual([]);
  });
});
