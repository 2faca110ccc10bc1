import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../src/cli/cli.ts";
import { gatetape, gatetapeProcess, ready, serve } from "../support/cli.ts";

const CHAT = resolve("cassettes/0.4.5/chat.cassette.json");
const folder = mkdtempSync(join(tmpdir(), "gatetape-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "empty.ndjson"), "");

describe("a command line says the same in its own process as in another's", () => {
  it.each([
    [["--version"], 0],
    [["--help"], 0],
    [["mock", "--help"], 0],
    [["mcok"], 2],
    [["scenarios", "stream/stall-midway"], 0],
    [["spec", "show", "chat.create"], 0],
    [["check", "no-such-file.ndjson"], 2],
    [["cassette", "lint", CHAT], 0],
    [["cassette", "show", CHAT], 0],
    [["report", "merge", "no-such-file.ndjson"], 2],
    [["init"], 2],
    [["gate", "--json", "--", "no-such-program"], 2],
  ] as const)("%j, exit code %i", async (args, code) => {
    const [here, there] = await Promise.all([
      gatetape(args, { cwd: folder }),
      gatetapeProcess(args, { cwd: folder }),
    ]);
    expect(there.code).toBe(code);
    expect(here.code).toBe(code);
    // In another folder than the process's own, messages have the whole path.
    const named = (text: string): string => text.replaceAll(`${folder}/`, "");
    expect({ stdout: named(here.stdout), stderr: named(here.stderr) }).toEqual({
      stdout: named(there.stdout),
      stderr: named(there.stderr),
    });
  });
});

describe("run", () => {
  it("serves two mocks at once, each with an output and an end of its own", async () => {
    const [one, two] = [serve(["mock", "--port", "0", "--json"]), serve(["mock", "--port", "0", "--json"])];
    const [first, second] = await Promise.all([ready(one), ready(two)]);
    expect(first.port).not.toBe(second.port);
    expect(await one.stop()).toBe(0);
    await expect(fetch(`${first.base}/models`)).rejects.toThrow("fetch failed");
    expect((await fetch(`${second.base}/models`, { headers: { authorization: "Bearer x" } })).status).toBe(
      200,
    );
    expect(await two.stop()).toBe(0);
    expect([one.lines.length, two.lines.length]).toEqual([1, 2]);
  });

  it("ends at once if it was told to end before it began, and leaves no listener", async () => {
    const listeners = (): number => process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
    const before = listeners();
    const ignored = new Writable({ write: (_bytes, _encoding, done) => done() });
    const code = await run(["node", "gatetape", "mock", "--port", "0"], {
      stdin: Readable.from([]),
      stdout: ignored,
      stderr: ignored,
      env: {},
      cwd: folder,
      signal: AbortSignal.abort("SIGTERM"),
    });
    expect(code).toBe(0);
    expect(listeners()).toBe(before);
  });
});
