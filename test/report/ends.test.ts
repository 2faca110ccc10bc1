/** Runs that end otherwise than by their verdicts: the reports fail as the exit code does, and say why. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gatetape, serveProcess } from "../support/cli.ts";
import { temporaryFolder } from "../support/tmp.ts";

const ADAPTER = new URL("../mutants/adapter.ts", import.meta.url).pathname;
const folder = temporaryFolder("ends");

/** Flags for a report in each format, in files of that name. */
const reports = (name: string): string[] =>
  ["junit", "github", "badge", "ndjson"].map(
    (format) => `--report=${format}=${join(folder, name)}.${format}`,
  );

function read(name: string): Record<"junit" | "github" | "badge" | "ndjson", string> {
  const text = (format: string): string => readFileSync(`${join(folder, name)}.${format}`, "utf8");
  return { junit: text("junit"), github: text("github"), badge: text("badge"), ndjson: text("ndjson") };
}

describe.concurrent("the reports of a gate", () => {
  it("fail with exit code 3 where gatetape failed, and so does the text", async () => {
    const config = join(folder, "gatetape.config.mjs");
    writeFileSync(config, 'export default { mock: { respond() { throw new Error("a slip"); } } };');
    const script = `
      const headers = { authorization: "Bearer " + process.env.OPENAI_API_KEY, "content-type": "application/json" };
      const body = JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content: "unrecorded" }] });
      await fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", headers, body });`;
    const { code, stderr } = await gatetape([
      "gate",
      "--config",
      config,
      ...reports("failed"),
      "--",
      process.execPath,
      "--input-type=module",
      "-e",
      script,
    ]);
    expect(code).toBe(3);
    const why = "gatetape failed on 1 request: Error: a slip";
    expect(stderr).toContain(`problem: ${why}\n`);
    const { junit, github, badge, ndjson } = read("failed");
    expect(junit).toContain(`<failure type="problem" message="${why}">`);
    expect(github).toMatch(/^::error title=.*::gatetape failed on 1 request: Error: a slip$/m);
    expect(JSON.parse(badge)).toMatchObject({ message: "1 failing", color: "red" });
    expect(ndjson).toContain('"exitCode":3,');
  });

  it("fail with exit code 128+n after a signal, even if the command ended with 0", async () => {
    const script =
      'process.on("SIGINT", () => process.exit(0)); console.log("up"); setInterval(() => {}, 1000)';
    const gate = serveProcess([
      "gate",
      "--quiet",
      "--level=command/traffic=off",
      ...reports("stopped"),
      "--",
      process.execPath,
      "-e",
      script,
    ]);
    await gate.line((line) => line === "up");
    expect(await gate.stop("SIGINT")).toBe(130);
    const { junit, github, badge, ndjson } = read("stopped");
    expect(junit).toContain('failures="1"');
    expect(github).toMatch(/^::error title=.*::interrupted by SIGINT$/m);
    expect(JSON.parse(badge)).toMatchObject({ message: "1 failing", color: "red" });
    expect(ndjson).toContain('"exitCode":130,');
  });
});

describe.concurrent("the reports of a client", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("fail where %s cut the run short", async (signal, status) => {
    const only = ["--only=stream/stall-midway", "--json"];
    const command = [process.execPath, ADAPTER, "no-idle-timeout"];
    const client = serveProcess(["client", ...only, ...reports(signal), "--", ...command]);
    await client.line((line) => line.startsWith('{"run"'));
    expect(await client.stop(signal)).toBe(status);
    const { junit, github, badge, ndjson } = read(signal);
    const why = "the run was cut short: verdicts are missing";
    expect(junit).toContain(`<failure type="problem" message="${why}">`);
    expect(github).toMatch(new RegExp(`^::error title=.*::${why}$`, "m"));
    expect(JSON.parse(badge)).toMatchObject({ message: "incomplete", color: "lightgrey" });
    expect(ndjson).not.toContain('{"end"');
  });
});
