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
