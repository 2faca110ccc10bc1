import { describe, expect, it } from "vitest";
import { answerEnd } from "../../bench/answer-end.ts";

const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

/** Every cut of an answer into two reads, the head in the first one. */
function cuts(answer: string): [first: string, second: string][] {
  const body = answer.indexOf("\r\n\r\n") + 4;
  return Array.from({ length: answer.length - body }, (_, i) => [
    answer.slice(0, body + i),
    answer.slice(body + i),
  ]);
}

describe("the end of an answer", () => {
  it.each([
    ["a length", LENGTH],
    ["chunks", CHUNKED],
  ])("is found by %s, however the body is cut", (_, answer) => {
    const end = answerEnd([200]);
    for (const [first, second] of cuts(answer)) {
      const ends = [first, second].map((bytes) => end.take(Buffer.from(bytes)));
      expect({ first, ends }).toEqual({ first, ends: [false, true] });
    }
  });

  it("is found in answers of different kinds one after the other", () => {
    const end = answerEnd([200, 503]);
    const fault = LENGTH.replace("200", "503");
    expect([LENGTH, CHUNKED, fault, CHUNKED].map((answer) => end.take(Buffer.from(answer)))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it("is not looked for after another status, or in more bytes than were announced", () => {
    expect(() => answerEnd([200]).take(Buffer.from(LENGTH.replace("200", "503")))).toThrow(/503/);
    expect(() => answerEnd([200]).take(Buffer.from(`${LENGTH}!`))).toThrow("1 bytes follow an answer");
  });
});
