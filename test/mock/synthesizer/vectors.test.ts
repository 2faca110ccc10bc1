import { describe, expect, it } from "vitest";
import { createHash } from "node:crypto";
import { embeddings } from "../../../src/mock/synthesizer/embeddings.ts";
import { rerank } from "../../../src/mock/synthesizer/rerank.ts";
import type { WorldModel } from "../../../src/ogl/state/types.ts";
import { request, bytesOf, jsonOf } from "./support.ts";

/** A text, one that shares words with it, and one that shares none: the first two are nearer, by more than a little. */
const TRIPLES: readonly (readonly [text: string, near: string, far: string])[] = [
  ["the capital of France", "Paris is the capital of France", "a recipe for apple pie"],
  ["la capitale de la France", "quelle est la capitale française ?", "une recette de tarte aux pommes"],
  ["how to train a neural network", "training neural networks on a GPU", "the opening hours of the library"],
  ["renouveler ma carte d'identité", "renouvellement de la carte d'identité", "la météo de demain à Lyon"],
  ["cats and dogs", "a dog and a cat", "monetary policy of the central bank"],
  ["Le budget de l'État pour 2026", "budget de l'État", "histoires de dragons et de fées"],
  ["error in the database connection", "database connection error", "how birds migrate in winter"],
  ["Déclaration d'impôts en ligne", "declaration d'impots", "randonnée en montagne"],
  ["TypeScript generics", "generics in typescript explained", "roman history of Lyon"],
  ["the quick brown fox", "a quick fox", "slow green turtles"],
];

const vectorsOf = (
  input: unknown,
  more: Record<string, unknown> = {},
  model: Partial<WorldModel> = { dimension: 256 },
): number[][] =>
  jsonOf<{ data: { embedding: number[] }[] }>(
    embeddings(
      request({ input, ...more }, { model: { id: "v", type: "text-embeddings-inference", ...model } }),
    ),
  ).data.map(({ embedding }) => embedding);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe("embeddings", () => {
  it("are unit vectors of the model's dimension", () => {
    for (const dimension of [3, 64, 768, 1024, 3072])
      for (const vector of vectorsOf(["hello", "", "été 😀", "the of and"], {}, { dimension })) {
        expect(vector).toHaveLength(dimension);
        expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 5);
      }
    expect(vectorsOf("a", {}, {})[0]).toHaveLength(1024);
    expect(vectorsOf("a", {}, { id: "nomic-embed-text" })[0]).toHaveLength(768);
  });

  it.each(TRIPLES)("of %j are nearer to %j than to %j", (text, near, far) => {
    const [a = [], b = [], c = []] = vectorsOf([text, near, far], {}, { dimension: 768 });
    expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.2);
    expect(Math.abs(dot(a, c))).toBeLessThan(0.3);
  });

  it("are the same on every machine, alone or in a batch", () => {
    const texts = TRIPLES.flat();
    const batch = vectorsOf(texts);
    expect(batch).toEqual(texts.map((text) => vectorsOf(text)[0]));
    expect(createHash("sha256").update(JSON.stringify(batch)).digest("hex")).toMatchInlineSnapshot(
      `"fc353cae814a806b2dc87fe232e9f26d844ea6b10113db5632fe026117642977"`,
    );
  });

  it("may be shorter, but not longer than the model's", () => {
    const [whole = []] = vectorsOf("hello world");
    const [short = []] = vectorsOf("hello world", { dimensions: 8 });
    expect(short).toHaveLength(8);
    expect(dot(short, short)).toBeCloseTo(1, 5);
    expect((short[0] ?? 0) / (short[1] ?? 1)).toBeCloseTo((whole[0] ?? 0) / (whole[1] ?? 1), 4);
    expect(vectorsOf("hello", { dimensions: 9999 })[0]).toHaveLength(256);
    expect(vectorsOf("hello", { dimensions: -1 })[0]).toHaveLength(256);
    expect(vectorsOf("hello", { dimensions: "2" })[0]).toHaveLength(2);
  });

  it("are of a text, of tokens, or of lists of either", () => {
    const [text, tokens] = [vectorsOf("a b"), vectorsOf([1, 2, 3])];
    expect([text.length, tokens.length]).toEqual([1, 1]);
    expect(vectorsOf([[1, 2, 3], [4]])[0]).toEqual(tokens[0]);
    const [a = [], b = [], c = []] = vectorsOf([
      [1, 2, 3],
      [3, 2, 9],
      [70, 80],
    ]);
    expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.2);
  });

  it("are framed as OGL frames them", () => {
    const body = { input: "hello world" };
    const model = { id: "v", type: "text-embeddings-inference", dimension: 2 };
    const framed = (more: object): string =>
      bytesOf(embeddings(request(body, { model: { ...model, ...more } })))
        .replace(/(?<=\[)-?\d\.\d+,-?\d\.\d+(?=\])/, "N,N")
        .replaceAll(/[0-9a-f]{32}/g, "ID");
    const usage =
      '"usage":{"prompt_tokens":11,"completion_tokens":0,"total_tokens":11,"cost":0.0,"carbon":{"kWh":0.0,"kgCO2eq":0.0},"requests":1}';
    const data =
      '{"data":[{"embedding":[N,N],"index":0,"object":"embedding"}],"model":"alias","object":"list"';
    expect(framed({})).toBe(`${data},${usage},"id":"embd-ID","created":1760000000}`);
    expect(framed({ provider: "tei" })).toBe(`${data},${usage},"id":"request-ID"}`);
  });

  it("print numbers as Python does", () => {
    const reply = { embeddings: [[1e-7, 0, 1, -0.5]] };
    expect(bytesOf(embeddings(request({ input: "a" }, { reply })))).toContain(
      '"embedding":[1e-07,0.0,1.0,-0.5]',
    );
  });

  it("fail with base64, as OGL does", () => {
    const body = { input: "a", encoding_format: "base64" };
    const { script } = embeddings(request(body, { ogl: "0.4.5" }));
    expect([script.head?.status, script.ops.at(-1)]).toEqual([500, { op: "close" }]);
    expect(embeddings(request(body, { ogl: "next" })).script.head?.status).toBe(422);
  });
});

describe("a ranking", () => {
  interface Ranking {
    readonly object: string;
    readonly results: { relevance_score: number; index: number; document?: { text: string } }[];
    readonly model: string;
  }
  const documents = ["apple pie", "Paris is the capital of France", "France"];
  const body = { query: "capital of France", documents };
  const model = { id: "r", type: "text-classification" };
  const ranked = (more: Record<string, unknown> = {}, as: Partial<WorldModel> = {}): Ranking =>
    jsonOf<Ranking>(rerank(request({ ...body, ...more }, { model: { ...model, ...as } })));

  it("has the documents that share most words first, with scores from 0 to 1", () => {
    const { results } = ranked();
    expect(results.map(({ index }) => index)).toEqual([1, 2, 0]);
    for (const { relevance_score: score } of results) {
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });

  it("is of the whole list, or of its top", () => {
    expect(ranked({ top_n: 2 }).results.map(({ index }) => index)).toEqual([1, 2]);
    expect(ranked({ top_n: 9 }).results).toHaveLength(3);
    expect(ranked({ documents: [] }).results).toEqual([]);
    expect(ranked({ documents: ["x", "x", "x"] }).results.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it("has the form of what serves it", () => {
    expect(Object.keys(ranked())).toEqual(["object", "id", "results", "model", "usage", "top_n"]);
    expect(Object.keys(ranked().results[0] ?? {})).toEqual(["relevance_score", "index"]);
    expect(ranked({}, { provider: "vllm" }).results[0]).toMatchObject({ document: { text: documents[1] } });
  });

  it("goes by the scores that a config's respond gives", () => {
    const { results } = jsonOf<Ranking>(rerank(request(body, { model, reply: { scores: [3, 1, 2] } })));
    expect(results.map(({ index, relevance_score: score }) => [index, score])).toEqual([
      [0, 3],
      [2, 2],
      [1, 1],
    ]);
  });
});
