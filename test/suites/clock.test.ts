/** A scenario's time is the client's: no start of a process, and nothing of another scenario, is counted in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { text } from "../../src/suites/checks/content.ts";
import { AdapterError } from "../../src/suites/client/adapter/adapter-error.ts";
import { type AdapterDriver, adapterDriver } from "../../src/suites/client/adapter/driver.ts";
import { runScenarios } from "../../src/suites/client/run.ts";
import { completion, json } from "../../src/suites/client/scenarios/scripts.ts";
import { type Scenario, defineScenario } from "../../src/suites/model/scenario.ts";
import type { Verdict } from "../../src/suites/model/verdict.ts";
import { gatetape } from "../support/cli.ts";

const SLOW = new URL("slow-adapter.ts", import.meta.url).pathname;
/** A start takes longer than a scenario's deadline and all of its grace. */
const SLOW_MS = 4500;
const DEADLINE_MS = 2000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-clock-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const MODELS = ["a", "b", "c", "d"];

function scenario(model: string): Scenario {
  return defineScenario({
    id: `t/${model}`,
    title: model,
    level: "must",
    tier: 1,
    why: "",
    evidence: [],
    call: { operation: "chat.create", params: { model } },
    deadlineMs: DEADLINE_MS,
    answers: json(completion({ content: "x" })),
    checks: [text("x")],
  });
}

function start(jobs: number, environment: Record<string, string>, startMs?: number): Promise<AdapterDriver> {
  return adapterDriver({
    command: [process.execPath, SLOW],
    runner: "test 0",
    jobs,
    environment,
    ...(startMs === undefined ? {} : { startMs }),
  });
}

const played = (driver: AdapterDriver, models: readonly string[], jobs: number): Promise<Verdict[]> =>
  runScenarios(driver, { scenarios: models.map(scenario), jobs });
const results = (verdicts: readonly Verdict[]): string[] => verdicts.map((v) => `${v.scenario} ${v.result}`);

describe("a client whose process starts slowly", () => {
  it.concurrent("passes, in as many processes as there are jobs", async () => {
    await using driver = await start(4, { SLOW_MS: String(SLOW_MS) });
    expect(results(await played(driver, MODELS, 4))).toEqual(MODELS.map((model) => `t/${model} pass`));
  });

  it.concurrent.each([1, 3])("hangs once, and no other verdict is touched, with %d jobs", async (jobs) => {
    await using driver = await start(jobs, { SLOW_MS: String(SLOW_MS), HANG_ON: "a" });
    const expected = MODELS.map((model) => `t/${model} ${model === "a" ? "hang" : "pass"}`);
    expect(results(await played(driver, MODELS, jobs))).toEqual(expected);
  });

  it.concurrent("is no adapter if it takes longer than a start may", async () => {
    await expect(start(1, { SLOW_MS: "60000" }, 300)).rejects.toThrow(/no hello within 0\.3 s/);
  });
});

describe("gatetape client with an adapter that starts slowly", () => {
  it.concurrent("says what it waits for, and judges it all the same", async () => {
    const { stdout, stderr } = await gatetape(
      ["client", "--only", "url/*joining", "--", process.execPath, SLOW],
      {
        env: { SLOW_MS: "9000" },
      },
    );
    expect(stderr).toBe("gatetape: still waiting for the adapter's hello; a start may take 120 s\n");
    expect(stdout).toMatch(/1 scenario in [\d.]+ s: 1 pass/);
  });
});

describe("a hang without any request", () => {
  it.concurrent("is played once more, alone", async () => {
    await using driver = await start(2, { HANG_ON: "a", HANG_ONCE: join(folder, "once") });
    expect(results(await played(driver, ["a", "b"], 2))).toEqual(["t/a pass", "t/b pass"]);
  });
});

describe("an adapter whose every process ends", () => {
  it.concurrent.each(["run", "answer"])(
    "at its first %s has no verdicts, but an error with its stderr",
    async (at) => {
      const seen: Verdict[] = [];
      await using driver = await start(1, { DIES_AT: at });
      const run = runScenarios(driver, {
        scenarios: [..."abcdefgh"].map(scenario),
        onVerdict: (verdict) => void seen.push(verdict),
      });
      await expect(run).rejects.toThrow(AdapterError);
      await expect(run).rejects.toThrow(/5 processes .* without any result.*exec: my-client: not found/s);
      expect(seen).toEqual([]);
    },
  );

  it.concurrent("before its only request has none either, but a client that dies of an answer fails", async () => {
    await using silent = await start(1, { DIES_AT: "run" });
    await expect(played(silent, ["a"], 1)).rejects.toThrow(/the adapter's process ended without any result/);
    await using broken = await start(1, { DIES_AT: "answer" });
    expect(results(await played(broken, ["a"], 1))).toEqual(["t/a fail"]);
  });

  it.concurrent("ends the command with 2", async () => {
    const { code, stdout, stderr } = await gatetape(["client", "--", process.execPath, SLOW], {
      env: { DIES_AT: "run" },
    });
    expect(stderr).toMatch(
      /ended without any result, so there are no verdicts: .*exec: my-client: not found/s,
    );
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
