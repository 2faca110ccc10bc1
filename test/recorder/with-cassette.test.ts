/** Cassettes around tests: recorded the first time, played after that. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { NockPlayError, withCassette as withNock } from "../../src/nock.ts";
import { RecordError } from "../../src/recorder/model/record-error.ts";
import { withCassette } from "../../src/recorder/with-cassette.ts";
import { cassetteTest } from "../../src/vitest.ts";

const folder = mkdtempSync(join(tmpdir(), "gatetape-with-"));
let gateway: RunningMock;
const saved = { CI: process.env["CI"], GATETAPE_MODE: process.env["GATETAPE_MODE"] };
const restore = (): void => {
  for (const [name, value] of Object.entries(saved))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
};
beforeAll(async () => {
  // Idle connections stay open: one that is closed just when fetch takes it again would fail a test.
  gateway = await startMock({ speed: Infinity, keepAliveMs: 0 });
  delete process.env["CI"];
  delete process.env["GATETAPE_MODE"];
});
afterEach(() => {
  restore();
  delete process.env["CI"];
  delete process.env["GATETAPE_MODE"];
});
afterAll(async () => {
  restore();
  await gateway.close();
  rmSync(folder, { recursive: true });
});

const models = async (baseUrl: string): Promise<unknown> =>
  (await fetch(`${baseUrl}/models`, { headers: { authorization: "Bearer sk-anything" } })).json();

describe("withCassette", () => {
  it("records the first time, and asks nobody after that", async () => {
    const upstream = gateway.baseUrl();
    const first = await withCassette("my models", { upstream, folder }, async ({ baseUrl, recording }) => [
      recording,
      await models(baseUrl),
    ]);
    expect(first).toEqual([true, await models(upstream)]);
    const before = readFileSync(join(folder, "my-models.cassette.json"), "utf8");
    const again = await withCassette("my models", { folder }, async ({ baseUrl, recording }) => [
      recording,
      await models(baseUrl),
    ]);
    expect(again).toEqual([false, first[1]]);
    expect(readFileSync(join(folder, "my-models.cassette.json"), "utf8")).toBe(before);
  });

  it("tells whether all was played, and what else was asked", async () => {
    const upstream = gateway.baseUrl();
    const health = (baseUrl: string): Promise<Response> => fetch(baseUrl.replace(/\/v1$/, "/health"));
    await withCassette("two", { upstream, folder }, async ({ baseUrl, expectAllPlayed }) => {
      await models(baseUrl);
      await health(baseUrl);
      expectAllPlayed(); // while it is recorded all is well
    });
    await withCassette("two", { folder }, async ({ baseUrl, expectAllPlayed }) => {
      await models(baseUrl);
      expect(expectAllPlayed).toThrow(/^1 was not played:\n {2}GET \/health: /);
      await health(baseUrl);
      expectAllPlayed();
      await fetch(`${baseUrl}/other`);
      expect(expectAllPlayed).toThrow(
        /^1 request got an answer that nobody recorded:\n {2}GET \/v1\/other: miss: /,
      );
    });
  });

  it("only plays where CI is set, unless GATETAPE_MODE says otherwise", async () => {
    process.env["CI"] = "true";
    const ask = (): Promise<unknown> =>
      withCassette("in ci", { upstream: gateway.baseUrl(), folder }, ({ baseUrl }) => models(baseUrl));
    expect(await ask()).toMatchObject({ detail: expect.stringContaining("no cassette") as string });
    process.env["GATETAPE_MODE"] = "all";
    expect(await ask()).toMatchObject({ object: "list" });
    process.env["GATETAPE_MODE"] = "some";
    await expect(ask()).rejects.toThrow(/GATETAPE_MODE is "some"\n {2}fix/);
  });

  it("keeps what was recorded when the test fails, and the test's own error", async () => {
    const failing = withCassette("failing", { upstream: gateway.baseUrl(), folder }, async ({ baseUrl }) => {
      await models(baseUrl);
      throw new RangeError("of the test");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(existsSync(join(folder, "failing.cassette.json"))).toBe(true);
  });

  it("says what is missing", async () => {
    await expect(withCassette("new", { folder }, () => {})).rejects.toThrow(/no upstream to record\n {2}fix/);
    await expect(withCassette("///", { folder }, () => {})).rejects.toThrow(RecordError);
  });
});

describe("withCassette of gatetape/nock", () => {
  it("plays at the upstream's own address", async () => {
    await withCassette("nocked", { upstream: gateway.baseUrl(), folder }, ({ baseUrl }) => models(baseUrl));
    const address = "https://gateway.example/v1";
    const got = await withNock("nocked", { upstream: address, folder }, () => models(address));
    expect(got).toEqual(await models(gateway.baseUrl()));
    await expect(withNock("never", { upstream: address, folder }, () => {})).rejects.toThrow(NockPlayError);
  });
});

describe("the fixture", () => {
  const test = cassetteTest({ folder });

  beforeAll(async () => {
    process.env["GATETAPE_MODE"] = "all";
    await withCassette(
      "the fixture has a cassette for each test",
      { upstream: gateway.baseUrl(), folder },
      ({ baseUrl }) => models(baseUrl),
    );
    delete process.env["GATETAPE_MODE"];
  });

  test("has a cassette for each test", async ({ cassette, expect: expected }) => {
    expected(cassette.file).toBe(join(folder, "the-fixture-has-a-cassette-for-each-test.cassette.json"));
    expected(cassette.recording).toBe(false);
    expected(await models(cassette.baseUrl)).toMatchObject({ object: "list" });
  });
});
