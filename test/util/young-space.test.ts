import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** Allocates objects of which the newest are kept, and prints the size (bytes) of the space of young objects. */
const PROGRAM = `
  import { getHeapSpaceStatistics } from "node:v8";
  import { keepYoungSpaceSmall } from ${JSON.stringify(new URL("../../src/util/collector.ts", import.meta.url))};
  if (process.argv[1] === "small") keepYoungSpaceSmall();
  let kept = [];
  for (let i = 0; i < 300_000; i++) {
    kept.push({ i, list: [i] });
    if (kept.length > 60_000) kept = kept.slice(30_000);
  }
  console.log(getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size);
`;

function youngSpace(how: string): number {
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", PROGRAM, how], {
    encoding: "utf8",
  });
  return Number(stdout);
}

describe("the space of young objects", () => {
  it("grows with what is kept, and not in a mock that serves", () => {
    const size = youngSpace("small");
    expect(size).toBeGreaterThan(0);
    expect(youngSpace("as it is")).toBeGreaterThan(2 * size);
  });
});
