/** The server suite is held by servers that are wrong on purpose: each changes exactly the verdicts that it lists. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningMock } from "../../../src/mock/index.ts";
import { SERVER_CHECKS } from "../../../src/suites/server/checks/index.ts";
import { openCreatedJournal, selectChecks } from "../../../src/suites/index.ts";
import { exceptions, judgeUrl, strictMock } from "../../suites/server/judged.ts";
import { FULL, scaledCases } from "../../support/scaled.ts";
import { temporaryFolder } from "../../support/tmp.ts";
import { SERVER_MUTANTS, type ServerMutant } from "./mutants.ts";
import { type Edit, type Proxy, startProxy } from "./proxy.ts";

type Results = Readonly<Record<string, string>>;

const folder = temporaryFolder("server-mutants");
let mock: RunningMock;
let proxy: Proxy;
const references = new Map<string, Results>();

beforeAll(async () => {
  mock = await strictMock("0.4.5");
  proxy = await startProxy(mock.url);
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await mock.close();
});

/** Results other than passes, by check, of the mock with an edit. */
async function resultsOf(edit: Edit, only: readonly string[]): Promise<Results> {
  proxy.edit = edit;
  const checks = selectChecks({ only });
  const needs = (area: string): boolean => checks.some(({ id }) => id.startsWith(area));
  const journal = openCreatedJournal(join(folder, "created.ndjson"), new URL(proxy.url).origin);
  return exceptions(
    await judgeUrl(
      proxy.url,
      [
        ...(needs("load/") ? ["load" as const] : []),
        ...(needs("keys/") || needs("collections/") ? ["writes" as const] : []),
        // Every stream is of a fault model then, so changes of all streams would change these checks too.
        ...(only.join() === "behind/*" ? ["fault-models" as const] : []),
      ],
      { checks, journal },
    ),
  );
}

/** Area of the first listed change. */
function areaOf({ changes: [first = ""] }: ServerMutant): string {
  return first.slice(0, first.indexOf("/"));
}

/** Checks that are played: all, or in the quick test those of the mutant's area. */
function playedFor(mutant: ServerMutant): readonly string[] {
  const area = areaOf(mutant);
  return FULL && area !== "behind" ? ["*"] : [`${area}/*`];
}

/** The quick test plays a mutant of each area at least. */
const PLAYED = scaledCases(Object.entries(SERVER_MUTANTS), ([, mutant]) => areaOf(mutant));

async function referenceOf(only: readonly string[]): Promise<Results> {
  const known = references.get(only.join());
  if (known !== undefined) return known;
  const results = await resultsOf(() => undefined, only);
  references.set(only.join(), results);
  return results;
}

it("each check of the server suite fails a mutant", () => {
  const held = new Set(Object.values(SERVER_MUTANTS).flatMap(({ changes }) => changes));
  expect(SERVER_CHECKS.filter(({ id }) => !held.has(id)).map(({ id }) => id)).toEqual([]);
});

describe("a server mutant", () => {
  it.each(PLAYED)("%s changes exactly the checks that it lists", async (_, mutant) => {
    const only = playedFor(mutant);
    const reference = await referenceOf(only);
    const results = await resultsOf(mutant.edit(), only);
    const changed = SERVER_CHECKS.filter(({ id }) => reference[id] !== results[id]).map(({ id }) => id);
    const played = new Set(selectChecks({ only }).map(({ id }) => id));
    const listed = mutant.changes.filter((id) => played.has(id));
    expect(listed.length).toBeGreaterThan(0);
    expect(changed.toSorted()).toEqual(listed.toSorted());
  });
});
