/**
 * Random operations in many sessions at once, each answer compared with a small model of a gateway: nothing contradicts an answer
 * that came before.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { scaled } from "../../support/scaled.ts";
import { GatewayClient } from "./model/client.ts";
import { type Clock, OPERATIONS, SESSIONS, allCommands, audit, makeModels } from "./model/commands.ts";
import { modelWorld } from "./model/world.ts";

const REQUESTS = scaled(10_000);
/** Half a second past, so that the database rounds up. */
const START = 1_800_000_000_600;

function start(clock: Clock, stateBytes?: number): Promise<RunningMock> {
  return startMock({
    world: modelWorld,
    cassettes: [],
    speed: Infinity,
    now: () => clock.now,
    respond: ({ operation }) => (operation.startsWith("chat") ? "Hello" : undefined),
    ...(stateBytes === undefined ? {} : { stateBytes }),
  });
}

async function bytesUsed(mock: RunningMock): Promise<{ used: number; max: number }> {
  const response = await fetch(`${mock.url}/__gatetape/state`);
  return ((await response.json()) as { bytes: { used: number; max: number } }).bytes;
}

interface Played {
  readonly sent: number;
  /** Requests that were refused for want of room. */
  readonly full: number;
}

/** Plays random commands. @param answers counts answers by operation and status */
async function play(seed: number, answers: Map<string, number>, stateBytes?: number): Promise<Played> {
  const counts = { sent: 0, full: 0 };
  const commands = fc.commands(allCommands(), { maxCommands: REQUESTS, size: "max" });
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const clock = { now: START };
      await using mock = await start(clock, stateBytes);
      const real = { client: new GatewayClient(mock.port), clock, full: 0, answers };
      const models = makeModels(START);
      await fc.asyncModelRun(() => ({ model: models, real }), list);
      await audit(models, real);
      const { used, max } = await bytesUsed(mock);
      expect(used).toBeLessThanOrEqual(max + 1_000_000);
      for (const name of models.keys())
        await fetch(`${mock.url}/__gatetape/state?session=${name}`, { method: "DELETE" });
      expect((await bytesUsed(mock)).used).toBe(0);
      counts.sent += real.client.sent;
      counts.full += real.full;
    }),
    { seed, numRuns: 1, endOnFailure: process.env["MODEL_SHRINK"] !== "1" },
  );
  return counts;
}

describe("a gateway's state", () => {
  it(`contradicts no earlier answer in ${SESSIONS} sessions`, { timeout: 600_000 }, async () => {
    const answers = new Map<string, number>();
    const total = (): number => [...answers.values()].reduce((sum, count) => sum + count, 0);
    for (let seed = Number(process.env["MODEL_SEED"] ?? 1); total() < REQUESTS; seed++)
      await play(seed, answers);
    console.log(`${total()} requests in ${SESSIONS} sessions: ${answers.size} kinds of answers`);
    const successful = [...answers.keys()].flatMap((kind) => /^(\w+) 2/.exec(kind)?.[1] ?? []);
    expect([...new Set(successful)].toSorted()).toEqual(OPERATIONS.map(([name]) => name).toSorted());
    for (const status of [400, 401, 403, 404, 409, 422, 429])
      expect([...answers.keys()].join(), `no ${status} at all`).toContain(` ${status}`);
  });

  it("contradicts none where there is room for little", { timeout: 600_000 }, async () => {
    const { sent, full } = await play(5, new Map(), 60_000);
    console.log(`${full} of ${sent} requests were refused for want of room`);
    expect(full).toBeGreaterThan(0);
  });
});
