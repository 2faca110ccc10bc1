/** Whatever ends the gate, nothing that it has started lives on. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isAlive } from "../../support/alive.ts";
import { HANG_MS } from "../../support/limits.ts";
import { temporaryFolder } from "../../support/tmp.ts";
import { gateRun, readRecord } from "./gate-run.ts";
import { endedBy, startStubborn } from "./start-stubborn.ts";
import { MAIN } from "../../support/main.ts";

const hasProc = existsSync("/proc/self/environ");
if (!hasProc) console.log("left out: processes that leave their group are found by Linux' /proc alone");

const folder = temporaryFolder("endings");

describe.runIf(hasProc).concurrent("a command that ignores signals, and what it has started,", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends after %s of the gate", async (signal) => {
    const { gate, pids } = await startStubborn(join(folder, signal));
    expect(pids).toHaveLength(5);
    expect(pids.every(isAlive)).toBe(true);
    gate.kill(signal);
    expect(await endedBy(gate)).toEqual({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("ends after the gate was killed", async (test) => {
    const { gate, pids } = await startStubborn(join(folder, "SIGKILL"));
    expect(pids).toHaveLength(5);
    gate.kill("SIGKILL");
    await endedBy(gate);
    await test.expect.poll(() => pids.filter(isAlive), { timeout: HANG_MS }).toEqual([]);
  });

  it("ends after the gate's whole group was killed", async (test) => {
    const { gate, pids } = await startStubborn(join(folder, "group"), true);
    expect(pids).toHaveLength(5);
    process.kill(-(gate.pid ?? 0), "SIGKILL");
    await endedBy(gate);
    await test.expect.poll(() => pids.filter(isAlive), { timeout: HANG_MS }).toEqual([]);
  });
});

describe.runIf(hasProc).concurrent("a process that has left the group", () => {
  it("is found when the command ends, and ended before it can ask anything more", async () => {
    const file = join(folder, "left");
    const later = `writeFileSync(${JSON.stringify(file)}, String(process.pid));
      setInterval(() => fetch(process.env.OPENAI_BASE_URL + "/late"), 1500);`;
    const script = `
      import { spawn } from "node:child_process";
      import { existsSync } from "node:fs";
      import { setTimeout as sleep } from "node:timers/promises";
      await fetch(process.env.OPENAI_BASE_URL + "/models").then((r) => r.text());
      const args = ["--input-type=module", "-e", ${JSON.stringify(`import { writeFileSync } from "node:fs"; ${later}`)}];
      spawn(process.execPath, args, { detached: true, stdio: "ignore" }).unref();
      while (!existsSync(${JSON.stringify(file)})) await sleep(20);`;
    const { verdicts, requests } = await gateRun([], [process.execPath, "--input-type=module", "-e", script]);
    expect(verdicts.find(({ scenario }) => scenario === "command/children")).toMatchObject({
      result: "tolerated",
      findings: [{ message: expect.stringContaining("were still there after it had ended") as string }],
    });
    expect(requests).toBe(1);
    expect(isAlive(Number(readFileSync(file, "utf8")))).toBe(false);
  });

  it("is not mistaken for one of another gate", async () => {
    const other = join(folder, "other");
    const { gate, pids } = await startStubborn(other);
    await gateRun([], [process.execPath, "-e", ""]);
    expect(pids.every(isAlive)).toBe(true);
    gate.kill("SIGINT");
    await endedBy(gate);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("is ended if it was started by a gate within the gate, and that was killed", async (test) => {
    const file = join(folder, "inner");
    writeFileSync(file, "");
    const stubborn = new URL("stubborn.ts", import.meta.url).pathname;
    const inner = [process.execPath, MAIN, "gate", "--", process.execPath, stubborn, file];
    const script = `
      const { spawn } = require("node:child_process");
      const [program, ...args] = ${JSON.stringify(inner)};
      const gate = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
      gate.stdout.on("data", (bytes) => bytes.includes("up") && gate.kill("SIGKILL"));`;
    const { lines } = await gateRun([], [process.execPath, "-e", script]);
    expect(lines.length).toBeGreaterThan(0);
    const pids = readFileSync(file, "utf8").trim().split("\n").map(Number);
    expect(pids).toHaveLength(4);
    await test.expect.poll(() => pids.filter(isAlive), { timeout: HANG_MS }).toEqual([]);
  });
});

it("no watchdog stays behind", async () => {
  const gate = spawn(process.execPath, [MAIN, "gate", "--json", "--", process.execPath, "-e", ASK], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const record = await outputOf(gate);
  const [said] = /watchdog (\d+)/.exec(readFileSync(join(folder, "watchdog"), "utf8"))?.slice(1) ?? [];
  expect(readRecord(record).verdicts.length).toBeGreaterThan(0);
  await expect.poll(() => isAlive(Number(said)), { timeout: HANG_MS }).toBe(false);
});

/** Notes the pid of the gate's watchdog: that child of the command's parent which is not the command. */
const ASK = `
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const children = readdirSync("/proc/" + process.ppid + "/task").flatMap((task) =>
  readFileSync("/proc/" + process.ppid + "/task/" + task + "/children", "utf8").trim().split(" "));
const watchdog = children.find((pid) => pid && readFileSync("/proc/" + pid + "/cmdline", "utf8").includes("watchdog"));
writeFileSync(${JSON.stringify(join(folder, "watchdog"))}, "watchdog " + watchdog);`;

async function outputOf(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.on("data", (bytes: Buffer) => (text += bytes.toString()));
  await endedBy(child);
  return text;
}
