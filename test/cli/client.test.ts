/** `gatetape client`, `scenarios` and `report merge` as processes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ran, gatetape } from "../support/cli.ts";
import { MAIN } from "../support/main.ts";

const ADAPTER = new URL("../mutants/adapter.ts", import.meta.url).pathname;
/** A client that exposes the text of an answer, and nothing else. */
const FAKE = new URL("../suites/fake-adapter.ts", import.meta.url).pathname;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-client-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);

/** Judges the reference client, or a mutant of it. */
function client(options: readonly string[], ...mutant: readonly string[]): Promise<Ran> {
  return gatetape(["client", ...options, "--", process.execPath, ADAPTER, ...mutant], { cwd: folder });
}

describe("gatetape client", () => {
  it("ends with 0 for a client that is conformant, and says so in one line", async () => {
    const { code, stdout } = await client(["--only", "url/*", "--only", "tools/*", "--jobs", "8"]);
    expect(stdout).toMatch(/^reference 1\.0\.0: (\d+) scenarios in [\d.]+ s: \1 pass\n$/);
    expect(code).toBe(0);
  });

  it("ends with 1 for a finding, and shows the bytes and the command for just this one", async () => {
    const { code, stdout } = await client(["--only", "url/*", "--only", "sse/bom"], "bom-kept");
    expect(stdout).toContain("FAIL  sse/bom\n");
    expect(stdout).toContain("> POST /v1/chat/completions");
    expect(stdout).toMatch(/\d+ ms {3,}\d+ B {2}\S/);
    expect(stdout).toContain("why it matters: The first event");
    const command = /run only this: gatetape (.*)/.exec(stdout)?.[1] ?? "";
    expect(code).toBe(1);
    const again = await gatetape(command.split(" "), { cwd: folder });
    expect(again.stdout).toContain("1 scenario in");
    expect(again.code).toBe(1);
  });

  it("ends with 0 for warnings, unless --fail-on warn", async () => {
    const only = ["--only", "tools/same-index-different-id"];
    expect((await client(only, "glued-by-index")).code).toBe(0);
    expect((await client([...only, "--fail-on", "warn"], "glued-by-index")).code).toBe(1);
  });

  it("takes known failures, and fails where one is no longer true", async () => {
    writeFileSync(file("known.txt"), "sse/bom   # issue 7\n");
    const options = [
      "--only",
      "sse/*",
      "--skip",
      "*huge*",
      "--known-failures",
      file("known.txt"),
      "--jobs",
      "8",
    ];
    const held = await client(options, "bom-kept");
    expect(held.stdout).toContain("1 known");
    expect(held.code).toBe(0);
    const corrected = await client(options);
    expect(corrected.stdout).toContain("problem: ");
    expect(corrected.stdout).toContain("line 1: sse/bom passes now");
    expect(corrected.code).toBe(1);
  });

  it("writes every report, and shards of the record are put together again", async () => {
    const options = (i: number): string[] => [
      "--only=url/*",
      "--only=sse/bom",
      `--shard=${i}/2`,
      `--report=ndjson=${file(`${i}.ndjson`)}`,
      `--report=junit=${file(`${i}.xml`)}`,
    ];
    await Promise.all([client(options(1), "bom-kept"), client(options(2), "bom-kept")]);
    const merged = await gatetape([
      "report",
      "merge",
      file("1.ndjson"),
      file("2.ndjson"),
      `--report=json=${file("all.json")}`,
      "--report=markdown=-",
    ]);
    expect(merged.code).toBe(0);
    expect(merged.stdout).toContain("4 scenarios: 1 fail, 3 pass.");
    const { clients } = JSON.parse(readFileSync(file("all.json"), "utf8")) as {
      clients: { complete: boolean }[];
    };
    expect(clients).toMatchObject([{ complete: true, counts: { fail: 1, pass: 3 } }]);
    expect(readFileSync(file("1.xml"), "utf8")).toContain("<testsuites");
  });

  it("prints nothing but the record with --json", async () => {
    const { stdout } = await client(["--only", "sse/bom", "--json"], "bom-kept");
    const kinds = stdout
      .trimEnd()
      .split("\n")
      .map((line) => Object.keys(JSON.parse(line) as object)[0]);
    expect(kinds).toEqual(["run", "trace", "verdict", "end"]);
  });

  it.each([
    [["--only", "nope"], [process.execPath, ADAPTER], /no scenario matches nope/],
    [["--shard", "3/2"], [process.execPath, ADAPTER], /3\/2 is not a shard/],
    [["--report", "pdf=x"], [process.execPath, ADAPTER], /Use FORMAT=FILE with one of ndjson/],
    [["--report", "ndjson=/no/such/folder/x"], [process.execPath, ADAPTER], /can't be written/],
    [["--known-failures", "/no/such/file"], [process.execPath, ADAPTER], /can't be read/],
    [[], ["/no/such/program"], /there is no such program/],
    [[], ["cat"], /the command is not an adapter/],
    [[], [], /missing required argument/],
  ])("ends with 2 for %j -- %j", async (options, command, expected) => {
    const { code, stderr } = await gatetape(["client", ...options, "--", ...command]);
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });

  it("says how many passes say nothing of a part that the client does not expose", async () => {
    const { code, stdout } = await gatetape([
      "client",
      "--only=url/base-path-*",
      "--",
      process.execPath,
      FAKE,
    ]);
    expect(stdout).toMatch(
      /: 2 scenarios in [\d.]+ s: 2 pass\n {2}not exposed: finish-reason, in 2 passes\n/,
    );
    expect(code).toBe(0);
  });

  it("fails where more is skipped than --max-skips allows", async () => {
    const { code, stdout } = await gatetape([
      "client",
      "--only=sse/bom",
      "--max-skips=0",
      "--",
      process.execPath,
      FAKE,
    ]);
    expect(stdout).toContain("1 skipped: the client does not declare the operation chat.stream");
    expect(stdout).toContain("problem: 1 scenario skipped, more than the 0 that --max-skips allows");
    expect(code).toBe(1);
  });

  it("fails a client that declares nothing of what is needed, but not for a part of the scenarios", async () => {
    const badge = file("nothing.json");
    const options = ["client", "--only=embeddings/*", `--report=badge=${badge}`];
    const { code, stdout } = await gatetape([...options, "--", process.execPath, FAKE]);
    expect(stdout).toContain("4 skipped: the client does not declare the operation embeddings.create");
    expect(stdout).toContain("problem: nothing was judged");
    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(badge, "utf8"))).toMatchObject({ message: "1 failing", color: "red" });
    const part = await gatetape([...options, "--shard=1/2", "--", process.execPath, FAKE]);
    expect({ code: part.code, problem: part.stdout.includes("problem") }).toEqual({
      code: 0,
      problem: false,
    });
  });

  it("leaves a record that shows it, and no process, when it is interrupted", async () => {
    const args = ["client", "--only", "stream/stall*", "--report", `ndjson=${file("cut.ndjson")}`];
    const child = spawn(
      process.execPath,
      [MAIN, ...args, "--json", "--", process.execPath, ADAPTER, "no-idle-timeout"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    expect(readFileSync(file("cut.ndjson"), "utf8")).not.toContain('{"end"');
  });
});

describe("gatetape scenarios", () => {
  it("lists them", async () => {
    const { code, stdout } = await gatetape(["scenarios", "url/*"]);
    expect(stdout).toContain("1  must    url/base-path-joining    the base URL in its plain form\n");
    expect(stdout).toContain("3 scenarios: tier, level, id, what the server does\n");
    expect(code).toBe(0);
  });

  it("explains one: what is sent, what is checked, why, and where it was seen", async () => {
    const { stdout } = await gatetape(["scenarios", "stream/ogl-error-midway-unframed"]);
    expect(stdout).toContain("(MUST, tier 1, since 0.1.0)");
    expect(stdout).toContain('(no line end) {"detail": "Model is too busy');
    expect(stdout).toContain("MUST    raises an error or marks the result as incomplete");
    expect(stdout).toContain("etalab-ia/OpenGateLLM#690");
  });

  it("exports them as data", async () => {
    const { stdout } = await gatetape(["scenarios", "--json"]);
    const { scenarios } = JSON.parse(stdout) as { scenarios: { id: string; profiles: string[] }[] };
    expect(scenarios.length).toBeGreaterThan(100);
    expect(scenarios[0]).toMatchObject({ level: "must", tier: 1, answer: { head: { status: 200 } } });
  });

  it("names a profile's", async () => {
    expect((await gatetape(["scenarios", "--profile", "tier-1-2026"])).stdout).toContain("35 scenarios");
  });
});
