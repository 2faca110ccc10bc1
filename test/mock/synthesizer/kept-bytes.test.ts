/** The bytes of synthesized answers, as they were when their hashes were written: a faster synthesizer says the same. */
import { describe, expect, it } from "vitest";
import { hashesOf } from "./kept-hashes.ts";
import { type KeptRequest, keptRequests } from "./kept-requests.ts";

/** Requests for which the mock starts a thread, which takes longer than all others together. */
const SLOW = /^(?:schema odd|chat with (?:many|regex)|65 vectors)/;

/** Each n-th request: all, or some of those that need no thread. */
const each = (n: number): KeptRequest[] =>
  keptRequests()
    .filter(({ name }) => n === 1 || !SLOW.test(name))
    .filter((_, i) => i % n === 0);

describe("synthesized answers", () => {
  it.each([
    ["0.4.1", 4],
    ["0.4.5", 1],
    ["next", 4],
  ] as const)("of OGL %s are the kept bytes", async (ogl, n) => {
    await expect(await hashesOf(ogl, each(n), {})).toMatchFileSnapshot(`kept-bytes/${ogl}.txt`);
  });

  it("at a pace are the kept bytes, with the kept waits", async () => {
    const pace = { ttft: 120, tps: 35, jitter: 0.4 };
    await expect(await hashesOf("0.4.5", each(9), { pace })).toMatchFileSnapshot("kept-bytes/paced.txt");
  });
});
