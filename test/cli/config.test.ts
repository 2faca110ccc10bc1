import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { CONFIG_NAMES } from "../../src/cli/support/config.ts";
import schema from "../../src/config/config.schema.json" with { type: "json" };
import { defineConfig } from "../../src/config/define.ts";
import type { Config } from "../../src/config/types.ts";
import { OGL_VERSIONS } from "../../src/openapi/document/versions.ts";
import { nearestWord } from "../../src/util/text/nearest-word.ts";
import { gatetape, ready, serve } from "../support/cli.ts";

let root: string;
let folder: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gatetape-config-"));
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(root, "project-"));
});

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
/** What a mock says of itself that was started with these arguments. */
async function started(...args: string[]): Promise<Awaited<ReturnType<typeof ready>>> {
  const mock = serve(["mock", "--json", ...args]);
  try {
    return await ready(mock);
  } finally {
    await mock.stop();
  }
}
const refused = (...args: string[]): ReturnType<typeof gatetape> =>
  gatetape(["mock", "--json", ...args], { cwd: folder });

describe("the config", () => {
  it("has a type and a schema that know the same members", () => {
    const { properties } = schema.properties.mock;
    expectTypeOf<keyof typeof properties>().toEqualTypeOf<keyof NonNullable<Config["mock"]>>();
    expect(properties.ogl.enum).toEqual(OGL_VERSIONS);
    const config = { mock: { port: 1 } } as const;
    expect(defineConfig(config)).toBe(config);
  });

  it.each([
    [
      CONFIG_NAMES[0],
      'const speed: string = "instant";\nexport default { mock: { port: 0, ogl: "0.4.1", cassettes: ["none"], speed } } satisfies import("gatetape").Config;',
    ],
    [
      CONFIG_NAMES[1],
      'export default Promise.resolve({ mock: { port: 0, ogl: "0.4.1", cassettes: [], speed: Infinity } });',
    ],
    [CONFIG_NAMES[2], 'module.exports = { mock: { port: 0, ogl: "0.4.1", cassettes: [], speed: 4 } };'],
    [
      CONFIG_NAMES[3],
      '{ "$schema": "x", "mock": { "port": 0, "ogl": "0.4.1", "cassettes": [], "speed": "4x" } }',
    ],
  ])("may be %s", async (name, text) => {
    put("package.json", '{ "type": "commonjs" }');
    const file = put(name, text);
    expect(await started("--config", file)).toMatchObject({ ogl: "0.4.1", interactions: 0, config: file });
  });

  it("is found in the working directory, and can be left aside", async () => {
    put("gatetape.config.json", '{ "mock": { "port": 1, "host": "192.0.2.1" } }');
    const found = await refused(); // no machine has that address: the config was read
    expect(found).toMatchObject({ code: 2, stdout: "" });
    expect(found.stderr).toContain("192.0.2.1");
    const other = await refused("--no-config", "--cassettes", "no-such-folder");
    expect(other.stderr).toContain("no-such-folder");
    expect(other.stderr).not.toContain("192.0.2.1");
  });

  it("wins over the defaults, and a flag over it, even one that says the default", async () => {
    const file = put("c.json", '{ "mock": { "port": 0, "ogl": "0.4.1", "cassettes": ["none"] } }');
    expect(await started("--config", file)).toMatchObject({ ogl: "0.4.1", interactions: 0 });
    const flags = await started("--config", file, "--ogl", "0.4.5", "--cassettes", "bundled");
    expect(flags.ogl).toBe("0.4.5");
    expect(flags.interactions).toBeGreaterThan(100);
  });

  it("sets the world and the policy", async () => {
    const ask = async (mockConfig: object, request: RequestInit, path: string): Promise<number> => {
      const file = put("c.json", JSON.stringify({ mock: mockConfig }));
      const mock = serve(["mock", "--json", "--port", "0", "--config", file]);
      try {
        const { base } = await ready(mock);
        return (await fetch(`${base}${path}`, request)).status;
      } finally {
        await mock.stop();
      }
    };
    expect(await ask({ world: "default" }, {}, "/models")).toBe(401); // no key
    expect(await ask({ world: "off" }, {}, "/models")).toBe(200);
    const headers = { authorization: "Bearer x", "content-type": "application/json" };
    const invalid = { method: "POST", headers, body: '{"model":"m"}' };
    expect(await ask({ policy: "reject" }, invalid, "/embeddings")).toBe(422);
    expect(await ask({ policy: "observe" }, invalid, "/embeddings")).toBe(404); // no cassette knows that model
  });

  it.each([
    [
      "c.json",
      '{ "mock": { "port": 0, "replies": [{ "reply": "mine", "when": { "message": "/HELLO/i" } }, { "reply": { "content": "other" } }] } }',
    ],
    [
      "c.mts",
      'export default { mock: { port: 0, replies: [{ reply: () => "mine", when: { message: /hello/ } }], respond: () => "other" } };',
    ],
  ])("gives replies: %s", async (name, text) => {
    const mock = serve(["mock", "--json", "--config", put(name, text)]);
    try {
      const { base } = await ready(mock);
      const ask = async (content: string): Promise<string> => {
        const answer = await fetch(`${base}/chat/completions`, {
          method: "POST",
          headers: { authorization: "Bearer x", "content-type": "application/json" },
          body: JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content }] }),
        });
        return answer.text();
      };
      expect(await ask("hello there")).toContain('"content":"mine"');
      expect(await ask("good bye")).toContain('"content":"other"');
    } finally {
      await mock.stop();
    }
  });

  it("lists the fault models", async () => {
    const mock = serve([
      "mock",
      "--json",
      "--config",
      put("c.json", '{ "mock": { "port": 0, "faultModels": true } }'),
    ]);
    try {
      const { base } = await ready(mock);
      const answer = await fetch(`${base}/models`, { headers: { authorization: "Bearer x" } });
      expect(await answer.text()).toContain('"id":"t-die-mid"');
    } finally {
      await mock.stop();
    }
  });

  it("names cassettes from its own folder on", async () => {
    mkdirSync(join(folder, "tapes"));
    const cassette = readFileSync("cassettes/0.4.5/written-health-models.cassette.json", "utf8");
    put("tapes/a.cassette.json", cassette);
    const file = put("c.json", '{ "mock": { "port": 0, "cassettes": ["./tapes"] } }');
    expect((await started("--config", file)).interactions).toBe(1);
  });
});

describe("a config that can't be used", () => {
  it.each<[string, string, RegExp]>([
    [
      "c.json",
      '{ "mock": { "prot": 1 } }',
      /c\.json at \/mock\/prot: there is no member "prot"\n {2}fix: did you mean "port"\?/,
    ],
    ["c.json", '{ "mokc": {} }', /at \/mokc: .*\n {2}fix: did you mean "mock"\?/],
    [
      "c.json",
      '{ "mock": { "zzzzz": 1 } }',
      /fix: use one of port, host, journalMemory, ogl, cassettes, speed, world, searchRefresh, keys, sessionPerCassette, strict, faultModels, dialect, replies, respond, ttft, tps, jitter, policy/,
    ],
    [
      "c.json",
      '{ "mock": { "port": "80" } }',
      /at \/mock\/port: must be integer, but is "80"\n {2}fix: port: /,
    ],
    ["c.json", '{ "mock": { "port": 65536 } }', /must be <= 65535, but is 65536/],
    ["c.json", '{ "mock": { "ogl": "9" } }', /must be "0\.4\.1" or "0\.4\.5" or "next", but is "9"/],
    [
      "c.json",
      '{ "mock": { "speed": "0x" } }',
      /at \/mock\/speed: must be a pace, but is "0x"\n {2}fix: .*instant/,
    ],
    ["c.json", '{ "mock": { "speed": 0 } }', /must be > 0, but is 0/],
    ["c.json", '{ "mock": { "cassettes": [""] } }', /at \/mock\/cassettes\/0: .*\n {2}fix: cassettes: /],
    ["c.json", '{ "mock": { "port": -1, "world": null } }', /at \/mock\/port[^]*at \/mock\/world/],
    [
      "c.json",
      '{ "mock": { "replies": [{ "reply": "x", "wen": {} }] } }',
      /at \/mock\/replies\/0\/wen: there is no member "wen"\n {2}fix: did you mean "when"\?/,
    ],
    [
      "c.json",
      '{ "mock": { "replies": [{ "reply": "x", "when": { "message": "/(/" } }] } }',
      /at \/mock\/replies\/0\/when\/message: no regular expression: .*\n {2}fix: /,
    ],
    [
      "c.json",
      '{ "mock": { "replies": [{ "reply": {} }] } }',
      /at \/mock\/replies\/0\/reply: the reply says nothing\n {2}fix: give it content/,
    ],
    ["c.json", '{ "mock": { "replies": "x" } }', /at \/mock\/replies: must be array, but is "x"\n {2}fix: /],
    ["c.json", "3", /at \/: must be object, but is 3\n {2}fix: export an object/],
    ["c.json", '{ "mock": // x\n}', /c\.json: is not JSON: [^\n]*\n {2}fix: /],
    ["c.mts", "\n\nconst a = ;", /c\.mts:3: /],
    ["c.mts", "enum A { B }\nexport default {};", /c\.mts:1: .*enum[^]*fix: Node only strips types/],
    ["c.mts", "export const a = 1;", /c\.mts: has no default export\n {2}fix: /],
    ["c.mts", "\nthrow new Error('boom');", /c\.mts:2: boom\n {2}fix: /],
    ["c.mts", "await 1;\nexport default {};", /await at its top level[^]*fix: /],
    ["c.mts", "export default () => ({});", /must be object, but is a function/],
    [
      "c.mts",
      'import { defineConfig } from "gatetape";\nexport default defineConfig({});',
      /gatetape'[^]*fix: install gatetape from a tarball or a git URL \(README\), or .*satisfies/,
    ],
    ["c.ts", "export default {};", /c\.ts:1: [^]*fix: in a commonjs package[^]*c\.mts/],
    ["c.yml", "", /a config is \.mts, \.mjs, \.js or \.json/],
  ])("%s: %j", async (name, text, message) => {
    put("package.json", '{ "type": "commonjs" }');
    put(name, text);
    const { code, stdout, stderr } = await refused("--config", name);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /); // no stack
  });

  it("is missing, or a folder, or there are two", async () => {
    expect((await refused("--config", "none.mts")).stderr).toContain("none.mts: no such file\n  fix: ");
    expect((await refused("--config", ".")).stderr).toContain("is not a file");
    put("gatetape.config.mts", "export default {};");
    put("gatetape.config.json", "{}");
    const two = await refused();
    expect(two.code).toBe(2);
    expect(two.stderr).toContain("more than one config: gatetape.config.mts, gatetape.config.json\n  fix: ");
  });

  it("is a .ts, which is not looked for", async () => {
    put("gatetape.config.ts", "export default {};");
    const { code, stderr } = await refused();
    expect(code).toBe(2);
    expect(stderr).toMatch(/commonjs package\n {2}fix: rename it to gatetape\.config\.mts/);
  });
});

describe("nearestWord", () => {
  const known = ["port", "host", "ogl", "cassettes", "speed", "world", "policy"];
  it.each([
    ["prot", "port"],
    ["Hots", "host"],
    ["casettes", "cassettes"],
    ["wrold", "world"],
    ["olg", "ogl"],
    ["policies", undefined],
    ["x", undefined],
    ["", undefined],
  ])("of %j is %j", (word, nearest) => {
    expect(nearestWord(word, known)).toBe(nearest);
  });
});

describe("errors show no key that stands where another word was expected", () => {
  const KEY = "sk-Zq7Xw2Lp9Rv4Tn6Yb1Mc3Ks8Hd5Gf0JaUe";

  it.each([
    ["an option", ["mock", "--keys", KEY]],
    [
      "the name of a variable",
      [
        "record",
        "--upstream",
        "http://127.0.0.1:9/v1",
        "--out",
        "x.cassette.json",
        "--upstream-key-env",
        KEY,
      ],
    ],
    ["a pattern", ["cassette", "scrub", "--check", "--keep", `(${KEY}`, "cassettes"]],
    ["a command", [KEY]],
  ])("in %s", async (_, args) => {
    const { code, stdout, stderr } = await gatetape(args);
    expect(code).toBe(2);
    expect(stderr).toContain("(secret)");
    expect(stdout + stderr).not.toContain(KEY.slice(3));
  });

  it("in a config", async () => {
    const file = put("gatetape.config.json", JSON.stringify({ [KEY]: 1 }));
    const { code, stderr } = await gatetape(["mock", "--config", file]);
    expect([code, stderr.includes(KEY), stderr.includes("(secret)")]).toEqual([2, false, true]);
  });
});
