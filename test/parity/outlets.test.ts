/** The captures, played by both of the mock's outlets: over the socket itself, and through Hono and node-server. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Answered, type Capture, converse, parseResponse, readCaptures } from "../support/captures.ts";
import { LOST_BESIDES, LOST_IN_CAPTURES, type Loss, lossesOf } from "../support/response-losses.ts";

const world = fileURLToPath(new URL("../captures/world.json", import.meta.url));
const captures = readCaptures();

/** Closed by h11's own 400, before there is a request for either outlet. */
const NO_REQUEST = new Set(["http-garbage", "http-http11-nohost"]);

const same = (one: Answered, other: Answered): string[] =>
  one.bytes.equals(other.bytes) ? [] : ["other: bytes"];

/** The final answer: an interim response is sent by the reader of requests, whatever the outlet. */
const finalOf = ({ bytes }: Answered): Buffer => {
  const interim = /^HTTP\/1\.1 1\d\d [^]*?\r\n\r\n/.exec(bytes.toString("latin1"))?.[0] ?? "";
  return timeless(bytes.subarray(interim.length));
};

/** An answer without the times of a use, which two mocks measure each for itself. */
function timeless(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  if (!text.includes('"me.usage"')) return bytes;
  const even = text
    .replaceAll(/"latency":\d+/g, '"latency":0')
    .replaceAll(/"created":\d{10}/g, '"created":1700000000');
  const length = (_: string, name: string, value: string): string =>
    `${name}${Number(value) - (text.length - even.length)}`;
  return Buffer.from(even.replace(/(content-length: )(\d+)/i, length), "latin1");
}

describe("a capture is answered the same by both outlets, but for what a Response can't express", () => {
  const mocks = new Map<string, { readonly direct: RunningMock; readonly hono: RunningMock }>();
  const seen = new Map<Loss, number>();
  beforeAll(async () => {
    for (const ogl of ["0.4.1", "0.4.5"] as const) {
      const start = (direct: boolean): Promise<RunningMock> =>
        startMock({ world, ogl, direct, speed: Infinity, keepAliveMs: 300 });
      mocks.set(ogl, { direct: await start(true), hono: await start(false) });
    }
  });
  afterAll(async () => {
    for (const { direct, hono } of mocks.values()) await Promise.all([direct.close(), hono.close()]);
  });

  it.each(
    captures.map((capture) => [`${capture.file.replace(".jsonl", "")} ${capture.name}`, capture] as const),
  )("%s", async (_, { file, name, request, end }: Capture) => {
    const { direct, hono } = mocks.get(file.startsWith("045p") ? "0.4.5" : "0.4.1") as {
      direct: RunningMock;
      hono: RunningMock;
    };
    const options = { closes: end.includes("EOF") };
    const [one, other] = await Promise.all([
      converse(direct.port, request, options),
      converse(hono.port, request, options),
    ]);
    expect(other.closed).toBe(one.closed);
    const losses = NO_REQUEST.has(name)
      ? same(one, other)
      : lossesOf(request, parseResponse(finalOf(one)), parseResponse(finalOf(other)));
    expect(losses.filter((loss) => !(loss in LOST_IN_CAPTURES))).toEqual([]);
    for (const loss of losses as Loss[]) seen.set(loss, (seen.get(loss) ?? 0) + 1);
  });

  it("each loss of the list is seen", () => {
    const counts = Object.keys(LOST_IN_CAPTURES).map((name) => [name, seen.get(name as Loss) ?? 0]);
    console.log(`both outlets, ${captures.length} captures: ${JSON.stringify(Object.fromEntries(counts))}`);
    expect(counts.filter(([, count]) => count === 0)).toEqual([]);
  });
});

it("the page for users lists the same losses", () => {
  const page = readFileSync(new URL("../../docs/in-process.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| ([^|]+?) \| /gm)].map(([, name = ""]) => name);
  for (const name of [...Object.keys(LOST_IN_CAPTURES), ...Object.keys(LOST_BESIDES)])
    expect(rows).toContain(name);
});
