import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { makeEnvironment } from "../../../src/cli/gate/environment.ts";
import { TRAFFIC_CHECKS } from "../../../src/suites/traffic/judge.ts";

const page = readFileSync("docs/gate.md", "utf8");

it("docs/gate.md has a row for each check, as it is", () => {
  const rows = [...page.matchAll(/^\| `([a-z]+\/[a-z-]+)` \| (\w+) \| (.*) \|$/gm)].map(
    ([, id, level, says]) => ({ id, level, says }),
  );
  expect(rows).toEqual(TRAFFIC_CHECKS.map(({ id, level, says }) => ({ id, level, says })));
});

it("docs/gate.md names every variable that the command is given", () => {
  const names = Object.keys(makeEnvironment({ url: "http://x", key: "k" }, [], {}));
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it("each check says why, where it was seen and when it can be judged", () => {
  const bare = TRAFFIC_CHECKS.filter(
    ({ why, evidence, seenIf }) => why === "" || evidence.length === 0 || seenIf === "",
  );
  expect(bare).toEqual([]);
  expect(new Set(TRAFFIC_CHECKS.map(({ id }) => id)).size).toBe(TRAFFIC_CHECKS.length);
});
