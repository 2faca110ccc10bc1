/** `gatetape server` as a user calls it. */
import { readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningMock } from "../../src/mock/index.ts";
import { KEY, strictMock } from "../suites/server/judged.ts";
import { gatetape } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder } from "../support/tmp.ts";

const cwd = temporaryFolder("cli-server");
const env = { OGL_TOKEN: KEY };
let mock: RunningMock;
beforeAll(async () => void (mock = await strictMock("0.4.5")));
afterAll(() => mock.close());

const judge = (...args: string[]): ReturnType<typeof gatetape> =>
  gatetape(["server", "--url", mock.url, "--key-env", "OGL_TOKEN", ...args], { cwd, env });

describe("a run", () => {
  it("of the profile is green, and says so", async () => {
    const { code, stdout } = await judge("--profile", "core-2026");
    expect(stdout).toMatch(/\(OGL 0\.4\.5\): 22 checks by \d+ requests in [\d.]+ s: 22 pass\n$/);
    expect(code).toBe(0);
  });

  it("with findings ends with 1, cites the rule, and shows no key", async () => {
    const report = join(cwd, "record.ndjson");
    const wrong = await gatetape(
      [
        "server",
        "--url",
        `${mock.url}/wrong`,
        "--key-env",
        "OGL_TOKEN",
        "--only",
        "models/*",
        "--report",
        "ndjson=record.ndjson",
        "--report",
        "junit=server.xml",
      ],
      { cwd, env },
    );
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain("FAIL  models/list");
    expect(wrong.stdout).toContain("  rule: OpenAI API, Models, List models");
    expect(wrong.stdout).toContain(`--only models/list`);
    const texts = [wrong.stdout, readFileSync(report, "utf8"), readFileSync(join(cwd, "server.xml"), "utf8")];
    expect(texts.filter((text) => text.includes(KEY))).toEqual([]);
    expect(texts[2]).toContain('<testsuites name="gatetape server">');
    const again = await gatetape(["report", "merge", "record.ndjson"], { cwd });
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("models/list")]);
  });

  it("takes known failures, and fails for one that passes", async () => {
    writeFileSync(join(cwd, "known.txt"), "errors/openai-envelope  # OGL's own\nmodels/list  # it passes\n");
    const { code, stdout } = await judge("--only", "models/list", "--known-failures", "known.txt");
    expect(code).toBe(1);
    expect(stdout).toContain("models/list passes now");
  });

  it("stops at the limits, and says which checks found no room", async () => {
    const few = await judge("--only", "stream/*", "--max-requests", "4");
    expect(few.stdout).toMatch(/skipped: --max-requests 4 leaves no room for it/);
    expect(Number(/by (\d+) requests?/.exec(few.stdout)?.[1])).toBeLessThanOrEqual(4);
    const cheap = await judge("--only", "stream/*", "--max-tokens", "50");
    expect(cheap.stdout).toMatch(/skipped: --max-tokens 50 leaves no room for it/);
    expect(cheap.code).toBe(1); // nothing was judged
  });

  it("gives a request up that has no answer in time", async () => {
    const mute = createServer().listen(0, "127.0.0.1");
    await once(mute, "listening");
    const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const { code, stdout } = await gatetape(
      ["server", "--url", url, "--only", "health/health", "--timeout", "0.1"],
      {
        cwd,
      },
    );
    mute.close();
    expect(stdout).toContain("HANG  health/health");
    expect(code).toBe(1);
  });

  it("writes and loads nothing unless it is allowed to", async () => {
    const { code, stdout } = await judge("--only", "keys/*", "--only", "load/*");
    expect(code).toBe(1);
    expect(stdout).toContain("2 skipped: needs --allow-load");
    expect(stdout).toContain("5 skipped: needs --allow-writes");
  });
});

describe("--list", () => {
  it("shows the requests, and sends none", async () => {
    const before = mock.calls().length;
    const { code, stdout } = await gatetape(["server", "--list"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("POST /v1/chat/completions [key: wrong]");
    expect(stdout).toContain("(not sent: needs --allow-writes)");
    expect(stdout).toMatch(/\d+ requests, at most \d+ tokens; nothing was sent\n$/);
    expect(mock.calls().length).toBe(before);
  });
});

describe("a mistake", () => {
  it.each([
    [["--url", "ftp://x"], "is no http or https URL"],
    [["--only", "nothing/*"], "no check of a server matches nothing/*"],
    [["--key-env", "NO_SUCH_VARIABLE", "--url", "http://127.0.0.1:1"], "there is no such variable"],
    [[], "--url is missing"],
  ])("of %j ends with 2 and its fix", async (args, reason) => {
    const { code, stderr } = await gatetape(["server", ...args], { cwd });
    expect(stderr).toContain(reason);
    expect(stderr).toContain("fix: ");
    expect(code).toBe(2);
  });

  it("in the address ends with 2: there is no server", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await gatetape(["server", "--url", url], { cwd });
    expect(stderr).toContain(`no server at ${url}`);
    expect(code).toBe(2);
  });
});

it("gatetape record --scenarios makes a cassette of the answers, valid and without the key", async () => {
  const out = "scenarios.cassette.json";
  const args = [
    "--out",
    out,
    "--scenarios",
    "--upstream-key-env",
    "OGL_TOKEN",
    "-p",
    "0",
    "--quiet",
    "--no-config",
  ];
  await gatetape(["record", "--upstream", mock.url, ...args], { cwd, env });
  const text = readFileSync(join(cwd, out), "utf8");
  expect(text).not.toContain(KEY);
  const { interactions } = JSON.parse(text) as { interactions: { response: { status: number } }[] };
  const statuses = new Set(interactions.map(({ response }) => response.status));
  expect([...statuses].toSorted()).toEqual([200, 401, 403, 404, 405, 422, 500]);
  expect((await gatetape(["cassette", "lint", out], { cwd })).code).toBe(0);
});
