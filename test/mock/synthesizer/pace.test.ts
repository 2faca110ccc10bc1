import { describe, expect, it } from "vitest";
import type { Answer } from "../../../src/exchange/answer.ts";
import type { Pace } from "../../../src/mock/synthesizer/base/pace.ts";
import { chat, chatStream } from "../../../src/mock/synthesizer/chat/chat.ts";
import { request, user } from "./support.ts";

const reply = { content: "one two three four five six seven eight nine ten eleven" };
const body = { messages: user("hi"), n: 2 };
const stream = (pace: Pace): Answer => chatStream(request({ ...body, stream: true }, { pace, reply }));

/** When each write comes, after the first token. */
function arrivalTimes({ script }: Answer): number[] {
  let at = 0;
  return script.ops.flatMap((op) => {
    if (op.op === "wait") at += op.ms;
    return op.op === "write" ? [at] : [];
  });
}

describe("the pace of a stream", () => {
  it("is at once where nothing is said", () => {
    expect(stream({}).script.wait).toBe(0);
    expect(new Set(arrivalTimes(stream({})))).toEqual(new Set([0]));
  });

  it("is the time to the first token, then so many tokens a second for each choice", () => {
    const answer = stream({ ttft: 300, tps: 20 });
    expect(answer.script.wait).toBe(300);
    // Two of each: the roles and the first tokens at once, then a token of both choices every 50 ms, then the end.
    const tokens = Array.from({ length: 11 }, (_, i) => [50 * i, 50 * i]).flat();
    expect(arrivalTimes(answer)).toEqual([0, 0, ...tokens, 500, 500, 500, 500]);
  });

  it("adds up where a token takes less than a millisecond", () => {
    expect(arrivalTimes(stream({ tps: 3000 })).at(-1)).toBe(3);
  });

  it("differs by the jitter, always in the same way", () => {
    const times = arrivalTimes(stream({ tps: 10, jitter: 0.5 }));
    expect(arrivalTimes(stream({ tps: 10, jitter: 0.5 }))).toEqual(times);
    const gaps = times
      .slice(3, -4)
      .map((at, i) => at - (times[i + 2] ?? 0))
      .filter((gap) => gap > 0);
    expect(gaps).toHaveLength(10);
    expect(new Set(gaps).size).toBeGreaterThan(3);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(49);
      expect(gap).toBeLessThanOrEqual(151);
    }
  });

  it("holds for JSON, which comes when all of it is there", () => {
    const whole = chat(request(body, { pace: { ttft: 300, tps: 20 }, reply }));
    expect(whole.script.wait).toBe(800);
  });
});
