import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { FILES, bodyText, exchangesOf, importBytes, importOf, leftOutOf } from "../../support/import.ts";
import { temporaryFolder } from "../../support/tmp.ts";

const ATTACHED = readFileSync(join(FILES, "attached.har"));
const REQUEST = '{"model":"m","messages":[]}';
const STREAM = "data: one\n\ndata: [DONE]\n\n";
const root = temporaryFolder("import-input");
let count = 0;

/** A folder of its own with the HAR of attached bodies, and other files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  writeFileSync(join(folder, "x.har"), ATTACHED);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, "x.har");
}

/** A HAR of one request whose answer has this content. */
const answered = (content: object, headers: object[] = [], more: object = {}): string =>
  JSON.stringify({
    log: {
      entries: [
        {
          request: { method: "POST", url: "https://x.example/v1/chat/completions", headers: [] },
          response: {
            status: 200,
            headers: [{ name: "content-type", value: "application/json" }, ...headers],
            content,
            ...more,
          },
        },
      ],
    },
  });

describe("the text of a file", () => {
  const text = readFileSync(join(FILES, "two-answers.jsonl"), "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  it.each([
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16 with a mark", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16 without a mark", utf16],
    ["UTF-16 in the other order", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
    ["UTF-16 in the other order without a mark", Buffer.from(utf16).swap16()],
    ["gzip", gzipSync(text)],
    ["gzip of UTF-16", gzipSync(utf16)],
  ])("may be %s", async (_, bytes) => {
    expect(exchangesOf(await importBytes("x.jsonl", bytes))).toEqual([
      "GET /v1/models 200",
      "GET /v1/models 503",
    ]);
  });

  it("of a HAR may be UTF-16", async () => {
    const { cassette } = await importOf("utf16.har");
    expect(cassette.interactions.map((one) => bodyText(one))[0]).toContain('"content":"Hé"');
  });

  it("that is neither is refused", async () => {
    const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xc0])]);
    await expect(importBytes("x.jsonl", bytes)).rejects.toThrow("x.jsonl: is not UTF-8 text");
  });
});

describe("a body in a file of its own", () => {
  it("is taken from beside the HAR", async () => {
    const file = folderWith({ "req.json": REQUEST, "abc.bin": STREAM });
    const { cassette } = await importBytes(file, ATTACHED);
    expect(cassette.interactions[0]?.request.json).toEqual({ model: "m", messages: [] });
    expect(cassette.interactions[0]?.response.body).toEqual([
      { wait: 0, sse: "one" },
      { wait: 0, sse: "[DONE]" },
    ]);
  });

  it("is taken from the archive that the HAR is in", async () => {
    const zip = zipSync({
      "har.har": ATTACHED,
      "req.json": strToU8(REQUEST),
      "resources/abc.bin": strToU8(STREAM),
    });
    const { cassette } = await importBytes("x.har.zip", zip);
    expect(cassette.interactions.map((one) => bodyText(one))).toEqual([STREAM]);
  });

  it("may be named by its hash", async () => {
    const har = answered({ mimeType: "application/json", _sha1: "0a1b.json" });
    const zip = zipSync({ "har.har": strToU8(har), "0a1b.json": strToU8("{}") });
    expect(exchangesOf(await importBytes("x.zip", zip))).toEqual(["POST /v1/chat/completions 200"]);
  });

  it("that is not there is the reason for leaving the entry out", async () => {
    const reason = "the body is in a file of its own, which is not beside the HAR";
    const file = folderWith({ "req.json": REQUEST });
    expect(leftOutOf(await importBytes(file, ATTACHED))).toEqual([
      [59, "/log/entries/0/response/content/_file", reason],
    ]);
  });

  it.each(["../outside.json", "/etc/passwd", "link.json", ".", "dir"])(
    "is never read from outside the folder: %s",
    async (name) => {
      const har = answered({ mimeType: "application/json", _file: name });
      const file = folderWith({});
      writeFileSync(join(root, "outside.json"), '{"outside":true}');
      mkdirSync(join(file, "../dir"));
      symlinkSync(join(root, "outside.json"), join(file, "../link.json"));
      const result = await importBytes(file, har);
      expect(result.cassette.interactions).toEqual([]);
      expect(leftOutOf(result)[0]?.[2]).toMatch(/not beside the HAR/);
    },
  );

  it("that is too large, or unpacks to more than that, is refused", async () => {
    const har = answered({ mimeType: "application/json", _file: "big.json" });
    const big = strToU8(" ".repeat(20 << 20));
    const zip = zipSync({ "har.har": strToU8(har), "big.json": big });
    expect(leftOutOf(await importBytes("x.zip", zip))).toHaveLength(1);
    // The archive says that the file is small: what it unpacks to stays within that.
    const size = Buffer.alloc(4);
    size.writeUInt32LE(big.length);
    const lying = Buffer.from(zip);
    for (let at = lying.indexOf(size); at !== -1; at = lying.indexOf(size, at + 1))
      lying.writeUInt32LE(10, at);
    const lied = await importBytes("x.zip", lying);
    expect(
      bodyText(lied.cassette.interactions[0] as NonNullable<(typeof lied.cassette.interactions)[0]>),
    ).toHaveLength(10);
  });

  it.each([
    ["a damaged archive", Buffer.from("PK\u0003\u0004 and no more"), /is a damaged zip archive/],
    ["two HARs", Buffer.from(zipSync({ "a.har": ATTACHED, "b.har": ATTACHED })), /holds several HARs/],
    ["damaged gzip", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), /gzip: it does not decode/],
    ["a gzip bomb", gzipSync(Buffer.alloc(100 << 20, " ")), /gzip: decoded, it is larger than 32 MB/],
  ])("is not looked for in %s", async (_, bytes, reason) => {
    await expect(importBytes("x.zip", bytes)).rejects.toThrow(reason);
  });
});

describe("a body that is not whole", () => {
  const cut = /the body was cut when it was saved: it has \d+ of 99999 bytes/;
  it("is not taken as whole", async () => {
    expect(leftOutOf(await importOf("truncated.har"))[0]?.[2]).toMatch(cut);
  });

  const json = '{"a":"é"}';
  it.each([
    ["the count of bytes", { size: 10, text: json }],
    ["the count of characters", { size: 9, text: json }],
    ["that of the compressed body", { size: 3, text: json }],
    ["not known", { size: -1, text: json }],
    ["that with a byte order mark", { size: 13, text: json }],
    [
      "that of the decoded body of a compressed one",
      { size: 10, text: gzipSync(json).toString("base64"), encoding: "base64" },
      [{ name: "content-encoding", value: "gzip" }],
    ],
  ])("is not suspected if its size is %s", async (_, content, headers: object[] = []) => {
    const { cassette } = await importBytes(
      "x.har",
      answered({ mimeType: "application/json", ...content }, headers),
    );
    expect(cassette.interactions.map((one) => bodyText(one))).toEqual([json]);
  });

  it.each([
    ["larger", 99_999],
    ["smaller", 3],
  ])("is taken with a note if it is JSON that was edited by hand, and its size is %s", async (_, size) => {
    const { cassette, adjusted } = await importBytes(
      "x.har",
      answered({ mimeType: "application/json", size, text: json }),
    );
    expect(cassette.interactions.map((one) => bodyText(one))).toEqual([json]);
    expect(adjusted.map(({ what }) => what)).toContain(
      `the body has 10 bytes, its size says ${size}: it was not cut, and is taken as it stands`,
    );
  });

  it("is left out if it is JSON without its end", async () => {
    const half = answered({ mimeType: "application/json", size: 99_999, text: json.slice(0, -2) });
    const whole = JSON.parse(answered({ mimeType: "application/json", text: json })) as {
      log: { entries: object[] };
    };
    const { log } = JSON.parse(half) as { log: { entries: object[] } };
    const both = JSON.stringify({ log: { entries: [...log.entries, ...whole.log.entries] } });
    const result = await importBytes("x.har", both);
    expect(leftOutOf(result)[0]?.[2]).toMatch(cut);
    expect(result.cassette.interactions).toHaveLength(1);
  });

  it("is not suspected if its size is that of the bytes that went over the wire, compressed", async () => {
    const gzip = [{ name: "content-encoding", value: "gzip" }];
    const content = { mimeType: "", text: json, size: 29 };
    const { cassette } = await importBytes("x.har", answered(content, gzip, { bodySize: 29 }));
    expect(cassette.interactions.map((one) => bodyText(one))).toEqual([json]);
  });

  it("is seen also if it is compressed in the HAR", async () => {
    const text = gzipSync("{}").toString("base64");
    const har = answered({ mimeType: "", size: 99_999, text, encoding: "base64" }, [
      { name: "content-encoding", value: "gzip" },
    ]);
    expect(leftOutOf(await importBytes("x.har", har))[0]?.[2]).toMatch(cut);
  });

  it("breaks off where the browser says so, also before the first byte", async () => {
    const har = answered({ size: 0, mimeType: "" }, [], { _error: "net::ERR_CONNECTION_RESET" });
    const [made] = (await importBytes("x.har", har)).cassette.interactions;
    expect(made?.response).toMatchObject({ status: 200, end: { how: "reset" } });
  });

  it.each([
    ["a stream without a body", { size: 0 }, { name: "content-type", value: "text/event-stream" }],
    [
      "a stream with an empty text",
      { size: 0, text: "" },
      { name: "content-type", value: "text/event-stream" },
    ],
    ["JSON without a body", { size: 0 }, { name: "x", value: "y" }],
  ])("was not saved if it is %s", async (_, content, header) => {
    const result = await importBytes(
      "x.har",
      answered(content, [header]).replace(
        /\{"name":"content-type","value":"application\/json"\},(?=.*event-stream)/,
        "",
      ),
    );
    expect(leftOutOf(result)[0]?.[2]).toBe("the response was saved without its body");
  });

  it("is really empty if its length says so", async () => {
    const har = answered({ size: 0, mimeType: "" }, [{ name: "content-length", value: "0" }]);
    expect(exchangesOf(await importBytes("x.har", har))).toEqual(["POST /v1/chat/completions 200"]);
  });
});

describe("a body out of bounds", () => {
  const bomb = gzipSync(Buffer.alloc(100 << 20)).toString("base64");
  it.each([
    ["a gzip bomb", { text: bomb, encoding: "base64" }, /can't be decoded: decoded, it is larger than 32 MB/],
    [
      "40 MB of base64",
      { text: Buffer.alloc(30_000_000).toString("base64"), encoding: "base64" },
      /body has 29 MiB; an import takes/,
    ],
    ["a large text", { text: "x".repeat(17 << 20) }, /body has 17 MiB/],
  ])("is left out, the file is read: %s", async (_, content, reason) => {
    const headers = [{ name: "content-encoding", value: "gzip" }];
    const result = await importBytes("x.har", answered({ mimeType: "", ...content }, headers));
    expect(leftOutOf(result)).toEqual([[1, "/log/entries/0", expect.stringMatching(reason)]]);
  });
});
