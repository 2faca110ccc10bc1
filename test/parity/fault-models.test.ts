/** The models whose upstreams misbehave: as a real 0.4.1 showed them for its prompts, and the same for any other. */
import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { OglVersion } from "../../src/openapi/index.ts";
import { type Capture, converse, readCaptures } from "../support/captures.ts";
import { collapsed } from "../support/collapsed.ts";

const KEY = { authorization: "Bearer sk-anything", "content-type": "application/json" };
const modelOf = ({ request }: Capture): string | undefined =>
  /"model": ?"(t-[^"]+)"/.exec(request.toString())?.[1];
/** Captures in which it is not the upstream that decides. */
const OTHERS = /^(?:qos-busy-|chat-up-refused-new$)/;
const ofFaultModels = (below: string): Capture[] =>
  readCaptures(below).filter((capture) => {
    const model = modelOf(capture);
    const isGood = model === undefined || model === "t-ok" || model === "t-embed";
    return !isGood && !OTHERS.test(capture.name) && !capture.file.startsWith("045p");
  });

describe.each([
  ["first", "", 40],
  ["second", "second/", 30],
])("the captures of the %s set", (_, below, count) => {
  const captures = ofFaultModels(below);
  let mock: RunningMock;
  beforeAll(async () => {
    const world = fileURLToPath(new URL(`../captures/${below}world.json`, import.meta.url));
    mock = await startMock({ world, cassettes: [], ogl: "0.4.1", speed: Infinity });
  });
  afterAll(() => mock.close());

  it("are so many", () => expect(captures).toHaveLength(count));

  it.each(captures.map((capture) => [capture.name, capture] as const))(
    "%s",
    async (__, { request, response, end }) => {
      const closes = end.includes("EOF");
      const { bytes, closed } = await converse(mock.port, request, { closes });
      expect(collapsed(bytes)).toEqual(collapsed(response));
      expect(closed).toBe(closes);
    },
  );
});

/** Posts on a connection of its own: after a bare 500 the server closes it without a word. */
async function post(url: string, body: object): Promise<string> {
  const request = httpRequest(url, { method: "POST", headers: KEY, agent: false });
  request.end(JSON.stringify(body));
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  return `${answer.statusCode} ${await text(answer)}`;
}

/** Requests that nobody has recorded. */
const PROMPTS: readonly (readonly [string, object])[] = [
  ["another prompt", { messages: [{ role: "user", content: "hello" }] }],
  [
    "a system message",
    {
      messages: [
        { role: "system", content: "be brief" },
        { role: "user", content: "hi" },
      ],
    },
  ],
  [
    "max_tokens and temperature",
    { messages: [{ role: "user", content: "hi" }], max_tokens: 50, temperature: 0 },
  ],
  [
    "tools",
    {
      messages: [{ role: "user", content: "hi" }],
      tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }],
    },
  ],
];

const WELL = /^200 \{"id"/;
const ANYHOW = /^\d{3} /;

/** A word by which each misbehaviour is known, in JSON and in a stream. */
const SIGNS: readonly (readonly [model: string, json: RegExp | undefined, stream: RegExp | undefined])[] = [
  [
    "t-die-mid",
    undefined,
    /^200 [^]*\n\n\{"detail": "Model is too busy \(RemoteProtocolError\), please try again later\."\}$/,
  ],
  ["t-die-at-once", /^503 .*RemoteProtocolError/, /^503 .*RemoteProtocolError/],
  ["t-refused", /^503 .*temporarily unavailable/, /^503 .*temporarily unavailable/],
  ["t-hang", /^503 .*ReadTimeout/, /^503 .*ReadTimeout/],
  ["t-hang-mid", undefined, /\n\n\{"detail": "Model is too busy \(ReadTimeout\)/],
  ["t-e400", /^400 \{"detail":"This model's/, /^400 \{"object":"error"/],
  ["t-e429", /^429 \{"detail":\{"error":/, /^429 \{"error":/],
  ["t-e503-html", /^503 \{"detail":"<html>\\n/, /^503 <html>$/],
  ["t-miderror", undefined, /EngineCore[^]*EngineCore[^]*\[DONE\]\n\n$/],
  ["t-u2028", /a\u2028b/, /"content":"a\n\nb"/],
  ["t-nodone", undefined, /"usage": \{[^\n]*\}\n\n$/],
  ["t-nospace", undefined, /^200 data:\{[^]*data:\[DONE\]\n\n$/],
  ["t-empty-stream", undefined, /^500 event: error\n/],
  ["t-invalid-json", /^500 Internal Server Error$/, undefined],
  ["t-text200", /^500 Internal Server Error$/, /^200 hello there\n\n$/],
  ["t-redirect", /^307 \{"detail":""\}$/, /^500 event: error/],
  ["t-s-doneonly", undefined, /^200 data: \[DONE\]\n\n$/],
];

describe.each<OglVersion>(["0.4.1", "0.4.5", "next"])("a fault model of OGL %s", (ogl) => {
  let mock: RunningMock;
  beforeAll(async () => {
    mock = await startMock({ ogl, speed: Infinity });
  });
  afterAll(() => mock.close());
  const ask = (body: object, path = "chat/completions"): Promise<string> =>
    post(`${mock.baseUrl()}/${path}`, body);

  it.each(SIGNS)("%s misbehaves for everybody", async (model, json = WELL, stream = ANYHOW) => {
    for (const [, body] of PROMPTS) {
      expect(await ask({ ...body, model })).toMatch(json);
      const streamed = { ...body, model, stream: true, stream_options: { include_usage: true } };
      expect(await ask(streamed)).toMatch(stream);
    }
  });

  it("is called by name, and listed only on demand", async () => {
    const listed = async (of: RunningMock): Promise<string[]> => {
      const client = new OpenAI({ baseURL: of.baseUrl(), apiKey: "sk-anything" });
      const ids: string[] = [];
      for await (const { id } of client.models.list()) ids.push(id);
      return ids;
    };
    expect((await listed(mock)).filter((id) => id.startsWith("t-"))).toEqual([]);
    await using listing = await startMock({ ogl, speed: Infinity, faultModels: true });
    expect(await listed(listing)).toEqual(expect.arrayContaining(["t-die-mid", "t-e429", "t-u2028"]));
    await using bare = await startMock({ ogl, cassettes: [], faultModels: true });
    expect(await listed(bare)).toEqual(expect.arrayContaining(["qwen3-coder", "t-s-tail", "t-embed-bad"]));
    await using named = await startMock({
      ogl,
      world: { models: [{ id: "t-e429", type: "text-generation" }] },
    });
    expect(await listed(named)).toEqual(["t-e429"]);
  });

  it("embeds nothing", async () => {
    const embed = (model: string): Promise<string> => ask({ model, input: "any words" }, "embeddings");
    expect(await embed("t-embed-e413")).toMatch(/^413 /);
    expect(await embed("t-embed-bad")).toBe("500 Internal Server Error");
    expect(await embed("t-embed")).toMatch(/^200 /);
  });
});

it("a reply is given as it was written, and the log names the fault model otherwise", async () => {
  await using mock = await startMock({ speed: Infinity });
  const body = { model: "t-e429", messages: [{ role: "user", content: "hello" }] };
  const ask = (): Promise<string> => post(`${mock.baseUrl()}/chat/completions`, body);
  expect(await ask()).toMatch(/^429 /);
  expect(mock.calls()[0]?.by).toEqual({
    kind: "synthesizer",
    how: "fault model t-e429: 429 with OpenAI's error",
  });
  mock.reply("at last", { when: { model: "t-e429" } });
  expect(await ask()).toContain('"content":"at last"');
});
