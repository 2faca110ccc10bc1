/** The thread for requests that take long: it is there while it has work, and no longer. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { ready, serveProcess } from "../support/cli.ts";
import { HANG_MS } from "../support/limits.ts";

/** Linux shows the threads of a process, and Node names them from version 24 on. */
const canTest = existsSync("/proc/self/task") && Number.parseInt(process.versions.node, 10) >= 24;
if (!canTest) console.log("left out: the threads of a mock are found by Linux's /proc and Node 24");

function workersOf(pid: number): number {
  const names = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/comm`, "utf8").trim(),
  );
  return names.filter((name) => name === "WorkerThread").length;
}

it.runIf(canTest)(
  "is there from the first large request on, and ends when it has nothing to do",
  async () => {
    const mock = serveProcess(["mock", "--port", "0", "--json", "--quiet"]);
    try {
      const { base } = await ready(mock);
      const pid = mock.child.pid ?? 0;
      const ask = async (bytes: number): Promise<number> => {
        const messages = [{ role: "user", content: "x".repeat(bytes) }];
        const answer = await fetch(`${base}/chat/completions`, {
          method: "POST",
          headers: { authorization: "Bearer x", "content-type": "application/json" },
          body: JSON.stringify({ model: "qwen3-coder", messages }),
        });
        await answer.text();
        return answer.status;
      };
      expect([await ask(60 * 1024), workersOf(pid)]).toEqual([200, 0]);
      expect([await ask(64 * 1024), workersOf(pid)]).toEqual([200, 1]);
      await expect.poll(() => workersOf(pid), { timeout: HANG_MS }).toBe(0);
      // Another one starts it again.
      expect([await ask(64 * 1024), workersOf(pid)]).toEqual([200, 1]);
    } finally {
      await mock.stop();
    }
  },
);
