/** Models as a body may name them: right, padded, of a wrong type, or impossible to ask a database for. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { STRIPPED_MODELS } from "../../src/ogl/operations.ts";
import type { World } from "../../src/ogl/state/types.ts";
import type { JsonObject } from "../../src/openapi/document/document.ts";
import { specOf } from "../../src/openapi/validate/validators.ts";

const world: World = {
  models: [
    { id: "chat", type: "text-generation", costs: { prompt_tokens: 1, completion_tokens: 1 } },
    { id: "vectors", type: "text-embeddings-inference", dimension: 2 },
    { id: "ranks", type: "text-classification" },
    { id: "ranks-vllm", type: "text-classification", provider: "vllm" },
  ],
  keys: [{ key: "sk-a" }, { key: "sk-admin", permissions: ["admin"] }, { key: "sk-none", models: [] }],
};
const REST = {
  "/v1/chat/completions": '"messages":[{"role":"user","content":"hi"}]',
  "/v1/embeddings": '"input":"hi"',
  "/v1/rerank": '"query":"q","documents":[" a ","b"]',
};
type Path = keyof typeof REST;
const PATHS = Object.keys(REST) as Path[];
const RIGHT: Readonly<Record<Path, string>> = {
  "/v1/chat/completions": "chat",
  "/v1/embeddings": "vectors",
  "/v1/rerank": "ranks",
};

describe.each(["0.4.1", "0.4.5"] as const)("a body's model, OGL %s", (ogl) => {
  let mock: RunningMock;
  let open: RunningMock;
  beforeAll(async () => {
    mock = await startMock({ world, ogl, cassettes: [], speed: Infinity });
    open = await startMock({ ogl, speed: Infinity });
  });
  afterAll(async () => {
    await mock.close();
    await open.close();
  });

  const post = async (
    path: Path,
    model: string,
    key = "sk-a",
    to = mock,
    encode: (text: string) => string | Uint8Array<ArrayBuffer> = (text) => text,
  ): Promise<string> => {
    const response = await fetch(to.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: encode(`{"model":${model},${REST[path]}}`),
    });
    return `${response.status} ${await response.text()}`;
  };

  // Observed on 0.4.1: 7, ["t-ok"], {..}, true and null. The others follow from the same column of the database.
  const unaskable = [
    "7",
    "-1.5",
    "true",
    "false",
    '["chat"]',
    "[]",
    "{}",
    "NaN",
    "1e400",
    '"chat\\u0000"',
    '"\\ud800"',
  ];
  it.each(PATHS.flatMap((path) => unaskable.map((model) => [path, model] as const)))(
    "%s fails for %s, whoever sends it",
    async (path, model) => {
      for (const key of ["sk-a", "sk-admin", "sk-none"])
        expect(await post(path, model, key)).toBe("500 Internal Server Error");
      expect(await post(path, model, "sk-a", open)).toBe("500 Internal Server Error");
    },
  );

  it.each(PATHS)("%s wants a model, and no null", async (path) => {
    expect(await post(path, "null")).toMatch(/^422 .*"string_type","loc":\["body","model"\]/);
  });

  it.each(PATHS)("%s strips its name where the OpenAPI wants a character", async (path) => {
    const padded = JSON.stringify(` \u00a0${RIGHT[path]}\t`);
    // What OGL looks up before is the name as it was sent, which no limit and no right belongs to.
    for (const key of ["sk-a", "sk-none"])
      expect(await post(path, padded, key)).toMatch(path === "/v1/rerank" ? /^200 / : /^404 /);
    expect(await post(path, JSON.stringify(RIGHT[path]), "sk-none")).toMatch(/^404 /);
  });

  it.each([
    ["utf16le", ""],
    ["utf16le", "\ufeff"],
    ["utf8", "\ufeff"],
  ] as const)("is found in %s after %j", async (encoding, mark) => {
    const encode = (text: string): Uint8Array<ArrayBuffer> =>
      new Uint8Array(Buffer.from(mark + text, encoding));
    for (const path of PATHS) {
      expect(await post(path, JSON.stringify(RIGHT[path]), "sk-a", mock, encode)).toMatch(/^200 /);
      expect(await post(path, '"unknown"', "sk-a", mock, encode)).toBe('404 {"detail":"Model not found."}');
      // Rights and limits are looked up in UTF-8 alone.
      expect(await post(path, JSON.stringify(RIGHT[path]), "sk-none", mock, encode)).toMatch(/^200 /);
    }
  });

  it("is stripped for the paths whose OpenAPI says so", () => {
    const { operations, document } = specOf(ogl);
    const schemas = document.components["schemas"] as Readonly<Record<string, JsonObject>>;
    const stripped = operations.list.filter(({ definition }) => {
      const schema = Object.values(definition.requestBody?.content ?? {})[0]?.schema ?? {};
      const { properties } = schemas[String(schema["$ref"]).split("/").at(-1) ?? ""] ?? {};
      return (
        "minLength" in ((properties as Readonly<Record<string, JsonObject>> | undefined)?.["model"] ?? {})
      );
    });
    expect(new Set(stripped.map(({ path }) => path))).toEqual(STRIPPED_MODELS);
  });

  it("is ranked with the number of results at the end, if a TEI serves it", async () => {
    const answer = await post("/v1/rerank", '"ranks"');
    expect(answer).toMatch(/,"top_n":null\}$/);
    expect(await post("/v1/rerank", '"ranks","top_n":1')).toMatch(/,"top_n":1\}$/);
    const vllm = await post("/v1/rerank", '"ranks-vllm","top_n":1');
    expect(vllm).not.toContain("top_n");
    expect(vllm).toMatch(/"document":\{"text":"[ab]"\}/);
  });
});

describe("numbers that Python prints otherwise than JavaScript", () => {
  it.each([
    ["[1208925819614629174706176]", 9],
    ["[1, 2]", 2],
    ["[1.0]", 3],
  ])("%s is counted as %i tokens", async (input, tokens) => {
    await using mock = await startMock({ world, ogl: "0.4.1", cassettes: [] });
    const response = await fetch(`${mock.url}/v1/embeddings`, {
      method: "POST",
      headers: { authorization: "Bearer sk-a", "content-type": "application/json" },
      body: `{"model":"vectors","input":${input}}`,
    });
    expect(await response.json()).toMatchObject({ usage: { prompt_tokens: tokens } });
  });
});
