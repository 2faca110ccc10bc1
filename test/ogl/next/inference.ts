/** Facts about the operations that run on models, and about keys. */
import { expect } from "vitest";
import type { Fact, NextGateway } from "./gateway.ts";

const T = "tests/integration/endpoints";
const messages = [{ role: "user", content: "Hello, how are you?" }];
const document = { type: "document_url", document_url: "https://example.com/document.pdf" };

function speech(fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries({ model: "listen", ...fields })) form.append(name, value);
  form.append("file", new Blob(["fake-mp3-bytes"], { type: "audio/mpeg" }), "speech.mp3");
  return form;
}

const bodies = (model?: string): readonly (readonly [path: string, body: object])[] => [
  ["/v1/chat/completions", { model: model ?? "chat", messages }],
  ["/v1/embeddings", { model: model ?? "embed", input: "The sun is shining." }],
  ["/v1/rerank", { model: model ?? "rank", query: "sun", documents: ["weather", "news"] }],
  ["/v1/ocr", { model: model ?? "look", document }],
  ["/v1/audio/transcriptions", speech(model === undefined ? {} : { model })],
];

async function eventsOf(gateway: NextGateway): Promise<string[]> {
  const { text } = await gateway.ask("POST", "/v1/chat/completions", {
    body: { model: "chat", messages, stream: true },
  });
  return text.split("\n\n").filter((event) => event.trim() !== "");
}

export const INFERENCE: readonly Fact[] = [
  {
    of: "each with a key",
    says: "without a key 401 `Not authenticated`, with a wrong one 401 `Invalid API key.`",
    shownBy: `${T}/test_*.py and ${T}/*/test_*.py: test_auth`,
    known: "asserted",
    async check(gateway) {
      for (const path of ["/v1/models", "/v1/me", "/v1/keys", "/v1/admin/users", "/health/models"]) {
        await gateway.refuses(401, "Not authenticated", "GET", path, { key: null });
        await gateway.refuses(401, "Invalid API key.", "GET", path, { key: "malformed-token" });
      }
    },
  },
  {
    of: "each with a key",
    says: "a user who has expired gets 403 `Your account has expired. …`, but for `GET /v1/me`",
    shownBy: "tests/integration/fastapi/test_accesscontroller.py 0e812c66, endpoints/exceptions.py 0a960481",
    known: "asserted",
    async check(gateway) {
      const detail = "Your account has expired. Please contact support to renew your account.";
      await gateway.refuses(403, detail, "GET", "/v1/models", { key: "sk-expired" });
      await gateway.expects(200, { id: 14 }, "GET", "/v1/me", { key: "sk-expired" });
      await gateway.refuses(403, detail, "PATCH", "/v1/me", { key: "sk-expired", body: {} });
    },
  },
  {
    of: "each with a key",
    says: "an answer has `x-request-id` of 32 characters",
    shownBy: `${T}/test_request_log.py 970d8581`,
    known: "asserted",
    async check(gateway) {
      for (const path of ["/v1/models", "/v1/admin/users"])
        expect((await gateway.ask("GET", path)).headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
    },
  },
  {
    of: "each that runs on a model",
    says: "404 `Model NAME not found.`, also for a model that the user may not use",
    shownBy: `${T}/test_chatcompletions.py 1481fd2a, test_embeddings.py 1448ea02, test_rerank.py 1094bb02, test_ocr.py 102a54b7, test_audiotranscriptions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      for (const [path, body] of bodies("nothing"))
        await gateway.refuses(404, "Model nothing not found.", "POST", path, { body });
      const [chat] = bodies();
      await gateway.refuses(404, "Model chat not found.", "POST", "/v1/chat/completions", {
        key: "sk-narrow",
        body: chat?.[1] ?? {},
      });
    },
  },
  {
    of: "each that runs on a model",
    says: "422 `Model has wrong type. Expected: A. Actual: B.`",
    shownBy: `${T}/test_embeddings.py 1448ea02, test_rerank.py 1094bb02, test_ocr.py 102a54b7, test_audiotranscriptions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      const expected: Readonly<Record<string, string>> = {
        "/v1/embeddings": "text-embeddings-inference",
        "/v1/rerank": "text-classification",
        "/v1/ocr": "image-to-text",
        "/v1/audio/transcriptions": "automatic-speech-recognition",
      };
      for (const [path, body] of bodies("chat")) {
        const type = expected[path];
        if (type === undefined) continue;
        const detail = `Model has wrong type. Expected: ${type}. Actual: text-generation.`;
        await gateway.refuses(422, detail, "POST", path, { body });
      }
    },
  },
  {
    of: "each that runs on a model",
    says: "400 `Insufficient budget.`",
    shownBy: `${T}/test_chatcompletions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      const [path, body] = bodies()[0] ?? ["", {}];
      await gateway.refuses(400, "Insufficient budget.", "POST", path, { key: "sk-poor", body });
    },
  },
  {
    of: "each that runs on a model",
    says: "429 `Request limit per minute exceeded.`",
    shownBy: `${T}/test_chatcompletions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      const [path, body] = bodies()[0] ?? ["", {}];
      await gateway.expects(200, {}, "POST", path, { key: "sk-slow", body });
      await gateway.refuses(429, "Request limit per minute exceeded.", "POST", path, {
        key: "sk-slow",
        body,
      });
    },
  },
  {
    of: "each that runs on a model",
    says: "headers `x-ratelimit-…` tell the rest of the limits",
    shownBy: "read in OGL's source of late 2026; no test of OGL looks at them",
    known: "read",
    async check(gateway) {
      const [path, body] = bodies()[0] ?? ["", {}];
      const { headers } = await gateway.ask("POST", path, { body });
      expect([...headers.keys()].filter((name) => name.startsWith("x-ratelimit-"))).toHaveLength(6);
    },
  },
  {
    of: "POST /v1/chat/completions",
    says: "the id has 32 characters and is not the upstream's; `model` is the one that was asked for; the tokens add up",
    shownBy: `${T}/test_chatcompletions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      const [path, body] = bodies()[0] ?? ["", {}];
      const { json } = await gateway.expects(
        200,
        { object: "chat.completion", model: "chat" },
        "POST",
        path,
        { body },
      );
      expect(json["id"]).toMatch(/^[0-9a-f]{32}$/);
      const usage = json["usage"] as Record<string, number>;
      expect(usage["total_tokens"]).toBe((usage["prompt_tokens"] ?? 0) + (usage["completion_tokens"] ?? 0));
    },
  },
  {
    of: "POST /v1/chat/completions",
    says: "a stream has one id, a usage chunk without choices before `[DONE]`, and ends with that",
    shownBy: `${T}/test_chatcompletions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      const events = await eventsOf(gateway);
      expect(events.at(-1)).toBe("data: [DONE]");
      const chunks = events
        .slice(0, -1)
        .map(
          (event) =>
            JSON.parse(event.replace("data: ", "")) as { id: string; choices: unknown[]; model: string },
        );
      const ids = new Set(chunks.map(({ id }) => id));
      expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
      expect(chunks.at(-1)).toMatchObject({ choices: [], model: "chat" });
    },
  },
  {
    of: "POST /v1/chat/completions",
    says: "a message that is no object is 422; `stream: null` is no stream",
    shownBy: `${T}/test_chatcompletions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      const path = "/v1/chat/completions";
      await gateway.expects(422, {}, "POST", path, { body: { model: "chat", messages: ["Hello"] } });
      const { headers } = await gateway.ask("POST", path, {
        body: { model: "chat", messages, stream: null },
      });
      expect(headers.get("content-type")).toBe("application/json");
    },
  },
  {
    of: "POST /v1/embeddings",
    says: "`object` is `list`, the id has 32 characters, `model` is the one that was asked for",
    shownBy: `${T}/test_embeddings.py 1448ea02`,
    known: "asserted",
    async check(gateway) {
      const body = { model: "embed", input: "The sun is shining." };
      const { json } = await gateway.expects(
        200,
        { object: "list", model: "embed" },
        "POST",
        "/v1/embeddings",
        { body },
      );
      expect(json["id"]).toMatch(/^[0-9a-f]{32}$/);
    },
  },
  {
    of: "POST /v1/rerank",
    says: "a result for each document, with `relevance_score` and `index`",
    shownBy: `${T}/test_rerank.py 1094bb02`,
    known: "asserted",
    async check(gateway) {
      const body = { model: "rank", query: "sun", documents: ["a", "b", "c"] };
      const { json } = await gateway.expects(200, { object: "list", model: "rank" }, "POST", "/v1/rerank", {
        body,
      });
      const results = json["results"] as Record<string, unknown>[];
      expect(results.map((result) => Object.keys(result))).toEqual(
        Array.from({ length: 3 }, () => expect.arrayContaining(["relevance_score", "index"]) as string[]),
      );
    },
  },
  {
    of: "POST /v1/ocr",
    says: "pages with `markdown` and `index`; no tokens are counted",
    shownBy: `${T}/test_ocr.py 102a54b7`,
    known: "asserted",
    async check(gateway) {
      const usage = { prompt_tokens: 0, completion_tokens: 0 };
      const body = { model: "look", document };
      const { json } = await gateway.expects(200, { model: "look", usage }, "POST", "/v1/ocr", { body });
      for (const page of json["pages"] as object[])
        expect(page).toMatchObject({ markdown: expect.any(String), index: expect.any(Number) });
    },
  },
  {
    of: "POST /v1/audio/transcriptions",
    says: "the id has 32 characters; the tokens of the text count as completion (those of `prompt` as prompt: read)",
    shownBy: `${T}/test_audiotranscriptions.py 1481fd2a, domain/audio/entities.py 12b907aa`,
    known: "asserted",
    async check(gateway) {
      const path = "/v1/audio/transcriptions";
      const { json } = await gateway.expects(200, { model: "listen" }, "POST", path, { body: speech() });
      expect(json["id"]).toMatch(/^[0-9a-f]{32}$/);
      const usage = json["usage"] as Record<string, number>;
      expect([usage["prompt_tokens"], (usage["completion_tokens"] ?? 0) > 0]).toEqual([0, true]);
      const prompted = await gateway.ask("POST", path, { body: speech({ prompt: "two words" }) });
      expect(prompted.json["usage"]).toMatchObject({ prompt_tokens: 2 });
    },
  },
  {
    of: "POST /v1/audio/transcriptions",
    says: "413 `File size limit exceeded. Expected: A Bytes. Actual: B Bytes.`",
    shownBy: `${T}/test_audiotranscriptions.py 1481fd2a; the limit is that of 0.4.1`,
    known: "asserted",
    async check(gateway) {
      const form = new FormData();
      form.append("model", "listen");
      form.append("file", new Blob([new Uint8Array(20_971_521)]), "long.mp3");
      const detail = "File size limit exceeded. Expected: 20971520 Bytes. Actual: 20971521 Bytes.";
      await gateway.refuses(413, detail, "POST", "/v1/audio/transcriptions", { body: form });
    },
  },
  {
    of: "POST /v1/audio/transcriptions",
    says: "`response_format=text` is text/plain",
    shownBy: `${T}/test_audiotranscriptions.py 1481fd2a`,
    known: "asserted",
    async check(gateway) {
      const body = speech({ response_format: "text" });
      const { status, headers, text } = await gateway.ask("POST", "/v1/audio/transcriptions", { body });
      expect([status, headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
      expect(text).toMatch(/^\p{Lu}.*\.$/u);
    },
  },
  {
    of: "POST /v1/audio/transcriptions",
    says: "`srt` is application/x-subrip, `vtt` is text/vtt; the segments of `diarized_json` have a `speaker`",
    shownBy: "domain/audio/entities.py 12b907aa, infrastructure/fastapi/schemas/audio.py 23325551",
    known: "read",
    async check(gateway) {
      const of = (response_format: string) =>
        gateway.ask("POST", "/v1/audio/transcriptions", { body: speech({ response_format }) });
      const [srt, vtt, diarized] = await Promise.all([of("srt"), of("vtt"), of("diarized_json")]);
      expect(srt.headers.get("content-type")).toBe("application/x-subrip");
      expect(vtt.headers.get("content-type")).toBe("text/vtt; charset=utf-8");
      expect(diarized.json["segments"]).toMatchObject([
        { id: 0, type: "transcript.text.segment", speaker: "A" },
      ]);
    },
  },
];
