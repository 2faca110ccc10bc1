/** The runner against adapters that misbehave: one bad run must cost no other its verdict, and nothing may be left behind. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { text } from "../../src/suites/checks/content.ts";
import { AdapterError } from "../../src/suites/client/adapter/adapter-error.ts";
import { type AdapterDriver, adapterDriver } from "../../src/suites/client/adapter/driver.ts";
import { type RunOptions, runScenarios } from "../../src/suites/client/run.ts";
import { completion, json } from "../../src/suites/client/scenarios/scripts.ts";
import { type Scenario, defineScenario } from "../../src/suites/model/scenario.ts";
import type { Verdict } from "../../src/suites/model/verdict.ts";
import { isAlive } from "../support/alive.ts";
import { HANG_MS } from "../support/limits.ts";
import { AGAIN } from "../support/repeated.ts";

const FAKE = new URL("fake-adapter.ts", import.meta.url).pathname;
const TEXT = "voilà";

/** A scenario that a good adapter passes, in which this one does what the model's name says. */
function scenario(model: string, more: Partial<Scenario> = {}): Scenario {
  return {
    ...defineScenario({
      id: `t/${model}`,
      title: model,
      level: "must",
      tier: 1,
      why: "",
      evidence: [],
      call: { operation: "chat.create", params: { model } },
      answers: json(completion({ content: TEXT })),
      checks: [text(TEXT)],
    }),
    ...more,
  };
}

function start(
  mode: string,
  concurrency = 1,
  more: { jobs?: number; log?: string[] } = {},
): Promise<AdapterDriver> {
  return adapterDriver({
    command: [process.execPath, FAKE, mode, String(concurrency)],
    runner: "test 0",
    onLog: (line) => more.log?.push(line),
    ...(more.jobs === undefined ? {} : { jobs: more.jobs }),
  });
}

const results = (verdicts: readonly Verdict[]): string[] => verdicts.map((v) => `${v.scenario} ${v.result}`);
const messages = (verdicts: readonly Verdict[]): string =>
  verdicts.flatMap(({ findings }) => findings.map(({ check, message }) => `${check}: ${message}`)).join("\n");

function judged(
  driver: AdapterDriver,
  models: readonly (string | Scenario)[],
  options: RunOptions = {},
): Promise<Verdict[]> {
  const scenarios = models.map((model) => (typeof model === "string" ? scenario(model) : model));
  return runScenarios(driver, { scenarios, ...options });
}

const HANGS = scenario("hang", { deadlineMs: 400 });

describe("an adapter that", () => {
  it("is good passes, and leaves when it is told to", async () => {
    await using driver = await start("good", 2);
    const verdicts = await judged(driver, ["a", "b", "c"], { jobs: 2 });
    expect(results(verdicts)).toEqual(["t/a pass", "t/b pass", "t/c pass"]);
    expect(verdicts[0]?.subject).toBe("fake 0");
    expect(driver.restarts).toBe(0);
  });

  it("hangs fails that case, is started again, and what ran beside it is run again", AGAIN, async () => {
    await using driver = await start("good", 4);
    const slow = ["a", "b", "c"].map((model) =>
      scenario(model, { answers: json(completion({ content: TEXT }), { wait: 2500 }) }),
    );
    const verdicts = await judged(driver, [HANGS, ...slow, "d"], { jobs: 4 });
    expect(results(verdicts)).toEqual(["t/hang hang", "t/a pass", "t/b pass", "t/c pass", "t/d pass"]);
    expect(messages(verdicts)).toContain("no result within 400 ms");
    expect(driver.restarts).toBe(1);
  });

  it("hangs beside timed scenarios costs none of them its verdict", AGAIN, async () => {
    await using driver = await start("good", 4);
    const timed = [
      scenario("hang", { deadlineMs: 400, timing: true }),
      ...["a", "b", "c"].map((model) =>
        scenario(model, { timing: true, answers: json(completion({ content: TEXT }), { wait: 2500 }) }),
      ),
    ];
    const verdicts = await judged(driver, timed, { jobs: 4 });
    expect(results(verdicts)).toEqual(["t/hang hang", "t/a pass", "t/b pass", "t/c pass"]);
  });

  it("takes too long but ends when it is cancelled is a hang too, without a restart", AGAIN, async () => {
    await using driver = await start("obeys-cancel");
    const verdicts = await judged(driver, [HANGS, "a"]);
    expect(results(verdicts)).toEqual(["t/hang hang", "t/a pass"]);
    expect(driver.restarts).toBe(0);
  });

  it("is watched for a time only is no hang", AGAIN, async () => {
    await using driver = await start("obeys-cancel");
    const stopped = scenario("hang", { stopAfterMs: 1000, checks: [] });
    expect(results(await judged(driver, [stopped]))).toEqual(["t/hang pass"]);
  });

  it("crashes fails that case alone, with the end of its stderr", async () => {
    await using driver = await start("good", 4);
    const verdicts = await judged(driver, ["a", "crash", "b", "c"], { jobs: 4 });
    expect(results(verdicts)).toEqual(["t/a pass", "t/crash fail", "t/b pass", "t/c pass"]);
    expect(messages(verdicts)).toMatch(/process: .*exit code 139.*Segmentation fault, as it were/);
  });

  it("ends after each answer is started again for the next", async () => {
    await using driver = await start("good");
    const verdicts = await judged(driver, ["exit-after", "a", scenario("exit-after", { id: "t/2" }), "b"]);
    expect(results(verdicts)).toEqual(["t/exit-after pass", "t/a pass", "t/2 pass", "t/b pass"]);
    expect(driver.problems).toEqual([]);
  });

  it.each([
    ["garbage", /broke the protocol: a line begins with \{ and is not JSON: \{garbage/],
    ["wrong-type", /broke the protocol: \/result\/outcome\/events must be integer,null/],
    ["unknown-member", /broke the protocol: .*\(txt\)/],
    ["too-huge", /broke the protocol: a line is longer than 16 MiB/],
    ["unasked", /broke the protocol: a result for an unknown or finished run/],
    ["skips", /skip: skipped, although the client declares everything needed: not in the mood/],
    ["fails", /driver: the adapter failed: the client has no such method/],
  ])("answers with %s fails that case, and no other", async (model, expected) => {
    await using driver = await start("good");
    const verdicts = await judged(driver, [model, "a"]);
    expect(results(verdicts)).toEqual([`t/${model} fail`, "t/a pass"]);
    expect(messages(verdicts)).toMatch(expected);
  });

  it.each(["half-lines", "huge"])("answers with %s passes", async (model) => {
    await using driver = await start("good");
    expect(results(await judged(driver, [model]))).toEqual([`t/${model} pass`]);
  });

  it("answers twice is told of", async () => {
    await using driver = await start("good");
    const verdicts = await judged(driver, ["twice", "a"]);
    expect(results(verdicts)).toEqual(["t/twice pass", "t/a pass"]);
    expect(driver.problems).toEqual([expect.stringContaining("a result for an unknown or finished run")]);
  });

  it("prints its own log, and much of it to stderr, is heard all the same", async () => {
    const log: string[] = [];
    await using driver = await start("noisy", 1, { log });
    expect(results(await judged(driver, ["a"]))).toEqual(["t/a pass"]);
    expect(log.join("")).toContain("warning: { is not the first character here");
  });

  it.each([
    ["protocol-2", /speaks protocol 2, this gatetape speaks 1/],
    ["bad-hello", /\/hello\/operations must be array/],
    ["silent-exit", /ended with exit code 7/],
  ])("introduces itself as %s is none", async (mode, expected) => {
    await expect(start(mode)).rejects.toThrow(AdapterError);
    await expect(start(mode)).rejects.toThrow(expected);
  });

  it("is no program is none", async () => {
    const starting = adapterDriver({ command: ["/no/such/program"], runner: "test 0" });
    await expect(starting).rejects.toThrow(/there is no such program\n {2}fix: /);
  });

  it.each([
    ["forks", true],
    ["forks-away", existsSync("/proc/self/environ")],
  ])("%s leaves no child behind", async (behaviour, isFound) => {
    if (!isFound) return; // without Linux' /proc
    let pid = 0;
    {
      await using driver = await start("good");
      const forking = scenario(behaviour, {
        checks: [
          {
            ...text(""),
            test: ({ calls }) => {
              pid = Number(calls[0]?.outcome?.final?.text?.replace("pid ", ""));
              return [];
            },
          },
        ],
      });
      await judged(driver, [forking]);
      expect(isAlive(pid)).toBe(true);
    }
    await expect.poll(() => isAlive(pid), { timeout: HANG_MS }).toBe(false); // a killed process takes a moment
  });

  it("ignores bye and SIGTERM is ended after the 5 s that the protocol gives it", async () => {
    const driver = await start("deaf");
    expect(results(await judged(driver, ["a"]))).toEqual(["t/a pass"]);
    const started = performance.now();
    await driver[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeGreaterThan(4500);
  });

  it("takes few at once is started several times where more are wanted", async () => {
    await using driver = await start("good", 2, { jobs: 5 });
    expect(driver.concurrency).toBe(6);
    const models = Array.from({ length: 12 }, (_, i) => `m${i}`);
    expect(results(await judged(driver, models, { jobs: 5 }))).toEqual(
      models.map((model) => `t/${model} pass`),
    );
    expect(driver.restarts).toBe(0);
  });

  it("asks for a base URL without /v1 gets that", async () => {
    await using driver = await start("root");
    expect(driver.base).toBe("root");
    expect(results(await judged(driver, ["a"]))).toEqual(["t/a pass"]);
  });

  it("is asked in another environment gets a fresh process", async () => {
    await using driver = await start("env");
    await using fresh = (await driver.withEnvironment?.({ FAKE_VERSION: "9" })) ?? driver;
    expect([driver.client.version, fresh.client.version]).toEqual(["0", "9"]);
    const verdicts = await judged(driver, [scenario("a", { environment: { FAKE_VERSION: "9" } })]);
    expect(results(verdicts)).toEqual(["t/a pass"]);
  });
});
