/** `gatetape provision` against mocks that begin empty: what it creates is read back and compared with a mock of the world itself. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { World } from "../../src/ogl/state/types.ts";
import { type Ran, gatetape } from "../support/cli.ts";

const ROOT = "sk-root-0123456789abcdef";
const PASSWORD = "a-long-secret-password";

const WORLD: World = {
  models: [
    {
      id: "qwen3-coder",
      type: "text-generation",
      aliases: ["coder"],
      costs: { prompt_tokens: 0.1, completion_tokens: 0.3 },
    },
    { id: "nomic-embed-text", type: "text-embeddings-inference", provider_name: "nomic" },
    { id: "ranker", type: "text-classification" },
  ],
  keys: [
    { key: "sk-everything", name: "alice", email: "alice@example.org", password: PASSWORD, user: 1 },
    { key: "sk-everything-2", name: "alice's other", user: 1 },
    { key: "sk-slow", name: "slow", limits: [{ model: "qwen3-coder", type: "rpm", value: 2 }] },
    { key: "sk-poor", name: "poor", budget: 0.5 },
    { key: "sk-narrow", name: "narrow", models: ["nomic-embed-text"] },
    { key: "sk-gone", name: "gone", expired: "key" },
    { key: "sk-left", name: "left", expired: "user" },
    { key: "sk-deleted", name: "deleted", deleted: true },
    { key: "sk-admin", name: "admin", permissions: ["admin"] },
  ],
};

let folder: string;
const running: RunningMock[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-provision-"));
  writeFileSync(join(folder, "world.json"), JSON.stringify(WORLD));
});
afterEach(async () => {
  for (const mock of running.splice(0)) await mock.close();
  rmSync(join(folder, "keys.json"), { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(world: World): Promise<RunningMock> {
  const mock = await startMock({ world, cassettes: [] });
  running.push(mock);
  return mock;
}

/** An instance with nobody but its first administrator: a master key, or a user where there is none. */
function startEmpty(ogl: "0.4.1" | "0.4.5"): Promise<RunningMock> {
  const first = ogl === "0.4.1" ? { master: true } : { name: "root", permissions: ["admin"], models: [] };
  return start({ ogl, models: [], keys: [{ key: ROOT, ...first }] });
}

function provision(...args: string[]): Promise<Ran> {
  return gatetape(["provision", ...args], { cwd: folder, env: { OGL_TOKEN: ROOT } });
}

const applied = (mock: RunningMock, ...more: string[]): Promise<Ran> =>
  provision("--url", mock.url, "--world", "world.json", "--apply", "--keys-file", "keys.json", ...more);

const keysMade = (): Record<string, string> =>
  (JSON.parse(readFileSync(join(folder, "keys.json"), "utf8")) as { keys: Record<string, string> }).keys;

type Row = Record<string, unknown>;
type Tables = Record<string, Row[]>;

/** The state of a mock with names in place of ids, and without what differs by nature: dates, keys, passwords that were made up. */
async function stateOf(mock: RunningMock): Promise<object> {
  const response = await mock.app.request("/__gatetape/state", {
    headers: { authorization: `Bearer ${mock.controlToken}` },
  });
  const { state } = (await response.json()) as { state: Tables };
  const { routers = [], providers = [], roles = [], users = [], tokens = [] } = state;
  const nameIn = (table: Row[], id: unknown): unknown => table.find((row) => row["id"] === id)?.["name"];
  const every = routers.flatMap(({ name }) => ["rpm", "rpd", "tpm", "tpd"].map((type) => [name, type, null]));
  const rightsOf = (id: unknown): object => {
    const { permissions, limits, open } = roles.find((role) => role["id"] === id) ?? {};
    const rows = (limits as Row[]).map(({ router, type, value }) => [nameIn(routers, router), type, value]);
    return { permissions, limits: open === true ? every : rows };
  };
  return {
    routers: routers.map(({ name, type, aliases, cost_prompt_tokens, cost_completion_tokens }) => ({
      name,
      type,
      aliases,
      cost_prompt_tokens,
      cost_completion_tokens,
    })),
    providers: providers.map(({ router_id, type, model_name }) => [
      nameIn(routers, router_id),
      type,
      model_name,
    ]),
    users: users
      .filter(({ name }) => name !== "root" && name !== "gatetape-provision")
      .map(({ name, email, budget, role, expires }) => ({
        name,
        email,
        budget,
        expires: expires !== null,
        rights: rightsOf(role),
      })),
    tokens: tokens
      .filter(({ name }) => name !== "root" && name !== "gatetape-provision")
      .map(({ name, user, expires }) => [name, nameIn(users, user), expires !== null]),
  };
}

describe("gatetape provision --apply", () => {
  it.each(["0.4.1", "0.4.5"] as const)("makes an empty OGL %s look like a world", async (ogl) => {
    const mock = await startEmpty(ogl);
    const ran = await applied(mock, "--model-url", "http://models.example:8000");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(await stateOf(mock)).toEqual(await stateOf(await start({ ogl, ...WORLD })));
  });

  it("hands out keys that work, in a file that nobody else can read, and nowhere else", async () => {
    const mock = await startEmpty("0.4.5");
    const { stdout, stderr } = await applied(mock, "--model-url", "http://models.example:8000");
    expect(statSync(join(folder, "keys.json")).mode & 0o777).toBe(0o600);
    const keys = keysMade();
    expect(Object.keys(keys)).toEqual([
      "alice",
      "alice's other",
      "slow",
      "poor",
      "narrow",
      "gone",
      "left",
      "admin",
    ]);
    for (const secret of [...Object.values(keys), ROOT, PASSWORD])
      expect(stdout + stderr).not.toContain(secret);
    const listed = async (name: string): Promise<string[]> => {
      const headers = { authorization: `Bearer ${keys[name]}` };
      const { data } = (await (await fetch(`${mock.url}/v1/models`, { headers })).json()) as {
        data: { id: string }[];
      };
      return data.map(({ id }) => id);
    };
    expect(await listed("alice")).toEqual(["qwen3-coder", "nomic-embed-text", "ranker"]);
    expect(await listed("narrow")).toEqual(["nomic-embed-text"]);
  });

  it("adds a user of its own for providers where only a master key could", async () => {
    const mock = await startEmpty("0.4.1");
    const { keys = [], ...rest } = WORLD;
    writeFileSync(
      join(folder, "plain.json"),
      JSON.stringify({ ...rest, keys: keys.filter(({ name }) => name !== "admin") }),
    );
    const ran = await provision(
      "--url",
      mock.url,
      "--world",
      "plain.json",
      "--apply",
      "--keys-file",
      "keys.json",
      "--model-url",
      "http://m",
    );
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("# OGL lets no master key add providers") as string,
    });
    expect(Object.keys(keysMade())).toContain("gatetape-provision");
  });

  it("creates nothing if anything of a name is there, or the keys have a file already", async () => {
    const mock = await startEmpty("0.4.5");
    expect((await applied(mock)).code).toBe(0);
    const before = await stateOf(mock);
    const file = await applied(mock);
    expect(file.code).toBe(2);
    rmSync(join(folder, "keys.json"));
    const again = await applied(mock);
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toMatch(
      /^gatetape: \/v1\/admin\/routers has a name "qwen3-coder" already\n {2}fix: /,
    );
    expect(await stateOf(mock)).toEqual(before);
    const other = await startEmpty("0.4.5");
    writeFileSync(join(folder, "keys.json"), "mine");
    expect((await applied(other)).stderr).toMatch(
      /--keys-file .*keys\.json: is there already\n {2}fix: .*nothing was created/,
    );
    expect(readFileSync(join(folder, "keys.json"), "utf8")).toBe("mine");
    expect(await stateOf(other)).toMatchObject({ routers: [], users: [] });
  });

  it("says what the instance refuses, and keeps the keys so far", async () => {
    const mock = await start({
      ogl: "0.4.5",
      models: [],
      keys: [{ key: ROOT, name: "root", permissions: ["admin"], models: [] }],
      upstreams: [],
    });
    const ran = await applied(mock, "--model-url", "http://models.example:8000");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /^gatetape: provider of qwen3-coder: POST \/v1\/admin\/providers answered 424: .*not reachable.*\n {2}fix: /,
    );
    expect(Object.keys(keysMade())).toHaveLength(8);
  });

  it.each<[string[], RegExp]>([
    [[], /--world is missing\n {2}fix: /],
    [["--world", "nowhere.json"], /there is no such file/],
    [["--world", "world.json", "--apply"], /--apply needs --keys-file/],
    [["--world", "world.json", "--apply", "--dry-run"], /contradict each other/],
    [["--world", "world.json", "--apply", "--keys-file", "k"], /--url is missing/],
    [
      ["--world", "world.json", "--apply", "--keys-file", "k", "--url", "http://127.0.0.1:1"],
      /openapi\.json: can't be fetched/,
    ],
    [
      [
        "--world",
        "world.json",
        "--apply",
        "--keys-file",
        "k",
        "--url",
        "http://127.0.0.1:1",
        "--key-env",
        "NONE",
      ],
      /--key-env NONE/,
    ],
    [["--world", "world.json", "--model-url", "models"], /"models" is no http or https URL/],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await provision(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("refuses a key that is no administrator's", async () => {
    const mock = await start({ ogl: "0.4.5", models: [], keys: [{ key: ROOT, name: "root", models: [] }] });
    const ran = await applied(mock);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/GET \/v1\/admin\/routers answered 403: .*\n {2}fix: .*administrator/);
  });
});

describe("gatetape provision without --apply", () => {
  it("prints the requests, without secrets, and sends none", async () => {
    const mock = await startEmpty("0.4.5");
    const { code, stdout, stderr } = await provision(
      "--url",
      mock.url,
      "--world",
      "world.json",
      "--model-url",
      "http://m",
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "gatetape: nothing was sent; --apply sends 26 requests\n",
    });
    expect(await stateOf(mock)).toMatchObject({ routers: [], users: [] });
    expect(stdout).toContain(
      'POST /v1/admin/users {"email":"alice@example.org","name":"alice","password":"<of the world>"',
    );
    expect(stdout).toContain(
      'POST /v1/admin/tokens {"user":"<id of user gone>","name":"gone","expires":"<soon>"}',
    );
    expect(stdout).toContain('"router_id":"<id of router ranker>","type":"tei","url":"http://m"');
    expect(stdout).toContain("# 1 deleted keys are not created");
    expect(stdout).not.toContain(PASSWORD);
  });

  it("has the members of the generation", async () => {
    const { stdout } = await provision("--world", "world.json", "--ogl", "0.4.1");
    expect(stdout).toContain('"limits":[{"router":"<id of router qwen3-coder>","type":"rpm","value":null}');
    expect(stdout).not.toContain("router_id");
    expect(stdout).toContain("# without --model-url the models have no provider");
  });
});
