/** What a mock remembers beside its tables is bounded, too. */
import { describe, expect, it } from "vitest";
import { WorldState } from "../../../src/ogl/state/state.ts";
import { FixedWindows } from "../../../src/ogl/state/windows.ts";

describe("windows of limits", () => {
  it("are forgotten when they are over, and then the oldest first", () => {
    let now = 0;
    const windows = new FixedWindows(() => now);
    windows.hit("over", 1, 1000);
    now = 2000;
    for (let i = 0; i < 9999; i++) windows.hit(`key ${i}`, 1, 60_000);
    // The one that is over makes room for this one, and none that is not has to.
    windows.hit("last", 1, 60_000);
    expect(windows.hit("key 0", 1, 60_000)).toBe(false);
    windows.hit("one more", 1, 60_000);
    expect(windows.hit("last", 1, 60_000)).toBe(false);
    expect(windows.hit("key 0", 1, 60_000)).toBe(true);
  });
});

describe("uses of models", () => {
  const use = { user: 1, model: "m", key: null, endpoint: "/v1/chat/completions", created: 0 };
  const row = { ...use, latency: 0, ttft: null, prompt: 1, completion: 1, cost: 0 };

  it("are forgotten in the sessions that were used first", () => {
    const state = new WorldState(() => ({ models: [] }));
    const fill = (name: string): void => {
      for (let i = 0; i < 1000; i++) state.recordUse(name, row);
    };
    for (let i = 0; i <= 200; i++) fill(`session ${i}`);
    const left = (i: number): number => state.session(`session ${i}`).usage.length;
    expect([left(0), left(90), left(200)]).toEqual([0, 0, 1000]);
    expect(left(199)).toBe(1000);
    // A session that is reset makes room.
    for (let i = 110; i < 200; i++) state.reset(`session ${i}`);
    for (let i = 300; i < 480; i++) fill(`session ${i}`);
    expect(left(300)).toBe(1000);
  });
});

describe("sessions", () => {
  it("are forgotten beyond 10,000, the least recently used first, with their memory", () => {
    const state = new WorldState(() => ({ models: [] }));
    const organization = { name: "o", created: 0, updated: 0 };
    const fill = (name: string): void =>
      void state.session(name).db.organizations.put({ id: 1, ...organization });
    for (let i = 0; i < 10_000; i++) fill(`session ${i}`);
    const { used } = state.bytes;
    state.session("session 0");
    fill("one more");
    expect(state.bytes.used).toBe(used);
    expect(state.session("session 0").db.organizations.size).toBe(1);
    expect(state.session("session 1").db.organizations.size).toBe(0);
  });
});

describe("the memory of a table", () => {
  it("is that of the rows that a session has written, and none when it is given up", () => {
    const state = new WorldState(() => ({ models: [{ id: "m", type: "text-generation" }] }));
    const { db } = state.session("a");
    const row = db.routers.get(1);
    if (row === undefined) throw new Error("no router");
    db.routers.put({ ...row, name: "n".repeat(1000) });
    const long = state.bytes.used;
    expect(long).toBeGreaterThan(1000);
    db.routers.amend({ ...row, name: "n" });
    expect(state.bytes.used).toBeLessThan(long - 1000);
    // A row of the world is not the session's own.
    db.providers.remove(1);
    db.routers.remove(1);
    expect(state.bytes.used).toBeGreaterThanOrEqual(0);
    expect(state.bytes.used).toBeLessThan(500);
    state.reset("a");
    expect(state.bytes.used).toBe(0);
  });
});
