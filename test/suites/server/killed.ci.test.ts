/** A writing run that is killed leaves nothing behind: the next one deletes what its journal names. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { MAIN } from "../../support/main.ts";
import { temporaryFolder } from "../../support/tmp.ts";
import { KEY, strictMock } from "./judged.ts";

const KILLS = 20;
const cwd = temporaryFolder("server-killed");
const args = ["--only", "keys/*", "--only", "collections/*", "--allow-writes", "--key-env", "OGL_TOKEN"];

interface Listed {
  readonly data: readonly { readonly name: string }[];
}

it("kills it twenty times, and the next run leaves nothing", { timeout: 300_000 }, async () => {
  let requests = 0;
  const counter = {
    answer: (): undefined => {
      requests++;
    },
  };
  await using mock = await strictMock("0.4.5", { sources: [counter] });
  const names = async (path: string): Promise<string[]> => {
    const answer = await fetch(`${mock.url}${path}?limit=100`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    return ((await answer.json()) as Listed).data
      .map(({ name }) => name)
      .filter((name) => name.startsWith("gatetape-"));
  };
  const start = (): ReturnType<typeof spawn> =>
    spawn(process.execPath, [MAIN, "server", "--url", mock.url, ...args], {
      cwd,
      env: { ...process.env, OGL_TOKEN: KEY },
      stdio: "ignore",
    });
  let left = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const before = requests;
    const child = start();
    // Killed after a number of its requests that grows with each round, so that each step is cut once.
    await expect.poll(() => requests - before, { timeout: 60_000, interval: 1 }).toBeGreaterThan(2 + kill); // of 27
    child.kill("SIGKILL");
    await once(child, "exit");
    left += (await names("/v1/me/keys")).length + (await names("/v1/collections")).length;
  }
  expect(left).toBeGreaterThan(0); // else no kill has hit
  const journal = join(cwd, ".gatetape-server.ndjson");
  expect(existsSync(journal) ? readFileSync(journal, "utf8") : "").not.toContain("sk-");
  const last = start();
  const [code] = (await once(last, "exit")) as [number];
  expect(code).toBe(0);
  expect([await names("/v1/me/keys"), await names("/v1/collections")]).toEqual([[], []]);
  expect(existsSync(journal)).toBe(false);
});
