/** Keys choose among recorded answers: real recordings of a server that knows its keys, played over real sockets. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve as absolute } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import type { World } from "../../src/ogl/index.ts";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { startRecorder } from "../../src/recorder/recorder.ts";
import { gatetape, ready, serve } from "../support/cli.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("credentials");
const BAD = "sk-bad-0123456789abcdef0123456789";
const GOOD = "sk-good-0123456789abcdef012345678";
const NARROW = "sk-narrow-0123456789abcdef0123456";

const chat = { model: "qwen", messages: [{ role: "user", content: "hi" }] };

/** The answer of the server that is recorded, by the key. */
function answerOf(path: string, authorization: string | undefined): [status: number, body: object] {
  if (authorization === undefined) return [401, { detail: "Not authenticated" }];
  if (!authorization.startsWith("Bearer ")) return [403, { detail: "Invalid authentication scheme." }];
  const key = authorization.slice("Bearer ".length);
  if (key !== GOOD && key !== NARROW) return [403, { detail: "Invalid API key." }];
  if (path === "/v1/models") return [200, models(key === GOOD ? ["a", "b"] : ["a"])];
  return [200, completion];
}

const models = (ids: readonly string[]): object => ({
  object: "list",
  data: ids.map((id) => ({
    object: "model",
    id,
    type: "text-generation",
    aliases: [],
    created: 1,
    owned_by: "x",
    max_context_length: null,
    costs: { prompt_tokens: 0, completion_tokens: 0 },
  })),
});
const completion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "qwen",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
};

interface Asked {
  readonly what: "chat" | "models";
  /** The whole `Authorization`; none if absent. */
  readonly authorization?: string;
  readonly session?: string;
}

async function ask(base: string, { what, authorization, session }: Asked): Promise<string> {
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...(session === undefined ? {} : { "x-gatetape-session": session }),
  };
  const response =
    what === "models"
      ? await fetch(`${base}/v1/models`, { headers })
      : await fetch(`${base}/v1/chat/completions`, {
          method: "POST",
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(chat),
        });
  return `${response.status} ${await response.text()}`;
}

const bearer = (key: string): string => `Bearer ${key}`;
const expected = ({ what, authorization }: Asked): string => {
  const [status, body] = answerOf(what === "models" ? "/v1/models" : "/v1/chat/completions", authorization);
  return `${status} ${JSON.stringify(body)}`;
};

const ASKED: readonly Asked[] = [
  { what: "chat", authorization: bearer(BAD) },
  { what: "chat", authorization: bearer(GOOD) },
  { what: "chat" },
  { what: "chat", authorization: `bearer ${GOOD}` },
  { what: "chat", authorization: "Bearer" },
  { what: "models", authorization: bearer(NARROW) },
  { what: "models", authorization: bearer(GOOD) },
  { what: "models", authorization: bearer(BAD) },
];

const file = join(folder, "keys.cassette.json");
const keys: Record<string, string> = {};

beforeAll(async () => {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const [status, body] = answerOf(request.url ?? "", request.headers.authorization);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const recorder = await startRecorder({ upstream: `http://127.0.0.1:${port}`, out: file });
  for (const asked of ASKED) await ask(recorder.url, asked);
  await recorder.finish();
  server.close();
  const { interactions } = JSON.parse(readFileSync(file, "utf8")) as Cassette;
  for (const { request, response } of interactions) {
    const label = request.headers?.find(([name]) => name === "authorization")?.[1].split(" ")[1];
    if (label === undefined || request.target !== "/v1/models") continue;
    const size = JSON.stringify(response.body).split('"type":').length - 1;
    keys[label] = response.status === 403 ? BAD : size === 2 ? GOOD : NARROW;
  }
});

const running: RunningMock[] = [];
afterAll(() => Promise.all(running.map((mock) => mock.close())));
async function mockOf(options: MockOptions = {}): Promise<RunningMock> {
  const mock = await startMock({ cassettes: [file], strict: true, speed: Infinity, ...options });
  running.push(mock);
  return mock;
}

const orders: readonly (readonly [string, readonly Asked[]])[] = [
  ["as recorded", ASKED],
  ["the other way round", ASKED.toReversed()],
  [
    "twice, sorted by key",
    [...ASKED, ...ASKED].toSorted((a, b) => ((a.authorization ?? "") < (b.authorization ?? "") ? -1 : 1)),
  ],
];

it("the cassette has no sequences: each key has its own answers", () => {
  expect(readFileSync(file, "utf8")).not.toContain("sequence");
  expect(new Set(Object.values(keys))).toEqual(new Set([BAD, GOOD, NARROW]));
});

describe.each(["off", "default"])("with world %s", (world) => {
  it.each(orders)("mapped keys get what they got, %s", async (_, order) => {
    const mock = await mockOf({ world, keys });
    for (const asked of order) expect(await ask(mock.url, asked)).toBe(expected(asked));
  });

  it("pseudonyms name themselves", async () => {
    const mock = await mockOf({ world });
    for (const [label, key] of Object.entries(keys))
      expect(await ask(mock.url, { what: "models", authorization: bearer(label) })).toBe(
        expected({ what: "models", authorization: bearer(key) }),
      );
  });

  it("without a map, a key is accepted first, keeps its label, and only what is left is refused", async () => {
    const mock = await mockOf({ world });
    const chats = async (key: string): Promise<string> =>
      (await ask(mock.url, { what: "chat", authorization: bearer(key) })).slice(0, 3);
    expect(await chats("sk-a")).toBe("200");
    expect(await chats("sk-b")).toBe("403");
    expect(await chats("sk-a")).toBe("200");
    expect(await chats("sk-b")).toBe("403");
  });

  it("without a map, the first key gets the first list, the next key the next", async () => {
    const mock = await mockOf({ world });
    const list = (key: string, session: string): Promise<string> =>
      ask(mock.url, { what: "models", authorization: bearer(key), session });
    for (const session of ["one", "two"]) {
      const first = await list(`sk-x-${session}`, session);
      const second = await list(`sk-y-${session}`, session);
      expect(first).toBe(expected({ what: "models", authorization: bearer(NARROW) }));
      expect(second).toBe(expected({ what: "models", authorization: bearer(GOOD) }));
      expect(await list(`sk-x-${session}`, session)).toBe(first);
    }
  });

  it("a scheme or a form that was not recorded is a miss that says so", async () => {
    const mock = await mockOf({ world, keys, policy: "observe" });
    const answer = await ask(mock.url, { what: "models", authorization: `Token ${GOOD}` });
    const words = world === "off" ? 'the credential is \\"authorization Token (key)\\"' : "authenti";
    expect(answer).toContain(words);
    expect(answer).not.toMatch(/^200/);
    expect(answer).not.toContain(GOOD);
  });
});

describe("with a world of its own", () => {
  const world: World = {
    ogl: "0.4.5",
    models: [{ id: "qwen", type: "text-generation" }],
    keys: [{ key: GOOD }],
  };

  it("the world refuses first, and a recorded refusal is not for a key that it knows", async () => {
    const mock = await mockOf({ world });
    expect(await ask(mock.url, { what: "chat", authorization: bearer(GOOD) })).toMatch(/^200 /);
    expect(await ask(mock.url, { what: "chat", authorization: bearer(BAD) })).toMatch(
      /^403 .*Invalid API key/,
    );
    expect(await ask(mock.url, { what: "chat" })).toMatch(/^403 |^401 /);
    expect(await ask(mock.url, { what: "chat", authorization: bearer(GOOD) })).toMatch(/^200 /);
  });

  it("a label in the world names a key", async () => {
    const bad = Object.keys(keys).find((label) => keys[label] === BAD) ?? "";
    const mock = await mockOf({ world: { ...world, keys: [{ key: GOOD, label: bad }] } });
    expect(await ask(mock.url, { what: "chat", authorization: bearer(GOOD) })).toMatch(/^403 /);
  });
});

it("a key that is named for a label that the request was not recorded with gets a miss that says how to name it", async () => {
  const mock = await mockOf({ world: "off", keys: { "sk-9": GOOD } });
  const answer = await ask(mock.url, { what: "models", authorization: bearer(GOOD) });
  expect(answer).toMatch(/^400 .*is recorded with sk-\d, sk-\d, sk-\d, and this key is another one/);
  expect(answer).toContain("name it with --keys sk-");
  expect(answer).not.toContain(GOOD);
});

it("names of keys are checked", async () => {
  await expect(startMock({ keys: { "my key": "x" } })).rejects.toThrow('"my key" is no label of a key');
  await expect(startMock({ keys: { "sk-1": "env:NO_SUCH_KEY" }, env: {} })).rejects.toThrow(
    "sk-1 is env:NO_SUCH_KEY, and there is no such variable",
  );
  await using mock = await startMock({ keys: { "sk-1": "env:K" }, env: { K: "x" } });
  expect(mock.port).toBeGreaterThan(0);
});

it("--keys names keys by the environment and .env", async () => {
  const cwd = join(folder, "cli");
  mkdirSync(cwd);
  const labels = Object.entries(keys);
  writeFileSync(join(cwd, ".env"), labels.map(([, key], i) => `KEY_${i}=${key}`).join("\n"));
  const flags = labels.flatMap(([label], i) => ["--keys", `${label}=env:KEY_${i}`]);
  const served = serve(["mock", "-p", "0", "--json", "--strict", "-c", absolute(file), ...flags], {
    cwd,
  });
  try {
    const { url } = await ready(served);
    for (const asked of ASKED.toReversed()) expect(await ask(url, asked)).toBe(expected(asked));
  } finally {
    await served.stop();
  }
});

it("lint names the keys that get different answers, and the map", async () => {
  const { stdout } = await gatetape(["cassette", "lint", file]);
  expect(stdout).toMatch(/note: sk-\d and sk-\d get different answers to 1 request/);
  expect(stdout).toContain("--keys sk-");
  expect(stdout).toContain("0 errors, 0 warnings, 1 note");
});
