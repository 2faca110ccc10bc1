/**
 * The generation `next`: what OGL's public tests assert over HTTP, what its source of late 2026 says, and what is guessed
 * where neither tells. `UPDATE_DOCS=1` writes the table of docs/next.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACCOUNTS } from "./accounts.ts";
import { ADMINISTRATION } from "./administration.ts";
import { type Fact, NextGateway } from "./gateway.ts";
import { INFERENCE } from "./inference.ts";

const FACTS: readonly Fact[] = [...INFERENCE, ...ACCOUNTS, ...ADMINISTRATION];
const PAGE = new URL("../../../docs/next.md", import.meta.url);

let gateway: NextGateway;
beforeAll(async () => {
  gateway = await NextGateway.start();
});
afterAll(() => gateway.close());

it.each(FACTS.map((fact) => [`${fact.of}: ${fact.says}`, fact] as const))("%s", async (_, { check }) => {
  await expect(check(gateway)).resolves.toBeUndefined();
});

it("the table in the docs has these facts", () => {
  const rows = FACTS.map(({ of, says, known, shownBy }) => `| ${of} | ${says} | ${known} | ${shownBy} |`);
  const page = readFileSync(PAGE, "utf8");
  const updated = page.replace(
    /(<!-- facts[^>]*-->\n\n(?:.*\n){2})(?:\|.*\n)*/,
    (_, head: string) => `${head}${rows.join("\n")}\n`,
  );
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, updated);
  expect(updated).toContain(rows[0]);
  expect(updated).toBe(page);
});
