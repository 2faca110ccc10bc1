/** Parts of requests that are not compared: pointers with `*`, query parameters at their defaults, and `play: "last"`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { canName, without } from "../../src/util/json/compare.ts";
import { gatetape } from "../support/cli.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("ignore");
const JSON_TYPE = [["content-type", "application/json"]];

function answer(text: string): object {
  return {
    status: 200,
    framing: "length",
    headers: [
      ["content-length", null],
      ["content-type", "application/json"],
    ],
    body: [{ wait: 0, json: { text } }],
  };
}

interface Given {
  readonly name: string;
  readonly target: string;
  readonly method?: string;
  readonly json?: unknown;
  readonly match?: object;
}

let files = 0;
function cassetteOf(...given: readonly Given[]): string {
  const file = join(folder, `${files++}.cassette.json`);
  const interactions = given.map(({ name, match, method, target, json }) => ({
    name,
    request: {
      method: method ?? (json === undefined ? "GET" : "POST"),
      target,
      ...(json === undefined ? {} : { headers: JSON_TYPE, json }),
    },
    ...(match === undefined ? {} : { match }),
    response: answer(name),
    waivers: [{ pointer: "/response", reason: "not the real answer" }],
  }));
  const about = { title: "x", origin: "written", ogl: "0.4.5" };
  writeFileSync(file, JSON.stringify({ cassette: 1, about, interactions }));
  return file;
}

async function asked(file: string, requests: readonly (readonly [string, unknown?])[]): Promise<string[]> {
  await using mock = await startMock({ cassettes: [file], world: "off", policy: "observe", strict: true });
  const answers: string[] = [];
  for (const [target, json] of requests) {
    const response = await fetch(
      mock.url + target,
      json === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(json) },
    );
    const body = (await response.json()) as { text?: string };
    answers.push(body.text ?? String(response.status));
  }
  return answers;
}

const chat = (ids: readonly string[]): unknown => ({
  model: "m",
  messages: ids.map((id) => ({ role: "assistant", tool_calls: [{ id, function: { name: "f" } }] })),
});

describe("* in an ignored pointer", () => {
  const pointer = "/messages/*/tool_calls/*/id";
  const file = cassetteOf({
    name: "ids",
    target: "/v1/chat/completions",
    json: chat(["a", "b"]),
    match: { ignore: [pointer] },
  });

  it("stands for one step, in arrays and objects", async () => {
    expect(
      await asked(file, [
        ["/v1/chat/completions", chat(["x", "y"])],
        ["/v1/chat/completions", chat(["x"])],
      ]),
    ).toEqual(["ids", "400"]);
    expect(without({ a: { b: { c: 1, d: 2 }, e: { c: 3 } }, c: 4 }, [["a", "*", "c"]])).toEqual({
      a: { b: { d: 2 }, e: {} },
      c: 4,
    });
    expect(without([1, [2]], [["*"]])).toEqual([null, null]);
  });

  it.each<[string, unknown, boolean]>([
    ["/a", { a: 1 }, true],
    ["/new", { a: 1 }, true],
    ["/a/b", { a: 1 }, false],
    ["/a/b", {}, false],
    ["/a/1", { a: [1] }, false],
    ["/a/x", { a: [1] }, false],
    ["/a/*/b", { a: [{ c: 1 }] }, true],
    ["/a/*/b", { a: [] }, false],
    ["/a/*", { a: {} }, true],
    ["/a", undefined, false],
  ])("%s in %j can name something: %s", (path, value, can) => {
    expect(canName(value, path.slice(1).split("/"))).toBe(can);
  });

  it("lint warns of a pointer that can name nothing", async () => {
    const dead = cassetteOf({
      name: "dead",
      target: "/v1/chat/completions",
      json: chat(["a"]),
      match: { ignore: [pointer, "/messages/*/tool_call/*/id", "/temprature", "/temperature", "/seed"] },
    });
    const { stdout } = await gatetape(["cassette", "lint", dead]);
    const warned = [...stdout.matchAll(/warning: (\S+) can name nothing/g)].map(([, found]) => found);
    expect(warned).toEqual(["/messages/*/tool_call/*/id", "/temprature"]);
    expect((await gatetape(["cassette", "lint", file])).stdout).not.toContain("can name nothing");
  });
});

describe("query parameters at the OpenAPI's defaults", () => {
  it("equal absent ones, in both directions", async () => {
    const file = cassetteOf({ name: "plain", target: "/v1/collections" });
    expect(
      await asked(file, [
        ["/v1/collections?offset=0&limit=10"],
        ["/v1/collections?limit=10"],
        ["/v1/collections?limit=11"],
        ["/v1/collections?offset=0&offset=0"],
      ]),
    ).toEqual(["plain", "plain", "400", "400"]);
    const paged = cassetteOf({ name: "paged", target: "/v1/collections?offset=0&limit=10" });
    expect(await asked(paged, [["/v1/collections"], ["/v1/collections?order_by=id"]])).toEqual([
      "paged",
      "paged",
    ]);
  });

  it("come after a literally equal query, and stand for what a subset requires", async () => {
    const both = cassetteOf(
      { name: "plain", target: "/v1/collections" },
      { name: "paged", target: "/v1/collections?offset=0&limit=10" },
    );
    expect(await asked(both, [["/v1/collections?offset=0&limit=10"], ["/v1/collections"]])).toEqual([
      "paged",
      "plain",
    ]);
    const subset = cassetteOf({
      name: "first",
      target: "/v1/collections?offset=0",
      match: { body: "subset" },
    });
    expect(await asked(subset, [["/v1/collections?limit=5"], ["/v1/collections?offset=10"]])).toEqual([
      "first",
      "400",
    ]);
  });
});

it('"last" plays its equals in order, then the last one for ever', async () => {
  const last = { play: "last" };
  const file = cassetteOf(
    { name: "a", target: "/v1/x", match: last },
    { name: "b", target: "/v1/x", match: last },
    { name: "c", target: "/v1/x", match: last },
  );
  const ask = ["/v1/x"] as const;
  expect(await asked(file, [ask, ask, ask, ask, ask])).toEqual(["a", "b", "c", "c", "c"]);
});
