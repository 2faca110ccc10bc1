/** Transcriptions, OCR and parse-beta that nobody recorded. */
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { durationOf } from "../../../src/mock/synthesizer/media/duration.ts";
import { transcriptOf, transcriptText } from "../../../src/mock/synthesizer/media/transcript.ts";
import { OGL_VERSIONS, type OglVersion } from "../../../src/openapi/document/versions.ts";
import { askAlone } from "../../support/own-connection.ts";
import { wav } from "../../support/wav.ts";

const MODELS = [
  { id: "listen", type: "automatic-speech-recognition" },
  { id: "look", type: "image-to-text" },
];
const mocks = new Map<OglVersion, RunningMock>();
beforeAll(async () => {
  for (const ogl of OGL_VERSIONS) {
    const world = { ogl, models: MODELS, parser: true };
    mocks.set(ogl, await startMock({ world, cassettes: [], speed: Infinity }));
  }
});
afterAll(() => Promise.all([...mocks.values()].map((mock) => mock.close())));

interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

async function post(ogl: OglVersion, path: string, body: FormData | object): Promise<Reply> {
  const isForm = body instanceof FormData;
  const { status, headers, text } = await askAlone(`${mocks.get(ogl)?.url}${path}`, {
    method: "POST",
    headers: { authorization: "Bearer sk-any", ...(isForm ? {} : { "content-type": "application/json" }) },
    body: isForm ? body : JSON.stringify(body),
  });
  return { status, type: headers.get("content-type"), text };
}

type Fields = Readonly<Record<string, string>>;

function transcribe(ogl: OglVersion, sound: Uint8Array<ArrayBuffer>, fields: Fields = {}): Promise<Reply> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ model: "listen", ...fields })) form.append(name, value);
  form.append("file", new Blob([sound], { type: "audio/wav" }), "a.wav");
  return post(ogl, "/v1/audio/transcriptions", form);
}

interface Transcription {
  readonly text: string;
  readonly duration: string;
  readonly segments: readonly { text: string; start: number; end: number; speaker?: string | null }[] | null;
}

const seed = "0123456789abcdef01234567";
const wordsIn = (text: string): number => (text === "" ? 0 : text.split(" ").length);

describe("a duration", () => {
  it.each([0, 0.5, 1, 2.25, 60])("of a WAV file is that of its header: %s s", (seconds) => {
    expect(durationOf(wav(seconds))).toBe(seconds);
  });

  it("of a WAV file without a size, as a stream writes it, is that of its bytes", () => {
    const file = wav(3);
    file.writeUInt32LE(0xffff_ffff, 40);
    expect(durationOf(file)).toBe(3);
  });

  it("skips chunks before the sound", () => {
    const file = wav(2);
    const list = Buffer.from("LIST\x03\x00\x00\x00abc\x00", "latin1");
    expect(durationOf(Buffer.concat([file.subarray(0, 36), list, file.subarray(36)]))).toBe(2);
  });

  it("of other sound follows from its size", () => {
    expect([0, 10, 16_000, 160_000].map((size) => durationOf(new Uint8Array(size)))).toEqual([0, 1, 1, 10]);
  });

  it("is some number for any bytes", () => {
    const bytes = fc
      .uint8Array({ maxLength: 80 })
      .map((more) => Buffer.concat([wav(0).subarray(0, 36), more]));
    fc.assert(
      fc.property(bytes, (file) => {
        expect(durationOf(file)).toBeGreaterThanOrEqual(0);
        expect(durationOf(file)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("a transcript", () => {
  it("has as many words as are spoken in the time, in segments without a gap", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 300, noNaN: true }),
        fc.constantFrom("en", "fr"),
        (seconds, language) => {
          const segments = transcriptOf(seconds, language, seed);
          expect(wordsIn(transcriptText(segments))).toBe(Math.max(1, Math.round(seconds * 2.5)));
          expect(segments[0]?.start).toBe(0);
          expect(segments.at(-1)?.end).toBeCloseTo(seconds, 2);
          for (const [i, { start, end }] of segments.entries()) {
            expect(end).toBeGreaterThanOrEqual(start);
            expect(start).toBe(segments[i - 1]?.end ?? 0);
          }
        },
      ),
    );
  });

  it("of no sound is empty, and one of days has an end", () => {
    expect(transcriptOf(0, "en", seed)).toEqual([]);
    expect(wordsIn(transcriptText(transcriptOf(1e9, "en", seed)))).toBe(36_000);
  });
});

describe.each(OGL_VERSIONS)("OGL %s", (ogl) => {
  it("makes the same text of the same sound, and another of another", async () => {
    const [one, same, other] = await Promise.all(
      [wav(20), wav(20), wav(20, 3)].map((sound) => transcribe(ogl, sound)),
    );
    expect(one).toEqual(same);
    expect(JSON.parse(one?.text ?? "")).toMatchObject({ model: "listen" });
    expect((JSON.parse(one?.text ?? "") as Transcription).text).not.toBe(
      (JSON.parse(other?.text ?? "") as Transcription).text,
    );
  });

  it("makes segments that are the text, and end with the sound", async () => {
    const { text: body } = await transcribe(ogl, wav(12.5), { response_format: "verbose_json" });
    const { text, duration, segments } = JSON.parse(body) as Transcription;
    expect(segments?.map((segment) => segment.text).join(" ")).toBe(text);
    expect([duration, segments?.at(-1)?.end]).toEqual(["12.5", 12.5]);
  });

  it("takes the language from the request", async () => {
    const of = async (fields: Fields): Promise<string> =>
      (JSON.parse((await transcribe(ogl, wav(30), fields)).text) as Transcription).text;
    const [english, french, prompted] = await Promise.all([
      of({}),
      of({ language: "fr" }),
      of({ prompt: "Transcris cette réunion, avec les noms des participants." }),
    ]);
    expect(english).toMatch(/\b(?:the|we)\b/i);
    for (const text of [french, prompted]) expect(text).toMatch(/\b(?:le|la|nous|je)\b/i);
  });

  it("reads the fields of an upload that another thread looks at", async () => {
    const { text } = await transcribe(ogl, wav(20), { response_format: "verbose_json", language: "fr" });
    expect(JSON.parse(text)).toMatchObject({ task: "transcribe", language: "fr" });
  });

  it("gives the text of a document that is text, page by page", async () => {
    const text = "# Avis\n\nPremière page.\fSeconde page.";
    const url = `data:text/markdown;base64,${Buffer.from(text).toString("base64")}`;
    const body = { model: "look", document: { type: "document_url", document_url: url }, pages: [1, 7] };
    const { pages, usage_info: info } = JSON.parse((await post(ogl, "/v1/ocr", body)).text) as {
      pages: { index: number; markdown: string }[];
      usage_info: { doc_size_bytes: number; pages_processed: number };
    };
    expect(pages.map(({ index, markdown }) => [index, markdown])).toEqual([[1, "Seconde page."]]);
    expect(info).toEqual({ doc_size_bytes: Buffer.byteLength(text), pages_processed: 1 });
  });

  it("makes up pages of a document behind a URL, with pictures as they are wanted", async () => {
    const document = { type: "document_url", document_url: "http://127.0.0.1:1/annual-report.pdf?x=1" };
    const of = async (
      more: object,
    ): Promise<{ markdown: string; images: { id: string; image_base64: string | null }[] }[]> =>
      (
        JSON.parse((await post(ogl, "/v1/ocr", { model: "look", document, ...more })).text) as {
          pages: never[];
        }
      ).pages;
    const pages = await of({ include_image_base64: true });
    expect(pages).toHaveLength(2);
    const [first] = pages;
    expect(first?.markdown).toMatch(/^# Annual report\n/);
    for (const { id, image_base64: image } of first?.images ?? []) {
      expect(first?.markdown).toContain(`![${id}](${id})`);
      const bytes = Buffer.from(image?.replace("data:image/jpeg;base64,", "") ?? "", "base64");
      expect([bytes.toString("hex", 0, 2), bytes.toString("hex", bytes.length - 2)]).toEqual([
        "ffd8",
        "ffd9",
      ]);
    }
    expect(first?.images).toHaveLength(1);
    expect((await of({ image_limit: 0 }))[0]?.images).toEqual([]);
    expect((await of({ pages: [4] })).map((page) => page.markdown.split("\n")[0])).toEqual([
      "## Annual report, page 5",
    ]);
    expect(await of({})).toEqual(await of({}));
  });

  it("makes an annotation that keeps to its schema", async () => {
    const schema = {
      type: "object",
      properties: { title: { type: "string" }, pages: { type: "integer", minimum: 1 } },
      required: ["title", "pages"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", json_schema: { name: "about", schema_definition: schema } };
    const document = { type: "image_url", image_url: "data:image/png;base64,iVBORw0KGgo=" };
    const body = { model: "look", document, document_annotation_format: format };
    const { document_annotation: annotation, pages } = JSON.parse(
      (await post(ogl, "/v1/ocr", body)).text,
    ) as {
      document_annotation: string;
      pages: unknown[];
    };
    expect(pages).toHaveLength(1);
    expect(new Ajv2020().validate(schema, JSON.parse(annotation))).toBe(true);
  });

  it("parses as many pages as a PDF declares, of which a range may be wanted", async () => {
    const pdf = "%PDF-1.4\n<</Type/Pages/Count 3>> <</Type/Page/A>> <</Type /Page>> <</Type/Page>>";
    const form = new FormData();
    form.append("page_range", "0,2-9");
    form.append("file", new Blob([pdf], { type: "application/pdf" }), "plan.pdf");
    const { data } = JSON.parse((await post(ogl, "/v1/parse-beta", form)).text) as {
      data: { metadata: object }[];
    };
    expect(data.map(({ metadata }) => metadata)).toEqual([
      { document_name: "plan.pdf", page: 0 },
      { document_name: "plan.pdf", page: 2 },
    ]);
  });
});

describe("response_format", () => {
  const formats = ["json", "text", "verbose_json", "diarized_json", "srt", "vtt"];
  it.each<[OglVersion, (string | number)[]]>([
    ["0.4.1", ["application/json", 500, "application/json", 422, 422, 422]],
    [
      "0.4.5",
      [
        "application/json",
        "text/plain; charset=utf-8",
        "application/json",
        "application/json",
        "application/x-subrip",
        "text/vtt; charset=utf-8",
      ],
    ],
  ])("of %s is answered in its media type, or refused", async (ogl, expected) => {
    const replies = await Promise.all(
      formats.map((format) => transcribe(ogl, wav(3), { response_format: format })),
    );
    expect(replies.map(({ status, type }) => (status === 200 ? type : status))).toEqual(expected);
  });

  it("srt and vtt time the same sentences, until the sound ends", async () => {
    const [json, srt, vtt] = await Promise.all(
      ["diarized_json", "srt", "vtt"].map((format) =>
        transcribe("0.4.5", wav(61.5), { response_format: format }),
      ),
    );
    const { segments } = JSON.parse(json?.text ?? "") as Transcription;
    const cues = (text: string): string[] => text.split("\n\n").filter((cue) => cue.includes("-->"));
    expect(cues(srt?.text ?? "").map((cue) => cue.split("\n").slice(2).join(" "))).toEqual(
      segments?.map(({ text }) => text),
    );
    expect(cues(srt?.text ?? "").at(-1)).toMatch(/^\d+\n00:0[01]:\d\d,\d{3} --> 00:01:01,500\n/);
    expect(vtt?.text).toMatch(/^WEBVTT\n\n00:00:00\.000 --> /);
    expect(cues(vtt?.text ?? "").length).toBe(segments?.length);
    expect(new Set(segments?.map(({ speaker }) => speaker))).toEqual(new Set(["A", "B"]));
  });
});

it.each([undefined, []])(
  "without a world there are models for uploads, whatever is recorded",
  async (cassettes) => {
    const options = { speed: Infinity, ...(cassettes === undefined ? {} : { cassettes }) };
    await using mock = await startMock(options);
    const form = new FormData();
    form.append("model", "whisper");
    form.append("file", new Blob([wav(2)], { type: "audio/wav" }), "a.wav");
    const headers = { authorization: "Bearer sk-any" };
    const heard = await askAlone(`${mock.url}/v1/audio/transcriptions`, {
      method: "POST",
      headers,
      body: form,
    });
    expect(wordsIn((JSON.parse(heard.text) as Transcription).text)).toBe(5);
    const document = { type: "document_url", document_url: "https://example.org/a.pdf" };
    const read = await askAlone(`${mock.url}/v1/ocr`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ model: "ocr", document }),
    });
    expect(read.status).toBe(200);
  },
);
