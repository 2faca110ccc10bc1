/** Compressed bodies and archives: what of them is recorded, and how it is played. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { startMock } from "../../src/mock/mock.ts";
import type { RecordingSummary } from "../../src/recorder/model/types.ts";
import { type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { type ReplayOrigin, type Sent, startOrigin } from "../support/replay-origin.ts";
import { temporaryFolder } from "../support/tmp.ts";

/** Put together here: no secret of this form stands in the repository. */
const KEY = `sk-${"Zz9Yy8Xx7".repeat(4)}`;
const OTHER = `sk-${"Aa1Bb2Cc3".repeat(4)}`;

const folder = temporaryFolder("compressed");
let origin: ReplayOrigin;
let recorder: RunningRecorder;
let next: Sent;
let file: string;
let count = 0;
beforeEach(async () => {
  origin = await startOrigin(() => next);
  file = join(folder, String(count++), "x.cassette.json");
  recorder = await startRecorder({ upstream: origin.url, out: file });
  answer("fine", "content-type: text/plain\r\n");
});
afterEach(async () => {
  await recorder.finish();
  await origin.close();
});

function answer(body: string | Uint8Array, headers: string): void {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 200 OK\r\n${headers}content-length: ${bytes.length}\r\n\r\n`;
  const response = Buffer.concat([Buffer.from(head), bytes]);
  next = { response, reads: [[0, response.length]], after: "keep" };
}

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): RequestInit => ({
  method: "POST",
  body,
  headers,
});

async function recorded(init?: RequestInit): Promise<RecordingSummary> {
  await (await fetch(`${recorder.url}/v1/x`, init)).arrayBuffer();
  return await recorder.finish();
}

const firstOf = (): ReturnType<typeof loadCassette>["cassette"]["interactions"][number] => {
  const [interaction] = loadCassette(file).cassette.interactions;
  if (interaction === undefined) throw new Error(`no interaction in ${file}`);
  return interaction;
};

/** The status and the text with which the mock answers. */
async function played(...list: readonly RequestInit[]): Promise<string[]> {
  const mock = await startMock({
    cassettes: [file],
    world: "off",
    policy: "observe",
    strict: true,
    speed: Infinity,
  });
  try {
    const answers: string[] = [];
    for (const init of list) {
      const response = await fetch(`http://127.0.0.1:${mock.port}/v1/x`, init);
      answers.push(`${response.status} ${(await response.text()).slice(0, 60)}`);
    }
    return answers;
  } finally {
    await mock.close();
  }
}

describe("a compressed answer", () => {
  it.each<[string, (text: string) => Uint8Array]>([
    ["gzip", (text) => zlib.gzipSync(text)],
    ["deflate", (text) => zlib.deflateSync(text)],
    ["br", (text) => zlib.brotliCompressSync(text)],
  ])("in %s is recorded and played decoded", async (coding, compress) => {
    const body = JSON.stringify({ answer: `the key is ${KEY}` });
    answer(compress(body), `content-type: application/json\r\nContent-Encoding: ${coding}\r\n`);
    expect((await recorded()).withheld).toEqual([]);
    const { response } = firstOf();
    expect(response).toMatchObject({ decoded: coding, body: [{ json: { answer: "the key is sk-1" } }] });
    expect(response.headers).toEqual([
      ["content-type", "application/json"],
      ["content-length", null],
    ]);
    expect(await played({})).toEqual(['200 {"answer":"the key is sk-1"}']);
  });

  it("keeps the writes of a stream", async () => {
    const gzip = zlib.createGzip();
    const parts: Buffer[] = [];
    gzip.on("data", (part: Buffer) => parts.push(part));
    const writes: Buffer[] = [];
    for (const text of ["data: my key is sk-Zz9Yy8Xx7\n\n", "data:  two\n\n", "data: [DONE]\n\n"]) {
      gzip.write(text);
      await new Promise<void>((flushed) => gzip.flush(() => flushed()));
      await new Promise((read) => setImmediate(read));
      writes.push(Buffer.concat(parts.splice(0)));
    }
    gzip.end();
    await once(gzip, "end");
    writes.push(Buffer.concat(parts));
    const chunks = [...writes, Buffer.alloc(0)].map((bytes) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]),
    );
    const head = Buffer.from(
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    next = {
      response: Buffer.concat([head, ...chunks]),
      reads: [head, ...chunks].map(({ length }, i) => [i * 20, length]),
      after: "keep",
    };
    expect((await recorded()).withheld).toEqual([]);
    const { response } = firstOf();
    expect(response.body).toMatchObject([
      { wait: expect.any(Number) as number, sse: "my key is sk-1" },
      { wait: expect.any(Number) as number, sse: " two" },
      { wait: expect.any(Number) as number, sse: "[DONE]" },
    ]);
    expect(response.end).toMatchObject({ how: "complete", wait: expect.any(Number) as number });
  });

  it.each<[string, Uint8Array, string]>([
    [
      "does not decode",
      Buffer.from("\x1f\x8b\xff", "latin1"),
      "the body is gzip: it does not decode as gzip",
    ],
    [
      "is a bomb",
      zlib.gzipSync(Buffer.alloc(40 << 20)),
      "the body is gzip: decoded, it is larger than 32 MB",
    ],
  ])("that %s is withheld", async (_, body, shown) => {
    answer(body, "content-type: application/json\r\ncontent-encoding: gzip\r\n");
    await fetch(`${recorder.url}/v1/x`)
      .then((response) => response.body?.cancel())
      .catch(() => "it does not decode");
    const { withheld } = await recorder.finish();
    expect(withheld).toMatchObject([{ findings: [{ kind: "compressed", shown }] }]);
  });

  it("without content-encoding is kept as it is, but for one with a secret", async () => {
    const clean = zlib.gzipSync("nothing here");
    answer(clean, "content-type: application/octet-stream\r\n");
    await fetch(`${recorder.url}/v1/x`);
    answer(zlib.gzipSync(`the key is ${KEY}`), "content-type: application/octet-stream\r\n");
    await fetch(`${recorder.url}/v1/y`);
    answer(zlib.brotliCompressSync(`the key is ${KEY}`), "content-type: application/octet-stream\r\n");
    await fetch(`${recorder.url}/v1/z`);
    const { withheld } = await recorder.finish();
    expect(withheld).toHaveLength(2);
    for (const { findings } of withheld)
      expect(findings).toContainEqual({
        kind: "compressed",
        location: "/response/body",
        shown: "the body is an archive that holds a secret",
      });
    expect(firstOf().response.body).toMatchObject([{ hex: clean.toString("hex") }]);
  });
});

describe("a compressed request", () => {
  const json = (key: string): string => JSON.stringify({ model: "m", prompt: `my key is ${key}` });
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };

  it("is recorded decoded, and is matched by what it says", async () => {
    expect((await recorded(post(zlib.gzipSync(json(KEY)), headers))).withheld).toEqual([]);
    expect(firstOf().request).toMatchObject({
      decoded: "gzip",
      json: { model: "m", prompt: "my key is sk-1" },
    });
    expect(firstOf().request.headers?.map(([name]) => name.toLowerCase())).not.toContain("content-encoding");
    const again = post(zlib.gzipSync(json(KEY), { level: 1 }), headers);
    const another = post(zlib.gzipSync(json("none")), headers);
    expect(await played(again, post(json(KEY), { "content-type": "application/json" }), another)).toEqual([
      "200 fine",
      "200 fine",
      expect.stringMatching(/^400 /),
    ]);
  });
});

describe("an upload", () => {
  const form = (name: string, content: Uint8Array | string): RequestInit => {
    const data = new FormData();
    data.set("purpose", "ocr");
    data.set("file", new Blob([content as Uint8Array<ArrayBuffer>], { type: "application/zip" }), name);
    return { method: "POST", body: data };
  };
  const zip = (text: string): Uint8Array => zipSync({ "docs/notes.txt": strToU8(text) });

  it("that is an archive without a secret is kept", async () => {
    const clean = zip("nothing here");
    await recorded(form("a.zip", clean));
    expect(firstOf().request.form).toContainEqual({
      name: "file",
      filename: "a.zip",
      contentType: "application/zip",
      hex: Buffer.from(clean).toString("hex"),
    });
    expect(await played(form("a.zip", clean), form("a.zip", zip("else")))).toEqual([
      "200 fine",
      expect.stringMatching(/^400 /),
    ]);
  });

  it.each<[string, (key: string) => Uint8Array]>([
    ["a zip", (key) => zip(`the key is ${key}`)],
    ["a zip in a zip", (key) => zipSync({ "a.zip": zip(`the key is ${key}`) })],
    ["gzip", (key) => zlib.gzipSync(`the key is ${key}`)],
    ["a zip with a name that is one", (key) => zipSync({ [`${key}.txt`]: strToU8("x") })],
  ])("that is %s with a secret is replaced as a whole, and another such matches", async (_, make) => {
    await recorded(form("a.zip", make(KEY)));
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain(Buffer.from(make(KEY)).toString("hex"));
    expect(firstOf().request.form).toContainEqual({
      name: "file",
      filename: "a.zip",
      contentType: "application/zip",
      text: "secret-1",
    });
    expect(await played(form("a.zip", make(KEY)), form("a.zip", make(OTHER)))).toEqual([
      "200 fine",
      "200 fine",
    ]);
  });

  it("that is text is looked into as text", async () => {
    await recorded(form("a.txt", `API_TOKEN=abc123def456\nmy key is ${KEY}\n`));
    expect(readFileSync(file, "utf8")).not.toMatch(new RegExp(`${KEY}|abc123def456`));
  });

  it("that is an archive which can't be looked into keeps the interaction off the disk", async () => {
    const broken = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.from(zip("x").subarray(9))]);
    const { withheld } = await recorded(form("a.zip", broken.subarray(0, 60)));
    expect(withheld[0]?.findings[0]?.shown).toBe(
      "the archive can't be looked into: it does not decode as zip",
    );
  });
});
