/** Recordings of uploads: sounds, documents and what models make of them, as real clients send them. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI, { toFile } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { wav } from "../support/wav.ts";

const folder = mkdtempSync(join(tmpdir(), "gatetape-media-"));
const MODELS = [
  { id: "listen", type: "automatic-speech-recognition" },
  { id: "look", type: "image-to-text" },
];
let upstream: RunningMock;
let recorder: RunningRecorder;
let file: string;
let count = 0;
beforeAll(async () => {
  const world = { ogl: "0.4.5", models: MODELS, parser: true, vectorStore: true } as const;
  upstream = await startMock({ world, cassettes: [], speed: Infinity });
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});
const options = { redactPrompts: false };
beforeEach(async () => {
  file = join(folder, `${count++}.cassette.json`);
  recorder = await startRecorder({ upstream: upstream.baseUrl(), out: file, ogl: "0.4.5", ...options });
});
afterEach(() => recorder.finish());

const client = (baseURL: string): OpenAI => new OpenAI({ baseURL, apiKey: "sk-anything", maxRetries: 0 });

function form(name: string, content: Uint8Array<ArrayBuffer>, type: string, fields: object = {}): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) data.append(field, String(value));
  data.append("file", new Blob([content], { type }), name);
  return data;
}

async function post(base: string, path: string, body: FormData | object): Promise<[number, string]> {
  const isForm = body instanceof FormData;
  const response = await fetch(base + path, {
    method: "POST",
    headers: {
      authorization: "Bearer sk-anything",
      ...(isForm ? {} : { "content-type": "application/json" }),
    },
    body: isForm ? body : JSON.stringify(body),
  });
  return [response.status, await response.text()];
}

const recorded = (): Cassette => JSON.parse(readFileSync(file, "utf8")) as Cassette;

/** Plays the recording alone: what it does not hold is a 400. */
const replayed = (): Promise<RunningMock> => startMock({ cassettes: [file], strict: true, speed: Infinity });

type Use = (base: string) => Promise<unknown>;
const PDF = Buffer.from("%PDF-1.4\n1 0 obj <</Type/Page>> endobj\n\xff\xfe", "latin1");
const transcribe =
  (response_format: "json" | "text" | "srt" | "vtt" | "verbose_json", seconds = 2): Use =>
  async (base) =>
    client(base).audio.transcriptions.create({
      model: "listen",
      file: await toFile(wav(seconds), "meeting.wav", { type: "audio/wav" }),
      response_format,
      prompt: "Names: Amélie, Zoë",
    });

const USES: readonly (readonly [string, Use])[] = [
  ["a transcription by openai in JSON", transcribe("json")],
  ["a transcription by openai as text", transcribe("text")],
  ["a transcription by openai as subtitles", transcribe("srt")],
  ["a transcription by openai as WebVTT", transcribe("vtt")],
  ["a transcription by openai with segments", transcribe("verbose_json")],
  ["a sound that another thread reads", transcribe("json", 20)],
  ["a PDF by fetch", (base) => post(base, "/parse-beta", form("a.pdf", PDF, "application/pdf"))],
  [
    "an OCR of a picture",
    (base) => {
      const url = `data:image/png;base64,${wav(1).toString("base64")}`;
      return post(base, "/ocr", { model: "look", document: { type: "image_url", image_url: url } });
    },
  ],
];

describe.each([false, true])("with --redact-prompts %s", (redactPrompts) => {
  beforeAll(() => {
    options.redactPrompts = redactPrompts;
  });

  it.each(USES)("%s is played as it was recorded, whatever the boundary is", async (_, use) => {
    const first = await use(recorder.baseUrl);
    const summary = await recorder.finish();
    expect(summary.stats).toMatchObject({ recorded: 1, withheld: 0, drift: 0 });
    await using mock = await replayed();
    const again = await use(mock.baseUrl());
    expect(playedForm(again, redactPrompts)).toBe(playedForm(first, redactPrompts));
    expect(JSON.parse([...mock.journal.lines()].at(-1) ?? "{}")).toMatchObject({
      answer: { by: { kind: "cassette" } },
    });
  });
});

/** Texts as they are played: content is a reference to it; `--redact-prompts` leaves neither letters nor digits. */
function playedForm(value: unknown, redactPrompts: boolean): string {
  const text = JSON.stringify(value).replaceAll(/data:[^"\\]*/g, "data");
  if (!redactPrompts) return text;
  return text
    .replaceAll(/\p{Lu}/gu, "X")
    .replaceAll(/\p{Ll}/gu, "x")
    .replaceAll(/\d/g, "0");
}

describe("secrets", () => {
  beforeAll(() => {
    options.redactPrompts = false;
  });

  it("in the text of a file and in a field are replaced, and requests with them match", async () => {
    const secret = `sk-${createHash("sha256").update("planted").digest("hex")}`;
    const upload = (): FormData =>
      form("notes.txt", Buffer.from(`The key is\napi_key=${secret}\n`), "text/plain", { collection_id: 1 });
    const collection = await post(recorder.baseUrl, "/collections", { name: "c" });
    expect(collection[0]).toBe(201);
    const first = await post(recorder.baseUrl, "/documents", upload());
    expect(first[0]).toBe(201);
    await recorder.finish();
    expect(readFileSync(file, "utf8")).not.toContain(secret);
    const { request } = recorded().interactions.at(-1) ?? {};
    expect(request?.form).toEqual([
      { name: "collection_id", text: "1" },
      {
        name: "file",
        filename: "notes.txt",
        contentType: "text/plain",
        text: expect.stringContaining("The key is"),
      },
    ]);
    await using mock = await replayed();
    expect(await post(mock.baseUrl(), "/documents", upload())).toEqual(first);
  });
});

describe("--redact-prompts", () => {
  beforeAll(() => {
    options.redactPrompts = true;
  });

  it("withholds a file and what was made of it, and tells another file from it", async () => {
    const spoken = (await transcribe("json")(recorder.baseUrl)) as { text: string };
    await post(recorder.baseUrl, "/parse-beta", form("plan.pdf", PDF, "application/pdf"));
    await transcribe("srt")(recorder.baseUrl);
    const image_url = `data:image/png;base64,${wav(1).toString("base64")}`;
    const document = { type: "image_url", image_url };
    const [, page] = await post(recorder.baseUrl, "/ocr", { model: "look", document });
    const { pages } = JSON.parse(page) as { pages: { markdown: string }[] };
    const sentences = pages
      .flatMap(({ markdown }) => markdown.split(/(?<=\.) |\n+/))
      .filter((each) => each.endsWith("."));
    await recorder.finish();
    const text = readFileSync(file, "utf8");
    expect(sentences.length).toBeGreaterThan(3);
    for (const sentence of sentences) expect(text).not.toContain(sentence);
    expect(text).not.toContain(image_url);
    for (const shown of ["Amélie", spoken.text, ...spoken.text.split(" ").filter((word) => word.length > 4)])
      expect(text).not.toContain(shown);
    const sound = wav(2);
    expect(text).not.toContain(sound.toString("hex").slice(0, 200));
    expect(text).not.toContain("1 0 obj");
    const hash = createHash("sha256").update(sound).digest("hex");
    const parts = recorded().interactions[0]?.request.form ?? [];
    expect(parts.find(({ name }) => name === "file")).toEqual({
      name: "file",
      filename: "meeting.wav",
      contentType: "audio/wav",
      text: `data:audio/wav;sha256=${hash};bytes=${sound.length},`,
    });
    expect(text).toContain("00:00:00,000 --> 00:00:0");
    await using mock = await replayed();
    const other = form("meeting.wav", wav(2, 1), "audio/wav", { model: "listen", response_format: "json" });
    const [status, body] = await post(mock.baseUrl(), "/audio/transcriptions", other);
    expect([status, body]).toEqual([400, expect.stringContaining("gatetape")]);
  });
});
