/** The watch on a passing stream of events. */
import { describe, expect, it } from "vitest";
import { EventWatch } from "../../src/http/event-watch.ts";

const PLAIN = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n';

describe("a watch on events", () => {
  it("says the same however the bytes are cut", () => {
    const stream = Buffer.from(`${PLAIN}data: {"x":"é\u2028"}\r\n\r\n: c\r\rdata:[DONE]\r\n\r\n`);
    for (const size of [1, 2, 3, 7, 1000]) {
      const watch = new EventWatch();
      const seen: boolean[] = [];
      for (let at = 0; at < stream.length; at += size) {
        watch.push(stream.subarray(at, at + size), at);
        seen.push(watch.done);
      }
      expect([watch.done, watch.breaks()]).toEqual([true, true]);
      // With the read that has the last letter of it.
      expect(seen.indexOf(true)).toBe(Math.floor((stream.indexOf("[DONE]") + 5) / size));
    }
  });

  it("keeps little of a line without an end", () => {
    const watch = new EventWatch();
    const part = Buffer.alloc(1 << 20, "x");
    for (let n = 0; n < 64; n++) watch.push(part, n);
    expect(watch.breaks()).toBe(true);
  });
});
