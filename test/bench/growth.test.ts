import { describe, expect, it } from "vitest";
import { type Sample, grown } from "../../bench/soak/growth.ts";

const CALM: Sample = { atSeconds: 0, rssMib: 80, descriptors: 20 };

/** Samples of a run, memory and descriptors as functions of the time from 0 to 1. */
function run(rss: (at: number) => number, descriptors: (at: number) => number = () => 60): Sample[] {
  return Array.from({ length: 90 }, (_, i) => ({
    atSeconds: i,
    rssMib: rss(i / 89),
    descriptors: Math.round(descriptors(i / 89)),
  }));
}

describe("the rule of the soak", () => {
  it("takes caches that fill in the first third, and garbage that comes and goes", () => {
    const rss = (at: number): number => 80 + 100 * Math.min(1, at * 4) + 5 * Math.sin(at * 200);
    expect(grown({ samples: run(rss), before: CALM, after: CALM })).toEqual([]);
  });

  it("finds memory that goes on growing", () => {
    expect(grown({ samples: run((at) => 100 + 200 * at), before: CALM, after: CALM })).toEqual([
      expect.stringContaining("memory: 267 MiB in the last third, 200 in the second"),
    ]);
  });

  it("finds descriptors that stay open, and those that become more", () => {
    const after = { ...CALM, descriptors: 30 };
    expect(grown({ samples: run(() => 100), before: CALM, after })).toEqual([
      "descriptors: 30 after the traffic, 20 before it",
    ]);
    const more = run(
      () => 100,
      (at) => 20 + 400 * at,
    );
    expect(grown({ samples: more, before: CALM, after: CALM })).toEqual([
      expect.stringContaining("in the last third"),
    ]);
  });

  it("fails a run whose figures could not be read", () => {
    const samples = run(() => Number.NaN);
    expect(grown({ samples, before: CALM, after: CALM })).not.toEqual([]);
  });
});
