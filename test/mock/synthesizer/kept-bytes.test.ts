/** The bytes of synthesized answers, as they were when their hashes were written: a faster synthesizer says the same. */
import { describe, expect, it } from "vitest";
import { hashesOf } from "./kept-hashes.ts";
import { keptRequests } from "./kept-requests.ts";

const each = (n: number) => keptRequests().filter((_, i) => i % n === 0);

describe("synthesized answers", () => {
  it.each([
    ["0.4.1", 3],
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
