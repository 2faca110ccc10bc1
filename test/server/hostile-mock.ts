/**
 * A mock in a process of its own, to be looked at from outside. Started with `--expose-gc`, the cassette's path and, to
 * send every request through the Hono app, `--no-direct`; says `{port}`, and answers each message with what it holds: "settled" once its garbage is gone, "held" as it is.
 */
import { readFileSync } from "node:fs";
import { startMock } from "../../src/mock/mock.ts";

/** What the process holds. */
export interface Held {
  readonly sockets: number;
  readonly timers: number;
  readonly rssMib: number;
}

const [cassette = "", outlet] = process.argv.slice(2);
const direct = outlet !== "--no-direct";
const mock = await startMock({ cassettes: [cassette], world: "off", policy: "observe", direct });
process.on("message", (message) => {
  if (message === "settled") globalThis.gc?.();
  const resources = process.getActiveResourcesInfo();
  const of = (name: string): number => resources.filter((one) => one === name).length;
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  const held: Held = { sockets: of("TCPSocketWrap"), timers: of("Timeout"), rssMib: Number(kib) / 1024 };
  process.send?.(held);
});
process.on("disconnect", () => void mock.close());
process.send?.({ port: mock.port });
