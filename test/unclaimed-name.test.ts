/** Nobody owns the name `gatetape` in a registry yet: no text of ours may make a reader or a CI run it from there. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const FROM_A_REGISTRY = /npx (?:--yes |-y )?gatetape|npm (?:install|i)(?: -D| --save-dev)? gatetape/;

it("no file tells to run or install gatetape from a registry", () => {
  const files = execFileSync("git", ["ls-files", "README.md", "docs", "src"], { encoding: "utf8" }).split(
    "\n",
  );
  const found = files
    .filter((file) => /\.(?:md|ts)$/.test(file))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) =>
          FROM_A_REGISTRY.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
        ),
    );
  expect(found).toEqual([]);
});
