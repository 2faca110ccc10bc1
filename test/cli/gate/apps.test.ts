/** Small apps with tests of their own, in three languages, as they are: the gate judges what their tests ask. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gateRun } from "./gate-run.ts";

interface App {
  readonly folder: string;
  readonly command: readonly string[];
  /** What its tests ask; counted in their source. */
  readonly wants: Readonly<Record<string, number>>;
  readonly there: boolean;
}

const has = (...command: string[]): boolean => spawnSync(command[0] ?? "", command.slice(1)).status === 0;
const once = { "chat.create": 1, "chat.stream": 1, "models.list": 1 };
const APPS: readonly App[] = [
  {
    folder: "node",
    command: [process.execPath, "--test"],
    wants: { ...once, "chat.create": 3 },
    there: true,
  },
  {
    folder: "python",
    command: ["python3", "-B", "-m", "unittest"],
    wants: once,
    there: has("python3", "--version"),
  },
  { folder: "go", command: ["go", "test", "-count=1", "./..."], wants: once, there: has("go", "version") },
];

describe("the tests of an app", () => {
  for (const { folder, command, wants, there } of APPS) {
    const cwd = join(import.meta.dirname, "apps", folder);
    if (!there) console.log(`left out: the app in ${folder} (${command[0]} is not on this machine)`);

    it.runIf(there)(`in ${folder} pass, and so does their traffic`, { timeout: 240_000 }, async () => {
      const { code, lines, verdicts, stderr } = await gateRun([], command, { cwd });
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(verdicts.filter(({ result }) => result !== "pass" && result !== "not-observable")).toEqual([]);
      const requested = lines.flatMap((line) =>
        "end" in line ? (line.end.traffic?.coverage.operations.requested ?? []) : [],
      );
      expect(Object.fromEntries(requested.map(({ operation, requests }) => [operation, requests]))).toEqual(
        wants,
      );
    });

    it.runIf(there)(`in ${folder} fail by their base URL`, { timeout: 240_000 }, async () => {
      const { code, verdicts } = await gateRun(["--env", "OPENAI_BASE_URL={base}/v1"], command, { cwd });
      expect(code).toBe(1);
      // The tests say so too; the gate says why.
      const failed = verdicts.filter(({ result }) => result === "fail").map(({ scenario }) => scenario);
      expect(failed).toEqual(["command/exit", "path/joining"]);
    });
  }
});
