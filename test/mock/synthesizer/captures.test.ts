/** What is synthesized is held against a real OGL's answers, byte for byte, where its upstream said what ours is told to say. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import type { Respond } from "../../../src/mock/synthesizer/base/respond.ts";
import type { World } from "../../../src/ogl/state/types.ts";
import { type Capture, converse, parseResponse, readCaptures } from "../../support/captures.ts";

const given = JSON.parse(
  readFileSync(new URL("../../captures/world.json", import.meta.url), "utf8"),
) as World;
/** The world of the captures, and what served its models. */
const world: World = {
  ...given,
  models: given.models.map((model) => ({
    ...model,
    provider_name: model.id.replace(/^t-/, ""),
    ...(model.id === "nomic-embed-text" ? { provider: "tei" as const } : {}),
    ...(model.id === "rerank-vllm" ? { provider: "vllm" as const } : {}),
  })),
};

/** What the upstream behind the captures says. */
const respond: Respond = ({ operation, body }) => {
  if (operation === "rerank") return { scores: [0.1, 0.9] };
  if (operation === "embeddings.create") {
    const { input, dimensions } = body;
    const vector = [0.25, -0.5, 0.125, 1e-7].slice(0, Number(dimensions ?? 4));
    const count = Array.isArray(input) && typeof input[0] === "string" ? input.length : 1;
    return { embeddings: Array.from({ length: count }, () => vector) };
  }
  const calls =
    Array.isArray(body["tools"]) &&
    body["tools"].length > 0 &&
    "tool_choice" in body &&
    body["tool_choice"] !== "none";
  return calls ? { toolCalls: [{ name: "get_weather", arguments: '{"city": "Paris"}' }] } : "Hello, world!";
};

/** Answers of upstreams that are out of order, or of another form than vLLM's and TEI's. */
const OTHERS = /-up-|upstream|openmockllm|chat-alias|-die-|-slow|openai-provider/;
const captures = readCaptures().filter(({ file, name, request, response }) => {
  const status = response.toString("latin1", 9, 12);
  const path = /^POST (\S+) /.exec(request.toString("latin1"))?.[1] ?? "";
  return (
    status === "200" &&
    /^\/v1\/(?:chat\/completions|embeddings|rerank)$/.test(path) &&
    /^(?:045p-)?(?:chat|stream|emb|rerank)\.jsonl$/.test(file) &&
    !OTHERS.test(name)
  );
});

/** The bytes without what time and chance make: ids, dates, energy; and what TEI's vectors of the captures hold. */
function settled(bytes: Buffer): string[] {
  const { statusLine, headers, body, chunks } = parseResponse(bytes);
  const parts = (chunks ?? [body]).map((part) =>
    part
      .toString("utf8")
      .replaceAll(/"id":( ?)"(request|[a-z]+)-[\w-]+"/g, '"id":$1"$2"')
      .replaceAll(/"id":( ?)"chatcmpl(?:-tool)?"/g, '"id":$1"chatcmpl"')
      .replaceAll(/"(kWh|kgCO2eq|min|max)":( ?)[\d.e-]+/g, '"$1":$20')
      .replaceAll(/"embedding":\[[^\]]{200,}\]/g, '"embedding":[many]'),
  );
  return [
    statusLine,
    ...headers.map((header) => header.replace(/^(date|content-length): .*/i, "$1")),
    ...parts,
  ];
}

describe("a synthesized answer is the real one's, but for time and chance", () => {
  const mocks = new Map<string, RunningMock>();
  beforeAll(async () => {
    for (const ogl of ["0.4.1", "0.4.5"] as const)
      mocks.set(ogl, await startMock({ world, ogl, cassettes: [], respond, speed: Infinity }));
  });
  afterAll(async () => {
    for (const mock of mocks.values()) await mock.close();
  });

  const answerTo = async ({ file, request, end }: Capture): Promise<Buffer> => {
    const mock = mocks.get(file.startsWith("045p") ? "0.4.5" : "0.4.1") as RunningMock;
    return (await converse(mock.port, request, { closes: end.includes("EOF") })).bytes;
  };

  it.each(
    captures
      .filter(({ name }) => name !== "stream-tools")
      .map((capture) => [`${capture.file} ${capture.name}`, capture] as const),
  )("%s", async (_, capture) => {
    // TEI gives vectors of its own, which nobody could repeat: as long ones are put in their place.
    expect(withoutTeiVectors(await answerTo(capture), capture)).toEqual(
      withoutTeiVectors(capture.response, capture),
    );
  });

  it("stream-tools, whose arguments its upstream cuts otherwise", async () => {
    const capture = captures.find(({ name }) => name === "stream-tools") as Capture;
    const args = (bytes: Buffer): string =>
      [
        ...settled(bytes)
          .join("")
          .matchAll(/"arguments":("(?:[^"\\]|\\.)*")/g),
      ]
        .map(([, text]) => JSON.parse(text as string) as string)
        .join("");
    const frames = (bytes: Buffer): string[] => [
      ...new Set(settled(bytes).map((part) => part.replace(/("arguments":)"(?:[^"\\]|\\.)+"/, "$1TEXT"))),
    ];
    const answer = await answerTo(capture);
    expect(args(answer)).toBe(args(capture.response));
    expect(frames(answer)).toEqual(frames(capture.response));
  });

  it("leaves no capture of that kind out", () => {
    console.log(`synthesizer: ${captures.length} captured answers repeated`);
    expect(captures.length).toBe(52);
  });
});

function withoutTeiVectors(bytes: Buffer, { name }: Capture): string[] {
  const lines = settled(bytes);
  return name.startsWith("emb-tei")
    ? lines.map((line) => line.replaceAll(/"embedding":\[[^\]]*\]/g, '"embedding":[]'))
    : lines;
}
