/**
 * The scenarios are held by clients that are wrong on purpose: each mutant changes exactly the verdicts that it lists.
 * kill-matrix.timed.test.ts does the same for the scenarios that measure time.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import { FULL } from "../support/scaled.ts";
import { type Changes, PLAYED, QUICK, atOnce, changesBy, listedChanges, printMatrix } from "./matrix.ts";
import { MUTANTS, type Mutant, type Mutation } from "./mutants.ts";

const AT_ONCE = 4;
const changed = new Map<Mutation, Changes>();
let reference: Changes | undefined;

beforeAll(
  async () => {
    reference = await changesBy(undefined, QUICK);
    await atOnce(
      AT_ONCE,
      PLAYED.map(
        ([name]) =>
          async () =>
            void changed.set(name, await changesBy(name, QUICK)),
      ),
    );
    console.log(printMatrix(QUICK, changed));
  },
  FULL ? 600_000 : undefined,
);

describe("the reference client", () => {
  it("passes every scenario", () => expect(reference).toEqual({}));
});

describe("a mutant", () => {
  it.each(PLAYED)("%s changes exactly the verdicts that it lists", (name, mutant) => {
    expect(changed.get(name)).toEqual(listedChanges(mutant, QUICK));
  });

  it("is there for every scenario", () => {
    const listed = new Set(
      (Object.values(MUTANTS) as Mutant[]).flatMap(({ changes }) => Object.keys(changes)),
    );
    expect(SCENARIOS.map(({ id }) => id).filter((id) => !listed.has(id))).toEqual([]);
  });
});
