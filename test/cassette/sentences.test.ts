/** Sentences of docs/cassettes.md that no other test holds. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { startMock } from "../../src/mock/mock.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("sentences");
/** Put together here: no secret of this form stands in the repository. */
const KEY = `sk-${"Zz9Yy8Xx7".repeat(4)}`;

/** Interactions that answer a request with the name of their label. */
const labelled = (file: string, ...labels: readonly (readonly [label: string, target: string])[]): string => {
  const cassette: Cassette = {
    cassette: 1,
    about: { title: "labels", origin: "written", ogl: "0.4.5" },
    interactions: labels.map(([label, target], i) => ({
      name: `n${i}`,
      request: { method: "GET", target, headers: [["Authorization", `Bearer ${label}`]] },
      response: {
        status: 200,
        framing: "length",
        headers: [["content-length", null]],
        body: [{ text: label }],
      },
      waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
    })),
  };
  const path = join(folder, `${file}.cassette.json`);
  writeFileSync(path, JSON.stringify(cassette));
  return path;
};

async function answers(
  path: string,
  ...asked: readonly (readonly [key: string, target: string])[]
): Promise<string[]> {
  await using mock = await startMock({ cassettes: [path], world: "off", policy: "observe" });
  const got: string[] = [];
  for (const [key, target] of asked) {
    const response = await fetch(mock.url + target, { headers: { authorization: `Bearer ${key}` } });
    got.push(await response.text());
  }
  return got;
}

describe("a key", () => {
  it("shares a label if every label has its key", async () => {
    const path = labelled("shared", ["sk-1", "/a"], ["sk-2", "/a"]);
    const got = await answers(path, ["one", "/a"], ["two", "/a"], ["three", "/a"], ["two", "/a"]);
    expect(got).toEqual(["sk-1", "sk-2", "sk-1", "sk-2"]);
  });

  it("with a label that lacks the request borrows the answer of a label that no other key has", async () => {
    const path = labelled("borrowed", ["sk-1", "/a"], ["sk-2", "/b"]);
    expect(await answers(path, ["one", "/a"], ["one", "/b"], ["two", "/b"], ["one", "/a"])).toEqual([
      "sk-1",
      "sk-2",
      "sk-2",
      "sk-1",
    ]);
  });
});

describe("content that is compressed without a content-encoding", () => {
  const zipped = (levels: number): Buffer => {
    let bytes = Buffer.from(`the key is ${KEY}`);
    for (let i = 0; i < levels; i++) bytes = zlib.gzipSync(bytes);
    return bytes;
  };
  it.each([
    [1, /holds a secret/],
    [4, /holds a secret/],
    [5, /more than 4 levels deep/],
  ])("is looked into, four levels deep: %d", async (levels, reason) => {
    const body = zipped(levels);
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: ${body.length}\r\n\r\n`;
    const line = JSON.stringify({
      name: "zipped",
      request: "GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n",
      response: { base64: Buffer.concat([Buffer.from(head), body]).toString("base64") },
    });
    const options = { about: { title: "t", origin: "recorded", ogl: "0.4.5" } } as const;
    await expect(importExchanges("x.jsonl", parseExchanges("x.jsonl", line), options)).rejects.toThrow(
      reason,
    );
  });
});

describe("a body with a content-encoding", () => {
  const spread = (size: number): Promise<Cassette> => {
    const body = zlib.brotliCompressSync(Buffer.alloc(size, "a"));
    expect(size / body.length).toBeGreaterThan(1000);
    const head = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-encoding: br\r\ncontent-length: ${body.length}\r\n\r\n`;
    const line = JSON.stringify({
      name: "spread",
      request: "GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n",
      response: { base64: Buffer.concat([Buffer.from(head), body]).toString("base64") },
    });
    const options = { about: { title: "t", origin: "recorded", ogl: "0.4.5" } } as const;
    return importExchanges("x.jsonl", parseExchanges("x.jsonl", line), options);
  };
  it("is withheld if it decodes to more than a thousand times its size, unless that is at most 1 MB", async () => {
    await expect(spread(2_000_000)).rejects.toThrow(/larger than 1 MB/);
    expect((await spread(1_000_000)).interactions[0]?.response.decoded).toBe("br");
  });
});
