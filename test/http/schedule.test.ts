import { describe, expect, it } from "vitest";
import { Schedule } from "../../src/http/schedule.ts";
import { type Op, writesOf } from "../../src/http/script.ts";

const write = (text: string): Op => ({ op: "write", bytes: Buffer.from(text) });
const wait = (ms: number): Op => ({ op: "wait", ms });

/** The first steps of a schedule as `text@ms`, each pause as `-@ms`. */
function walked(ops: readonly Op[], { start = 0, max = 50 } = {}): string[] {
  const schedule = new Schedule<Op>(ops, start);
  const steps: string[] = [];
  while (steps.length < max) {
    const step = schedule.next();
    if (step === undefined) break;
    const name = step === "pause" ? "-" : step.op === "write" ? Buffer.from(step.bytes).toString() : step.op;
    steps.push(`${name}@${schedule.at}`);
  }
  return steps;
}

describe("the schedule of a script", () => {
  it("adds up the waits from the start", () => {
    expect(
      walked([write("a"), wait(20), wait(0), write("b"), wait(5), { op: "stall" }], { start: 7 }),
    ).toEqual(["a@7", "-@27", "b@27", "-@32", "stall@32"]);
  });

  it.each<[string, Op[], string[]]>([
    ["no rounds", [{ op: "repeat", ops: [write("a")], every: 9, times: 0 }, write("b")], ["b@0"]],
    [
      "rounds shorter than their distance",
      [{ op: "repeat", ops: [write("a"), wait(3)], every: 10, times: 3 }, write("b")],
      ["a@0", "-@3", "-@10", "a@10", "-@13", "-@20", "a@20", "-@23", "b@23"],
    ],
    [
      "rounds longer than their distance, which follow at once",
      [{ op: "repeat", ops: [write("a"), wait(10)], every: 4, times: 2 }, write("b")],
      ["a@0", "-@10", "-@10", "a@10", "-@20", "b@20"],
    ],
    [
      "rounds within rounds, each kept apart",
      [
        {
          op: "repeat",
          ops: [{ op: "repeat", ops: [write("i")], every: 40, times: 3 }],
          every: 100,
          times: 2,
        },
      ],
      ["i@0", "-@40", "i@40", "-@80", "i@80", "-@100", "i@100", "-@140", "i@140", "-@180", "i@180"],
    ],
    ["nothing", [], []],
  ])("repeats %s", (_, ops, expected) => {
    expect(walked(ops)).toEqual(expected);
  });

  it.each<[string, Op[]]>([
    ["a write", [write("a")]],
    ["nothing", []],
    ["nothing at all, within another", [{ op: "repeat", ops: [], every: 0 }]],
  ])("pauses in each round of an endless repeat of %s", (_, ops) => {
    const steps = walked([{ op: "repeat", ops, every: 0 }], { max: 100 });
    expect(steps).toHaveLength(100);
    expect(steps.filter((step) => step === "-@0").length).toBeGreaterThanOrEqual(50);
  });
});

describe("the writes of a script", () => {
  const texts = (ops: readonly Op[], rounds?: number): string =>
    [...writesOf(ops, rounds)].map((bytes) => Buffer.from(bytes).toString()).join();

  it("are listed in order, repeats written out, up to the end", () => {
    const inner: Op = { op: "repeat", ops: [write("i")], every: 1, times: 2 };
    const ops: Op[] = [write("a"), wait(1), { op: "repeat", ops: [inner, write("o")], every: 1, times: 2 }];
    expect(texts([...ops, { op: "complete" }, write("never")])).toBe("a,i,i,o,i,i,o");
    expect(texts(ops, 1)).toBe("a,i,o");
  });

  it("stop at an end within a repeat, and are none where an endless repeat does not write", () => {
    expect(texts([{ op: "repeat", ops: [write("a"), { op: "reset" }], every: 1 }, write("b")])).toBe("a");
    expect(texts([{ op: "repeat", ops: [wait(1)], every: 1 }, write("b")])).toBe("b");
    const none: Op = { op: "repeat", ops: [write("x")], every: 1, times: 0 };
    expect(texts([{ op: "repeat", ops: [none], every: 1 }, write("b")])).toBe("b");
  });

  it("are endless where the script is", () => {
    const writes = writesOf([{ op: "repeat", ops: [write("t")], every: 1 }]);
    for (let i = 0; i < 1000; i++) expect(writes.next().done).toBe(false);
    expect(texts([{ op: "repeat", ops: [write("t")], every: 1 }], 2)).toBe("t,t");
  });
});
