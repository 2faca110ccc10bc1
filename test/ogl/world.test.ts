import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { ask, parseResponse, readCaptures } from "../support/captures.ts";
import { temporaryFolder } from "../support/tmp.ts";

describe("the default world", () => {
  let mock: RunningMock;
  beforeAll(async () => {
    mock = await startMock({ ogl: "0.4.1", speed: Infinity });
  });
  afterAll(() => mock.close());

  const refusals = new Set([
    "auth-chat-none",
    "auth-emb-empty",
    "auth-model-none",
    "http-405-get-chat",
    "http-405-post-models",
    "http-405-delete-models",
    "http-head-chat",
    "http-head-models",
    "http-options-chat",
    "http-uppercase-path",
    "http-double-slash",
    "misc-me",
    "chat-legacy-completions",
  ]);
  const captures = readCaptures().filter(({ name }) => refusals.has(name));

  it.each(captures.map((capture) => [capture.name, capture] as const))(
    "refuses as the real server did: %s",
    async (_, { request, response }) => {
      const answered = await ask(mock.port, request, { expect: response.length, closes: false });
      const got = parseResponse(answered.bytes);
      const real = parseResponse(response);
      const undated = (headers: readonly string[]): string[] =>
        headers.filter((line) => !line.startsWith("date:"));
      expect([got.statusLine, undated(got.headers), got.body.toString()]).toEqual([
        real.statusLine,
        undated(real.headers),
        real.body.toString(),
      ]);
    },
  );

  it("says of a HEAD that nothing but the head was sent", async () => {
    await ask(
      mock.port,
      Buffer.from("HEAD /v1/models HTTP/1.1\r\nHost: x\r\nx-gatetape-session: head\r\n\r\n"),
      {
        expect: 150,
        closes: false,
      },
    );
    const [line = "{}"] = [...mock.journal.lines({ session: "head" })];
    expect(JSON.parse(line)).toMatchObject({
      answer: { status: 405, bytes: 0 },
      delivered: { writes: 0, bytes: 0 },
    });
  });

  it("has all of these captures", () => {
    expect(captures).toHaveLength(refusals.size);
  });
});

describe("a request against the OpenAPI", () => {
  const folder = temporaryFolder("world");
  const file = join(folder, "bad.cassette.json");
  const interaction = (name: string, json: object, body: "exact" | "subset"): object => ({
    name,
    request: {
      method: "POST",
      target: "/v1/chat/completions",
      headers: [["content-type", "application/json"]],
      json,
    },
    match: { body },
    response: {
      wait: 600_000,
      status: 400,
      framing: "length",
      headers: [
        ["content-length", null],
        ["content-type", "application/json"],
      ],
      body: [{ wait: 600_000, json: { detail: name } }],
      end: { how: "complete", wait: 600_000 },
    },
  });
  const cassette = {
    cassette: 1,
    about: { title: "t", origin: "written", ogl: "0.4.5" },
    interactions: [
      interaction("recorded", { model: 5 }, "exact"),
      interaction("anything of model 6", { model: "6" }, "subset"),
    ],
  };

  it("is answered as recorded if exactly it was, else 422; and instant speed leaves out every wait", async () => {
    writeFileSync(file, JSON.stringify(cassette));
    await using mock = await startMock({ cassettes: [file], speed: Infinity });
    const post = async (json: object): Promise<[number, unknown]> => {
      const headers = { authorization: "Bearer x", "content-type": "application/json" };
      const answer = await fetch(`${mock.baseUrl()}/chat/completions`, {
        method: "POST",
        headers,
        body: JSON.stringify(json),
      });
      return [answer.status, await answer.json()];
    };
    expect(await post({ model: 5 })).toEqual([400, { detail: "recorded" }]);
    expect((await post({ model: "6" }))[0]).toBe(422);
    await using lenient = await startMock({ cassettes: [file], speed: Infinity, policy: "observe" });
    const passed = await fetch(`${lenient.baseUrl()}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer x", "content-type": "application/json" },
      body: '{"model":"6"}',
    });
    expect([passed.status, await passed.json()]).toEqual([400, { detail: "anything of model 6" }]);
  });
});
