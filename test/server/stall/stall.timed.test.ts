/** Requests that cost much: others are answered meanwhile, and none ends in a failure of the mock's own. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedProcess, ready, serveProcess } from "../../support/cli.ts";
import { HANG_MS } from "../../support/limits.ts";
import { AGAIN } from "../../support/repeated.ts";
import { FULL, scaledCases } from "../../support/scaled.ts";
import { type Server, attack, isRight, warmUp } from "./attack.ts";
import { NASTY, SLOW } from "./nasty.ts";

/** Longest time (ms) that a request may keep others waiting, on a machine with nothing else to do. */
const MAX_STALL = 250;

let mock: ServedProcess;
let server: Server;

beforeAll(async () => {
  mock = serveProcess(["mock", "--port", "0", "--json", "--quiet", "--speed", "instant"]);
  server = { port: (await ready(mock)).port, pid: mock.child.pid ?? 0 };
  await warmUp(server);
});
afterAll(() => mock.stop("SIGKILL"));

describe("others are answered during", () => {
  const quick = NASTY.filter(({ name }) => !SLOW.has(name));
  it.each(
    (FULL ? NASTY : scaledCases(quick, ({ name }) => name.split(" ")[0] ?? "")).map(
      (nasty) => [nasty.name, nasty] as const,
    ),
  )("%s", AGAIN, async (_, nasty) => {
    const effect = await attack(server, nasty, HANG_MS);
    expect([effect.status, effect.text, isRight(nasty, effect)]).toEqual([effect.status, effect.text, true]);
    // The processor time is the same on a busy machine, but only Linux tells it.
    expect(existsSync("/proc/self/schedstat") ? effect.stall : effect.waited).toBeLessThan(MAX_STALL);
  });
});
