/** What is played and what is recorded, and that recording again changes only what changed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { loadLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import type { RecordingSummary } from "../../src/recorder/model/types.ts";
import { type RecorderOptions, startRecorder } from "../../src/recorder/recorder.ts";
import { type ReplayOrigin, startOrigin } from "../support/replay-origin.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("modes");

let origin: ReplayOrigin;
let requested: string[];
/** What the origin answers to a prompt; each has its turn, the last one stays. */
let answers: Record<string, string[]>;
beforeEach(async () => {
  requested = [];
  answers = {};
  origin = await startOrigin((_, request) => {
    const prompt = promptOf(request);
    const known = answers[prompt] ?? [`re: ${prompt}`];
    const content = known[Math.min(requested.filter((one) => one === prompt).length, known.length - 1)] ?? "";
    requested.push(prompt);
    return answer(completion(content));
  });
});
afterEach(() => origin.close());

const promptOf = (request: Buffer): string => {
  const body = request.subarray(request.indexOf("\r\n\r\n") + 4).toString();
  return body === ""
    ? "GET"
    : ((JSON.parse(body) as { messages: { content: string }[] }).messages.at(-1)?.content ?? "");
};
const completion = (content: string): string =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop", logprobs: null }],
  });
const answer = (body: string): ReturnType<Parameters<typeof startOrigin>[0]> => {
  const response = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncontent-type: application/json\r\n\r\n${body}`,
  );
  return { response, reads: [[1, response.length]], after: "keep" };
};

let count = 0;
const fresh = (): string => join(folder, `${count++}.cassette.json`);

/** Runs a recorder and asks it; gives what was answered (400 for a miss), what is stored and the sum. */
async function run(
  options: Omit<RecorderOptions, "upstream">,
  prompts: readonly string[],
): Promise<{ answered: string[]; summary: RecordingSummary }> {
  const recorder = await startRecorder({ upstream: origin.url, speed: Infinity, ...options });
  const answered: string[] = [];
  for (const prompt of prompts) {
    const response = await fetch(`${recorder.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sk-anything-at-all-1234567890" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: prompt }] }),
    });
    const json = (await response.json()) as { choices?: { message: { content: string } }[] };
    answered.push(json.choices?.[0]?.message.content ?? String(response.status));
  }
  return { answered, summary: await recorder.finish() };
}

const contentOf = (json: unknown): string =>
  (json as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? "";
const stored = (file: string): [name: string, content: string, play: string | undefined][] =>
  loadCassette(file).cassette.interactions.map(({ name, response, match }) => [
    name,
    contentOf(response.body?.[0]?.json),
    match?.play,
  ]);

describe("all", () => {
  it("asks the upstream each time; the same answer twice is one interaction", async () => {
    const out = fresh();
    const { answered, summary } = await run({ out }, ["a", "b", "a"]);
    expect(answered).toEqual(["re: a", "re: b", "re: a"]);
    expect(requested).toEqual(["a", "b", "a"]);
    expect(stored(out)).toEqual([
      ['chat.create m "a"', "re: a", undefined],
      ['chat.create m "b"', "re: b", undefined],
    ]);
    expect(summary).toMatchObject({ files: [{ file: out, recorded: 3, interactions: 2 }], lost: 0 });
  });

  it("keeps different answers to the same request apart, to be played in order", async () => {
    answers = { poll: ["queued", "running", "done"] };
    const out = fresh();
    await run({ out }, ["poll", "x", "poll", "poll"]);
    expect(stored(out)).toEqual([
      ['chat.create m "poll"', "queued", "sequence"],
      ['chat.create m "x"', "re: x", undefined],
      ['chat.create m "poll" #2', "running", "sequence"],
      ['chat.create m "poll" #3', "done", "sequence"],
    ]);
    const played = await run({ out, mode: "none" }, ["poll", "poll", "x", "poll", "poll"]);
    expect(played.answered).toEqual(["queued", "running", "re: x", "done", "400"]);
    expect(requested).toHaveLength(4);
  });

  it("recorded again, what came again is the same to the byte, in its place, with its name", async () => {
    const out = fresh();
    await run({ out }, ["a", "b", "c"]);
    const before = readFileSync(out, "utf8").replace('"chat.create m \\"b\\""', '"my own name"');
    writeFileSync(out, before);
    answers = { b: ["something else"] };
    await run({ out, keepWaits: true }, ["c", "b", "d", "a"]);
    expect(stored(out)).toEqual([
      ['chat.create m "a"', "re: a", undefined],
      ["my own name", "something else", undefined],
      ['chat.create m "c"', "re: c", undefined],
      ['chat.create m "d"', "re: d", undefined],
    ]);
    const [oldParts, newParts] = [before, readFileSync(out, "utf8")].map((text) =>
      text.split(/(?=^ {4}"name")/m),
    );
    expect(newParts?.[1]).toBe(oldParts?.[1]);
    // The last one of before is followed by another one now.
    expect(newParts?.[3]?.replace(/\}, \{\s*$/, "")).toBe(oldParts?.[3]?.replace(/\}\]\s*\}\s*$/, ""));
  });

  it("recorded again with the same answers, the file is the same", async () => {
    answers = { poll: ["queued", "done"] };
    const out = fresh();
    await run({ out }, ["poll", "a", "poll"]);
    const before = readFileSync(out, "utf8");
    requested = [];
    await run({ out, keepWaits: true }, ["poll", "a", "poll"]);
    expect(readFileSync(out, "utf8")).toBe(before);
  });

  it("has the same pseudonym for what has the same role in an older recording", async () => {
    const out = fresh();
    await run({ out }, [
      "mail jane@corp.example.com and joe@corp.example.com",
      "who is joe@corp.example.com",
    ]);
    const before = readFileSync(out, "utf8");
    expect(before).toContain("who is user-2@example.org");
    expect(before).not.toContain("corp");
    await run({ out, keepWaits: true }, [
      "mail jane@corp.example.com and joe@corp.example.com",
      "who is joe@corp.example.com",
    ]);
    expect(readFileSync(out, "utf8")).toBe(before);
  });

  it("keeps a rule of matching that was made wider by hand", async () => {
    const out = fresh();
    await run({ out }, ["a"]);
    const cassette = JSON.parse(readFileSync(out, "utf8")) as Cassette;
    const [interaction] = cassette.interactions;
    const wider = {
      ...cassette,
      interactions: [{ ...interaction, match: { ignore: ["/messages/0/content"] } }],
    };
    writeFileSync(out, JSON.stringify(wider));
    answers = { z: ["new"] };
    await run({ out }, ["z"]);
    const [after, ...others] = loadCassette(out).cassette.interactions;
    expect(others).toEqual([]);
    expect(after?.match).toEqual({ ignore: ["/messages/0/content"] });
    expect(after?.request).toEqual(interaction?.request);
    expect(stored(out)[0]?.[1]).toBe("new");
  });
});

describe("missing", () => {
  it("plays what is known and records the rest, also where a sequence ends", async () => {
    const out = fresh();
    answers = { poll: ["one", "two", "three"] };
    await run({ out }, ["poll", "poll", "a"]);
    requested = ["poll", "poll"];
    const { answered } = await run({ out, mode: "missing" }, ["a", "poll", "poll", "poll", "new"]);
    expect(answered).toEqual(["re: a", "one", "two", "three", "re: new"]);
    expect(requested.slice(2)).toEqual(["poll", "new"]);
    expect(stored(out).map(([, content, play]) => [content, play])).toEqual([
      ["one", "sequence"],
      ["two", "sequence"],
      ["three", "sequence"],
      ["re: a", undefined],
      ["re: new", undefined],
    ]);
  });

  it("records all where there is nothing yet", async () => {
    const out = fresh();
    expect((await run({ out, mode: "missing" }, ["a"])).answered).toEqual(["re: a"]);
    expect(stored(out)).toHaveLength(1);
  });
});

describe("a refusal that is recorded with a bad key", () => {
  const BAD = "correct-horse-battery-bad";
  const GOOD = "correct-horse-battery-good";
  it("is not played to another key, which the upstream is asked for; each plays what it got", async () => {
    const asked: string[] = [];
    const gateway = await startOrigin((_, request) => {
      const isBad = request.includes(BAD);
      asked.push(isBad ? "bad" : "good");
      const content = isBad ? '{"detail":"Invalid API key."}' : '{"object":"list","data":[]}';
      const response = Buffer.from(
        `HTTP/1.1 ${isBad ? "403 Forbidden" : "200 OK"}\r\ncontent-type: application/json\r\ncontent-length: ${content.length}\r\n\r\n${content}`,
      );
      return { response, reads: [[0, response.length]], after: "keep" };
    });
    const out = fresh();
    const statuses = async (mode: "missing" | "none", ...keys: string[]): Promise<number[]> => {
      const recorder = await startRecorder({ upstream: gateway.url, out, mode });
      const got: number[] = [];
      for (const key of keys) {
        const headers = { authorization: `Bearer ${key}` };
        const response = await fetch(`${recorder.baseUrl}/models`, { headers });
        await response.text();
        got.push(response.status);
      }
      await recorder.finish();
      return got;
    };
    expect(await statuses("missing", BAD)).toEqual([403]);
    expect(await statuses("missing", GOOD, GOOD)).toEqual([200, 200]);
    expect(asked).toEqual(["bad", "good", "good"]);
    expect(loadCassette(out).cassette.interactions.map(({ response }) => response.status)).toEqual([
      403, 200,
    ]);
    // The key of the accepted one is the first that comes now; the gateway is not asked.
    expect(await statuses("missing", GOOD)).toEqual([200]);
    expect(await statuses("none", GOOD, BAD)).toEqual([200, 403]);
    expect(asked).toHaveLength(3);
    await gateway.close();
  });
});

describe("once", () => {
  it("records the first time and only plays after that", async () => {
    const out = fresh();
    expect((await run({ out, mode: "once" }, ["a"])).answered).toEqual(["re: a"]);
    const before = readFileSync(out, "utf8");
    const again = await run({ out, mode: "once" }, ["a", "b"]);
    expect(again.answered).toEqual(["re: a", "400"]);
    expect(again.summary.stats).toMatchObject({ recorded: 0, played: 1, missed: 1 });
    expect(requested).toEqual(["a"]);
    expect(readFileSync(out, "utf8")).toBe(before);
  });
});

describe("none", () => {
  it("asks nobody", async () => {
    const out = fresh();
    expect((await run({ out, mode: "none" }, ["a"])).answered).toEqual(["400"]);
    expect([requested, existsSync(out)]).toEqual([[], false]);
  });
});

describe("only", () => {
  it("records one interaction again, one of a sequence too, and plays the others", async () => {
    const out = fresh();
    answers = { poll: ["one", "two", "three"] };
    await run({ out }, ["a", "poll", "poll", "poll"]);
    answers = { poll: ["new two"], a: ["new a"] };
    requested = [];
    const { answered } = await run({ out, only: 'chat.create m "poll" #2' }, [
      "a",
      "poll",
      "poll",
      "poll",
      "b",
    ]);
    expect(answered).toEqual(["re: a", "one", "new two", "three", "400"]);
    expect(requested).toEqual(["poll"]);
    expect(stored(out).map(([, content]) => content)).toEqual(["re: a", "one", "new two", "three"]);
  });

  it("of no such name is a mistake that names those that are there", async () => {
    const out = fresh();
    await run({ out }, ["a"]);
    await expect(run({ out, only: "b" }, [])).rejects.toThrow(/no interaction "b"[^]*chat\.create m/);
  });
});

describe("a folder", () => {
  it("gets one cassette for each operation", async () => {
    const out = join(folder, "tapes");
    const recorder = await startRecorder({ upstream: origin.url, out });
    const json = { "content-type": "application/json" };
    const body = (stream: boolean): string =>
      JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }], stream });
    await fetch(`${recorder.baseUrl}/models`);
    await fetch(`${recorder.baseUrl}/chat/completions`, { method: "POST", headers: json, body: body(false) });
    await fetch(`${recorder.baseUrl}/chat/completions`, { method: "POST", headers: json, body: body(true) });
    await fetch(`${recorder.url}/nowhere`);
    const { files } = await recorder.finish();
    expect(readdirSync(out).toSorted()).toEqual([
      "chat-create.cassette.json",
      "chat-stream.cassette.json",
      "models-list.cassette.json",
      "other.cassette.json",
    ]);
    expect(files).toHaveLength(4);
    expect(loadLibrary({ ogl: "0.4.5", paths: [out] }).entries).toHaveLength(4);
  });
});

describe("what can't be recorded into", () => {
  it("is a cassette that another recorder is at work on", async () => {
    const out = fresh();
    const first = await startRecorder({ upstream: origin.url, out });
    await expect(startRecorder({ upstream: origin.url, out })).rejects.toThrow(
      /is being recorded by process \d+[^]*fix/,
    );
    await first.finish();
    await (await startRecorder({ upstream: origin.url, out })).finish();
  });

  it("is a cassette that was written by hand", async () => {
    const out = fresh();
    writeFileSync(
      out,
      JSON.stringify({
        cassette: 1,
        about: { title: "t", origin: "written", ogl: "0.4.5" },
        interactions: [
          {
            name: "n",
            request: { method: "GET", target: "/x" },
            response: { status: 204, framing: "none", headers: [] },
            waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
          },
        ],
      }),
    );
    await expect(startRecorder({ upstream: origin.url, out })).rejects.toThrow(/written/);
  });

  it("is a name that is no cassette's, or an upstream that is none", async () => {
    await expect(startRecorder({ upstream: origin.url, out: "x.json" })).rejects.toThrow(/x\.cassette\.json/);
    await expect(startRecorder({ upstream: "gateway", out: fresh() })).rejects.toThrow(
      /no http or https URL/,
    );
    await expect(startRecorder({ upstream: "https://a:b@c", out: fresh() })).rejects.toThrow(/credentials/);
  });
});
