/**
 * The scenarios are held by clients that are wrong on purpose: each mutant changes exactly the verdicts that it lists.
 * kill-matrix.timed.test.ts does the same for the scenarios that measure time.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import { FULL } from "../support/scaled.ts";
import {
  type Changes,
  PLAYED,
  QUICK,
  atOnce,
  changesBy,
  listedChanges,
  playedTo,
  printMatrix,
} from "./matrix.ts";
import { DISHONEST, type Dishonest, type Exposed, passedBy } from "./dishonest.ts";
import { MUTANTS, type Mutant, type Mutation } from "./mutants.ts";

const AT_ONCE = 4;
/** Subjects of checks that no error satisfies. */
const ANSWERS = new Set([
  "text",
  "tool-calls",
  "choices",
  "embeddings",
  "models",
  "model",
  "message",
  "finish-reason",
]);
const changed = new Map<Mutation, Changes>();
let reference: Changes | undefined;

beforeAll(
  async () => {
    reference = await changesBy(undefined, QUICK);
    await atOnce(
      AT_ONCE,
      PLAYED.map(
        ([name, mutant]) =>
          async () =>
            void changed.set(name, await changesBy(name, playedTo(mutant, QUICK))),
      ),
    );
    console.log(printMatrix(QUICK, changed));
  },
  FULL ? 600_000 : undefined,
);

describe("the reference client", () => {
  it("passes every scenario", () => expect(reference).toEqual({}));
});

describe("a client that says nothing true", () => {
  it.each(Object.entries(DISHONEST) as [Dishonest, Exposed][])(
    "as %s passes only what it lists",
    async (name, { passes }) => {
      const quick = new Set(QUICK.map(({ id }) => id));
      expect(await passedBy(name, QUICK)).toEqual(passes.filter((id) => quick.has(id)));
    },
  );

  it("passes nothing that wants an answer", () => {
    const wanting = SCENARIOS.filter(({ checks }) =>
      checks.some(({ id, optional }) => ANSWERS.has(id) && optional !== true),
    );
    const passed = new Set(Object.values(DISHONEST).flatMap(({ passes }) => passes));
    expect(wanting.map(({ id }) => id).filter((id) => passed.has(id))).toEqual([]);
  });
});

describe("a mutant", () => {
  it.each(PLAYED)("%s changes exactly the verdicts that it lists", async (name, mutant) => {
    const played = playedTo(mutant, QUICK);
    const listed = listedChanges(mutant, played);
    const first = changed.get(name) ?? {};
    // Several were played at once: what differs is played again, alone, before it counts.
    const differing = played.filter(({ id }) => first[id] !== listed[id]);
    const kept = Object.entries(first).filter(([id]) => differing.every((scenario) => scenario.id !== id));
    const again = differing.length === 0 ? {} : await changesBy(name, differing);
    expect({ ...Object.fromEntries(kept), ...again }).toEqual(listed);
  });

  it("is there for every scenario", () => {
    const listed = new Set(
      (Object.values(MUTANTS) as Mutant[]).flatMap(({ changes }) => Object.keys(changes)),
    );
    expect(SCENARIOS.map(({ id }) => id).filter((id) => !listed.has(id))).toEqual([]);
  });
});
