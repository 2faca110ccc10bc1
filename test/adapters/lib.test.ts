/** adapters/lib: only what the client's call raises is the client's error. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { adapterDriver } from "../../src/suites/client/adapter/driver.ts";
import type { ClientOperation } from "../../src/suites/model/driver.ts";
import type { Outcome } from "../../src/suites/model/outcome.ts";

const file = (name: string): string => new URL(name, import.meta.url).pathname;
const PYTHON = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status === 0;

describe.each([
  ["TypeScript", true, [process.execPath, file("faulty.ts")]],
  ["Python", PYTHON, ["python3", file("faulty.py")]],
] as const)("the library for %s", (language, present, command) => {
  async function call(operation: ClientOperation, model: string): Promise<Outcome> {
    await using driver = await adapterDriver({ command, runner: "test 0" });
    const run = {
      id: "1",
      operation,
      baseUrl: "",
      apiKey: "",
      params: { model },
      control: {},
      deadlineMs: 9000,
    };
    return await driver.run(run, new AbortController().signal);
  }

  it.each(["chat.create", "chat.stream"] as const)(
    "tells the client's errors from its own in %s",
    async (operation) => {
      if (!present) return console.log(`${language}: left out, it is not here`);
      expect((await call(operation, "good")).final?.text).toBe("Hello");
      const raised = await call(operation, "client");
      expect(raised.error).toMatchObject({ kind: "decode", message: "the client can't read it" });
      expect(raised.final?.text ?? null).toBe(operation === "chat.stream" ? "Hel" : null);
      await expect(call(operation, "own")).rejects.toThrow(/^the adapter failed: /);
    },
  );

  it("surfaces nothing of an answer that is no object, and raises nothing", async () => {
    if (!present) return console.log(`${language}: left out, it is not here`);
    const outcome = await call("chat.create", "text");
    expect([outcome.error, outcome.final?.text]).toEqual([null, null]);
  });
});
