/** Commands that fail, hang, fork, ignore signals, or never call: what the gate makes of each, and what is left of them. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../../src/suites/model/verdict.ts";
import { isAlive } from "../../support/alive.ts";
import { gatetape } from "../../support/cli.ts";
import { gateRun, readRecord } from "./gate-run.ts";
import { MAIN } from "../../support/main.ts";

const hasCurl = existsSync("/usr/bin/curl") || existsSync("/bin/curl") || existsSync("/usr/local/bin/curl");
if (!hasCurl) console.log("left out: the gate around curl (no curl on this machine)");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-commands-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lists models once, by the environment; then the rest of the script. */
const ASK = `
const headers = { authorization: "Bearer " + process.env.OPENAI_API_KEY };
const ask = () => fetch(process.env.OPENAI_BASE_URL + "/models", { headers }).then((r) => r.text());
await ask();
`;
const node = (script: string): string[] => [process.execPath, "--input-type=module", "-e", script];
const resultOf = (verdicts: readonly Verdict[], id: string): string | undefined =>
  verdicts.find(({ scenario }) => scenario === id)?.result;

describe.concurrent("a command", () => {
  it("that asks once and ends passes", async () => {
    const { code, verdicts, requests } = await gateRun([], node(ASK));
    expect({ code, requests }).toEqual({ code: 0, requests: 1 });
    expect(resultOf(verdicts, "command/traffic")).toBe("pass");
    expect(resultOf(verdicts, "command/ends")).toBe("pass");
  });

  it.runIf(hasCurl)("that is curl passes, by placeholders in its arguments", async () => {
    const { code, stdout, stderr } = await gatetape([
      "gate",
      "--",
      "curl",
      "-sS",
      "{base}/models",
      "-H",
      "Authorization: Bearer {key}",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ object: "list" });
    expect(stderr).toMatch(/^1 request: models\.list 1 \(1 of OGL's \d+ operations\)$/m);
  });

  it.runIf(hasCurl)("that is curl without a key fails for that", async () => {
    const { code, verdicts } = await gateRun([], ["curl", "-sS", "{url}/v1/models"]);
    expect(code).toBe(1);
    expect(verdicts.filter(({ result }) => result === "fail").map(({ scenario }) => scenario)).toEqual([
      "auth/header",
    ]);
  });

  it("that fails is told apart from what its traffic shows", async () => {
    const { code, stderr } = await gatetape(["gate", "--", ...node(`${ASK} process.exit(9)`)]);
    expect(code).toBe(1);
    expect(stderr).toContain("the command itself failed: it ended with exit code 9\n");
    expect(stderr).toMatch(/^31 checks: 1 fail, /m);
  });

  it("that a signal ends is named by it", async () => {
    const { verdicts, code } = await gateRun([], node(`${ASK} process.kill(process.pid, "SIGKILL")`));
    expect(code).toBe(1);
    expect(verdicts.find(({ scenario }) => scenario === "command/exit")?.findings[0]?.message).toContain(
      "by SIGKILL",
    );
  });

  it("that never calls fails, with a hint", async () => {
    const { code, stderr } = await gatetape(["gate", "--", ...node("")]);
    expect(code).toBe(1);
    expect(stderr).toContain("no request came; does the command read OPENAI_BASE_URL");
  });

  it("that is not there is wrong usage", async () => {
    const { code, stderr } = await gatetape(["gate", "--", "no-such-program-at-all"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "gatetape: can't run no-such-program-at-all: there is no such program\n" +
        "  fix: give a program and its arguments after --; for a line of shell: gatetape gate -- sh -c 'one && two'\n",
    });
  });

  it("that may not be executed is wrong usage", async () => {
    const { code, stderr } = await gatetape(["gate", "--", folder]);
    expect(code).toBe(2);
    expect(stderr).toContain(`can't run ${folder}: it is no program, or may not be executed\n  fix: `);
  });

  it("that hangs is ended at the deadline, and what it waited for is named", async () => {
    const script = `${ASK}
      await fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content: "x" }], stream: true }) }).then((r) => r.text());`;
    const { code, verdicts } = await gateRun(
      ["--deadline", "10", "--fault", "chat.stream=stall@2"],
      node(script),
    );
    expect(code).toBe(1);
    const verdict = verdicts.find(({ scenario }) => scenario === "command/ends");
    expect(verdict?.result).toBe("hang");
    expect(verdict?.findings[0]?.message).toMatch(
      /^the command had not ended after 10\.\d s; still open: POST \/v1\/chat\/completions$/,
    );
    expect(resultOf(verdicts, "command/exit")).toBe("not-observable");
  });

  it("that ignores SIGTERM is killed, with what it has forked", async () => {
    const file = join(folder, "pids");
    const script = `
      import { spawn } from "node:child_process";
      import { writeFileSync } from "node:fs";
      process.on("SIGTERM", () => {});
      const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: "ignore" });
      writeFileSync(${JSON.stringify(file)}, JSON.stringify([process.pid, child.pid]));
      ${ASK}
      setInterval(() => {}, 1000);`;
    const { code, verdicts } = await gateRun(["--deadline", "10"], node(script));
    expect(code).toBe(1);
    expect(resultOf(verdicts, "command/ends")).toBe("hang");
    const pids = JSON.parse(readFileSync(file, "utf8")) as number[];
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("that leaves a child behind, which holds its stdout, is not waited for", async () => {
    const file = join(folder, "child");
    const script = `
      import { spawn } from "node:child_process";
      import { writeFileSync } from "node:fs";
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
      writeFileSync(${JSON.stringify(file)}, String(child.pid));
      child.unref();
      ${ASK}`;
    const { code, verdicts } = await gateRun(
      ["--expect-stdout-token", "x", "--level", "command/output=off"],
      node(script),
    );
    expect(code).toBe(0);
    expect(resultOf(verdicts, "command/children")).toBe("tolerated");
    expect(isAlive(Number(readFileSync(file, "utf8")))).toBe(false);
  });

  it.runIf(existsSync("/proc/self/stat"))("leads a process group of its own", async () => {
    const script = `
      import { readFileSync } from "node:fs";
      const [, , group] = readFileSync("/proc/self/stat", "latin1").split(") ")[1].split(" ");
      console.log(JSON.stringify([process.pid, Number(group)]));`;
    const { stdout } = await gatetape(["gate", "--", ...node(script)]);
    const [pid, group] = JSON.parse(stdout) as number[];
    expect([group, group === process.pid]).toEqual([pid, false]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "gets %s passed on, and the gate ends as it ended",
    async (signal) => {
      const script = `${ASK}
      process.on(${JSON.stringify(signal)}, () => { console.error("told: ${signal}"); process.exit(0); });
      console.error("ready"); setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, [MAIN, "gate", "--json", "--", ...node(script)], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
      child.stderr.on("data", (bytes: Buffer) => {
        const before = stderr;
        stderr += bytes.toString();
        if (!before.includes("ready") && stderr.includes("ready")) child.kill(signal);
      });
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect(stderr).toContain(`told: ${signal}`);
      expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      expect(readRecord(stdout).requests).toBe(1);
    },
  );

  it("has the documented variables, and those that were asked for", async () => {
    const names = [
      "OPENAI_BASE_URL",
      "OPENAI_API_BASE",
      "OPENAI_API_KEY",
      "OGL_URL",
      "OGL_TOKEN",
      "OGL_API_KEY",
      "OGL_TEST_URL",
      "OGL_TEST_TOKEN",
      "NO_PROXY",
      "MINE",
    ];
    const script = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name])))`;
    const { stdout } = await gatetape([
      "gate",
      "--key",
      "sk-mine",
      "--env",
      "MINE={base}|{url}|{key}|{other}",
      "--",
      ...node(script),
    ]);
    const [base, apiBase, key, url, token, apiKey, testUrl, testToken, noProxy, mine] = JSON.parse(
      stdout,
    ) as string[];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect([base, apiBase, testUrl]).toEqual([`${url}/v1`, `${url}/v1`, url]);
    expect(new Set([key, token, apiKey, testToken])).toEqual(new Set(["sk-mine"]));
    expect(noProxy?.endsWith("127.0.0.1,localhost,::1")).toBe(true);
    expect(mine).toBe(`${url}/v1|${url}|sk-mine|{other}`);
  });

  it("has no shell between: a blank in an argument stays", async () => {
    const { stdout } = await gatetape([
      "gate",
      "--",
      ...node("console.log(JSON.stringify(process.argv.slice(1)))"),
      "a b",
      "$HOME",
    ]);
    expect(JSON.parse(stdout)).toEqual(["a b", "$HOME"]);
  });
});
