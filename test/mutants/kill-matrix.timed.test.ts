/** The half of the kill matrix that measures time: each mutant changes exactly the verdicts that it lists. */
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { FULL } from "../support/scaled.ts";
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
import { MUTANTS, type Mutation } from "./mutants.ts";

/** How many scenarios are played at a time: most of their time is waiting. */
const AT_ONCE = 60;
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

beforeAll(
  async () => {
    const names = [undefined, ...mutants.map(([name]) => name)];
    const first = new Map(names.map((name): [Mutation | undefined, Changes] => [name, {}]));
    await atOnce(
      AT_ONCE,
      names.flatMap((name) =>
        TIMED.map((scenario) => async (): Promise<void> => {
          const changes = await changesBy(name, [scenario]);
          first.set(name, { ...first.get(name), ...changes });
        }),
      ),
    );
    for (const [name, mutant] of mutants)
      changed.set(name, await repeated(name, first.get(name) ?? {}, listedChanges(mutant, TIMED)));
    reference = await repeated(undefined, first.get(undefined) ?? {}, {});
    console.log(printMatrix(TIMED, changed));
  },
  FULL ? 600_000 : undefined,
);

describe("scenarios that measure time", () => {
  it("are passed by the reference client", () => expect(reference).toEqual({}));

  it.each(mutants)("change for %s exactly as it lists", (name, mutant) => {
    expect(changed.get(name)).toEqual(listedChanges(mutant, TIMED));
  });

  it("are each changed by a mutant", () => {
    const listed = new Set(Object.values(MUTANTS).flatMap(({ changes }) => Object.keys(changes)));
    expect(TIMED.filter(({ id }) => !listed.has(id))).toEqual([]);
  });
});
