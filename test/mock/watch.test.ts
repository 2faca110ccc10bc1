import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CassetteError } from "../../src/cassette/format/cassette-error.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";

let folder: string;
let mock: RunningMock;
let unwatch: () => void;
let notified: (error: CassetteError | undefined) => void;
const next = (): Promise<CassetteError | undefined> => new Promise((resolve) => (notified = resolve));

const file = (): string => join(folder, "health.cassette.json");
const text = (status: string): string =>
  JSON.stringify({
    cassette: 1,
    about: { title: "t", origin: "written", ogl: "0.4.5" },
    interactions: [
      {
        name: "health",
        request: { method: "GET", target: "/health" },
        response: {
          status: 200,
          framing: "length",
          headers: [
            ["content-length", null],
            ["content-type", "application/json"],
          ],
          body: [{ json: { status } }],
        },
      },
    ],
  });
const status = async (): Promise<unknown> =>
  ((await (await fetch(`${mock.url}/health`)).json()) as { status: unknown }).status;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-watch-"));
  writeFileSync(file(), text("one"));
  mock = await startMock({ cassettes: [folder] });
  unwatch = mock.watch((error) => notified(error));
});
afterEach(async () => {
  unwatch();
  await mock.close();
  rmSync(folder, { recursive: true });
});

it("plays an edited cassette, a new one, and one that was replaced by renaming", async () => {
  let change = next();
  writeFileSync(file(), text("two"));
  expect([await change, await status()]).toEqual([undefined, "two"]);
  change = next();
  writeFileSync(`${file()}.tmp`, text("three"));
  renameSync(`${file()}.tmp`, file());
  expect([await change, await status()]).toEqual([undefined, "three"]);
});

it("keeps the old cassettes after a bad edit, says what is wrong, and takes the corrected ones", async () => {
  let change = next();
  writeFileSync(file(), text("two").slice(0, -5));
  const error = await change;
  expect(error?.message).toMatch(/health\.cassette\.json:1:\d+.*not JSON[^]*fix: /);
  expect(await status()).toBe("one");
  change = next();
  writeFileSync(file(), text("two"));
  expect([await change, await status()]).toEqual([undefined, "two"]);
});
