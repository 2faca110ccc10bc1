/** A machine that is late: its delays are measured, and are told apart from what a client does. */
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { gapAtLeast } from "../../src/suites/checks/index.ts";
import { watchLateness } from "../../src/suites/client/lateness/watch.ts";
import { runScenarios } from "../../src/suites/client/run.ts";
import { completion, json } from "../../src/suites/client/scenarios/scripts.ts";
import type { ClientRun, Driver } from "../../src/suites/model/driver.ts";
import type { Outcome } from "../../src/suites/model/outcome.ts";
import { defineScenario } from "../../src/suites/model/scenario.ts";
import { longestQueued } from "../../src/util/cpu-use.ts";
import { ProcessGroup } from "../../src/util/process-group.ts";

const HELD_MS = 600;

/** Stops all of this process without using its processor, as a machine does that is busy elsewhere. */
function hold(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe("the watch over lateness", () => {
  it("sees that the own event loop was held up, since then and not before", async () => {
    using watch = await watchLateness();
    const before = performance.now();
    await sleep(100);
    hold(HELD_MS);
    await sleep(100);
    const after = performance.now();
    expect(watch.since(before).longest).toBeGreaterThan(HELD_MS - 50);
    await sleep(100);
    expect(watch.since(after + 50).longest).toBeLessThan(watch.since(before).longest);
  });

  it("sees that another process was held up, while that lasts and afterwards", async (test) => {
    if (!existsSync("/proc/self/task")) test.skip("the control process is found by Linux' /proc");
    using watch = await watchLateness();
    const start = performance.now();
    const pid = controlPid();
    process.kill(pid, "SIGSTOP");
    await sleep(HELD_MS);
    const during = watch.since(start);
    process.kill(pid, "SIGCONT");
    await expect.poll(() => watch.since(start).total).toBeGreaterThan(HELD_MS - 150);
    expect(during.longest).toBeGreaterThan(HELD_MS - 150);
  });
});

function controlPid(): number {
  const children = readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8").trim().split(" "),
  );
  const found = children.find(
    (pid) => pid !== "" && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("lateness-control"),
  );
  if (found === undefined) throw new Error("there is no control process");
  return Number(found);
}

/** Tries again at once, and is held up or works meanwhile. */
function hasty(wait: (ms: number) => void, noted: string[]): Driver {
  const ask = async ({ baseUrl, params }: ClientRun): Promise<Outcome> => {
    noted.push("play");
    for (;;) {
      const response = await fetch(`${baseUrl}/chat/completions`, {
        method: "POST",
        body: JSON.stringify(params),
      });
      const body = (await response.json()) as { choices?: { message: { content: string } }[] };
      if (body.choices !== undefined) return { final: { text: body.choices[0]?.message.content ?? null } };
      await sleep(50);
      wait(HELD_MS);
    }
  };
  return {
    client: { name: "hasty", version: "1" },
    operations: ["chat.create"],
    capabilities: [],
    run: ask,
  };
}

describe("a client that tries again after a pause", () => {
  const scenario = defineScenario({
    id: "t/one",
    title: "",
    level: "must",
    tier: 1,
    why: "",
    evidence: [],
    call: { operation: "chat.create" },
    answers: [json({ detail: "busy" }, { status: 429 }), json(completion({ content: "x" }))],
    checks: [gapAtLeast(500)],
  });

  it("is played again where the machine was too late, and is then inconclusive, though it would be a pass", async () => {
    const plays: string[] = [];
    const [verdict] = await runScenarios(hasty(hold, plays), { scenarios: [scenario] });
    expect(verdict).toMatchObject({
      result: "inconclusive",
      findings: [],
      reason: expect.stringMatching(
        /^gap has a margin of \d+ ms, and the machine was up to \d{3} ms late$/,
      ) as unknown,
    });
    expect(plays).toHaveLength(3);
  });
});

describe("the CPU time of a group", () => {
  it("is that of all its processes", async (test) => {
    if (!existsSync("/proc/self/stat")) test.skip("it is read from Linux' /proc");
    const burn =
      "while (process.cpuUsage().user < 300_000); console.log('burnt'); setInterval(() => {}, 1000)";
    const parent = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(burn)}], { stdio: "inherit" })`;
    const group = new ProcessGroup({
      command: [process.execPath, "-e", parent],
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(group.child.stdout ?? process.stdin, "data");
      expect(group.cpuUse()?.used).toBeGreaterThan(280);
    } finally {
      group.signal("SIGKILL");
    }
  });

  it("knows how long they stood in the queue", async (test) => {
    if (!existsSync("/proc/self/schedstat")) test.skip("it is read from Linux' /proc");
    // Twice as many as there are processors: each has to wait as long as it runs.
    const burn =
      "while (process.cpuUsage().user < 300_000); console.log('burnt'); setInterval(() => {}, 1000)";
    const parent = `
      const { spawn } = require("node:child_process");
      for (let i = 0; i < 2 * require("node:os").availableParallelism(); i++)
        spawn(process.execPath, ["-e", ${JSON.stringify(burn)}], { stdio: "inherit" });`;
    const group = new ProcessGroup({
      command: [process.execPath, "-e", parent],
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const before = { used: 0, queued: new Map<number, number>() };
      await once(group.child.stdout ?? process.stdin, "data");
      const after = group.cpuUse();
      expect(longestQueued(before, after ?? before)).toBeGreaterThan(100);
    } finally {
      group.signal("SIGKILL");
    }
  });
});
