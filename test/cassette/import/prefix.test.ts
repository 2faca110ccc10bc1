import { describe, expect, it } from "vitest";
import type { ImportResult } from "../../../src/cassette/import/collect.ts";
import { exchangesOf, importBytes, importOf } from "../../support/import.ts";

interface Asked {
  readonly method?: string;
  readonly status?: number;
}

const entry = (url: string, { method = "POST", status = 200 }: Asked = {}): object => ({
  startedDateTime: "2026-10-01T10:00:00.000Z",
  request: {
    method,
    url: `https://gw.example.org${url}`,
    headers: [{ name: "content-type", value: "application/json" }],
    ...(method === "POST" ? { postData: { mimeType: "application/json", text: `{"at":"${url}"}` } } : {}),
  },
  response: {
    status,
    headers: [{ name: "content-type", value: "application/json" }],
    content: { size: 2, mimeType: "application/json", text: "{}" },
  },
});
const imported = (entries: readonly object[], prefix?: string): Promise<ImportResult> =>
  importBytes("x.har", JSON.stringify({ log: { entries } }), prefix === undefined ? {} : { prefix });
const targets = (result: ImportResult): string[] =>
  exchangesOf(result).map((text) => text.split(" ")[1] ?? "");

describe("a base path", () => {
  it("before /v1 is cut, as a recorder cuts it", async () => {
    const result = await importOf("path-prefix.har");
    expect(exchangesOf(result)).toEqual(["POST /v1/chat/completions 200"]);
    expect(result.prefixes).toEqual({ "/llm": 1 });
  });

  it.each([
    ["/llm/v1/chat/completions", "/v1/chat/completions", "/llm"],
    ["/chat/completions", "/v1/chat/completions", "(no /v1)"],
    ["/api/chat/completions", "/v1/chat/completions", "/api"],
    ["/openai/v1/embeddings?x=1", "/v1/embeddings?x=1", "/openai"],
    ["/v1beta/openai/chat/completions", "/v1/chat/completions", "/v1beta/openai"],
    ["/gw/v1/responses", "/v1/responses", "/gw"],
    [
      "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
      "/v1/chat/completions",
      "/openai/deployments/gpt-4o and ?api-version",
    ],
    [
      "/openai/deployments/e/embeddings?a=1&api-version=2024-10-21&b=2",
      "/v1/embeddings?a=1&b=2",
      "/openai/deployments/e and ?api-version",
    ],
  ])("is found: %s", async (url, target, cut) => {
    const result = await imported([entry(url)]);
    expect(targets(result)).toEqual([target]);
    expect(result.prefixes).toEqual({ [cut]: 1 });
  });

  it.each([
    "/v1/chat/completions",
    "/v1/messages",
    "/api/chat",
    "/api/v1x/y",
    "/v1/models/x:generateContent",
    "/health",
  ])("is not seen where there is none: %s", async (url) => {
    const result = await imported([entry(url)]);
    expect(targets(result)).toEqual([url]);
    expect(result.prefixes).toEqual({});
  });

  it("is not learnt from a path that the server did not know", async () => {
    const result = await imported([entry("/v1/v1/chat/completions", { status: 404 })]);
    expect(targets(result)).toEqual(["/v1/v1/chat/completions"]);
  });

  it("that one request shows is cut from the others too", async () => {
    const get = { method: "GET" };
    const result = await imported([
      entry("/api/models", get),
      entry("/api/chat/completions"),
      entry("/api/tags", get),
      entry("/other/models", get),
    ]);
    expect(targets(result)).toEqual(["/v1/models", "/v1/chat/completions", "/api/tags", "/other/models"]);
    expect(result.prefixes).toEqual({ "/api": 2 });
  });

  it("is what --prefix says, and with / it stays", async () => {
    const entries = [entry("/a/b/v1/chat/completions"), entry("/a/b/tools"), entry("/c/v1/embeddings")];
    for (const prefix of ["/a/b", "a/b/", "/a/b/v1"])
      expect(targets(await imported(entries, prefix))).toEqual([
        "/v1/chat/completions",
        "/v1/tools",
        "/c/v1/embeddings",
      ]);
    expect(targets(await imported(entries, "/"))).toEqual([
      "/a/b/v1/chat/completions",
      "/a/b/tools",
      "/c/v1/embeddings",
    ]);
  });

  it("shows no secret in what is said", async () => {
    const key = "sk-abcdefghijklmnopqrstuvwx";
    const { prefixes } = await imported([entry(`/s/${key}/v1/chat/completions`)]);
    expect(Object.keys(prefixes)).toEqual(["/s/(secret)"]);
  });
});
