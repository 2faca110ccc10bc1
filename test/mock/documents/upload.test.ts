/** Uploads: what each kind of file becomes, how it is split, and what is too large. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { Documents, SETUP, idOf, world } from "./support.ts";

let mock: RunningMock;
let ann: Documents;
beforeAll(async () => {
  mock = await startMock({ world, ...SETUP });
  ann = new Documents(mock);
  await ann.collection();
});
afterAll(() => mock.close());

/** The PDF that was sent to a real OGL, of two pages with compressed text. */
function capturedPdf(): Uint8Array {
  const lines = readFileSync(new URL("../../captures/state/documents.jsonl", import.meta.url), "utf8").split(
    "\n",
  );
  const line = lines.find((each) => each.includes('"documents-09-pdf"')) ?? "{}";
  const { request } = JSON.parse(line) as { request: { base64: string } };
  const bytes = Buffer.from(request.base64, "base64");
  const from = bytes.indexOf("%PDF-");
  return bytes.subarray(from, bytes.indexOf("\r\n--", from));
}

describe("an upload", () => {
  it("of a PDF has the text of its pages, as with a real OGL (search-02)", async () => {
    const id = idOf(await ann.upload(capturedPdf(), "application/pdf", "a.pdf"));
    expect(await ann.chunks(id)).toEqual([
      "La mairie de Brest est ouverte le lundi.\n\n\nSecond page about trains.",
    ]);
  });

  it.each([
    ["no PDF", "%PDF-1.4 nothing"],
    ["nothing", ""],
    ["another format", "PK\u0003\u0004"],
  ])("that calls itself a PDF and is %s is refused, in the order of OGL", async (_, content) => {
    const refused = await ann.upload(content, "application/pdf", "a.pdf");
    expect(refused).toEqual({ status: 422, text: '{"detail":"Parsing document failed."}' });
    const first = await ann.upload(content, "application/pdf", "a.pdf", { collection_id: 999 });
    expect(first).toEqual({ status: 404, text: '{"detail":"Collection not found."}' });
  });

  it.each([
    ["text/plain", "a.txt", "Twelve trains.", "Twelve trains."],
    ["text/markdown", "a.md", "# Trains\n\nTwelve.", "# Trains\n\nTwelve."],
    ["text/plain", "a.markdown", "# Trains", "# Trains"],
    ["application/octet-stream", "a.md", "# Trains", "# Trains"],
    [
      "text/html",
      "a.html",
      "<title>x</title><h1>Trains</h1><p>Twelve &amp; one.</p>",
      "# Trains\n\nTwelve & one.",
    ],
    ["text/html", "a.htm", "<p>caf&eacute; &#233; &#xe9;</p>", "café é é"],
    ["text/plain", "README", "Without extension.", "Without extension."],
  ])("of %s as %s keeps its text", async (type, name, content, text) => {
    expect(await ann.chunks(idOf(await ann.upload(content, type, name)))).toEqual([text]);
  });

  it.each([
    ["text/markdown", "a.txt"],
    ["text/csv", "a.csv"],
    ["application/json", "a.md"],
    ["application/octet-stream", "README"],
  ])("of %s as %s is refused", async (type, name) => {
    expect((await ann.upload("text", type, name)).text).toBe('{"detail":"Parsing document failed."}');
  });

  it("is split by size, overlap, least size and separators", async () => {
    const chunksBy = async (fields: object): Promise<string[]> =>
      ann.chunks(idOf(await ann.upload("one two three four five six", "text/plain", "a.txt", fields)));
    expect(await chunksBy({})).toEqual(["one two three four five six"]);
    expect(await chunksBy({ chunk_size: 10 })).toEqual(["one two", "three", "four five", "six"]);
    expect(await chunksBy({ chunk_size: 10, chunk_min_size: 5 })).toEqual(["one two", "three", "four five"]);
    expect(await chunksBy({ chunk_size: 10, chunk_overlap: 5 })).toEqual([
      "one two",
      "two three",
      "four five",
      "five six",
    ]);
    expect(await chunksBy({ chunk_size: 12, separators: " three" })).toEqual([
      "one two",
      " three four five six",
    ]);
    expect(await chunksBy({ disable_chunking: true, chunk_size: 5 })).toEqual([
      "one two three four five six",
    ]);
  });
});

describe("the limit of an upload", () => {
  const MiB = 1024 * 1024;
  const upload = (size: number, key?: string): Promise<{ status: number; text: string }> =>
    new Documents(mock, key).upload(new Uint8Array(size).fill(0x61), "text/plain", "a.txt", {
      disable_chunking: true,
    });
  const TOO_LARGE = { status: 413, text: '{"detail":"File size limit exceeded (max: 20971520 bytes)."}' };

  it("is OGL's own, whatever the limit of other requests", async () => {
    expect((await upload(20 * MiB)).status).toBe(201);
    expect(await upload(20 * MiB + 1)).toEqual(TOO_LARGE);
    expect(await upload(40 * MiB)).toEqual(TOO_LARGE);
    expect((await upload(20 * MiB + 1, "sk-wrong")).status).toBe(403);
  });

  it("is no other request's", async () => {
    const text = "a".repeat(16 * MiB);
    for (const [path, body] of [
      ["/v1/documents", { collection_id: 1, name: text }],
      ["/v1/search", { query: text }],
    ] as const) {
      const { status, text: answer } = await ann.call("POST", path, body);
      expect([status, answer]).toEqual([413, expect.stringContaining("raise the limit by --max-body")]);
    }
  });
});
