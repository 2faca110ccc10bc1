/** Words of a miss, and content that matches in another spelling. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import { importExchanges } from "../../src/cassette/import/import.ts";
import { startMock } from "../../src/mock/mock.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("misses");
let files = 0;

/** A recording of requests that are posted to one path, answered by their number. */
async function recordingOf(...bodies: readonly (string | object)[]): Promise<string> {
  const exchanges = bodies.map((body, i) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = JSON.stringify({ answer: i });
    return {
      name: `number ${i}`,
      request: `POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      response: `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`,
    };
  });
  const about = { title: "x", origin: "recorded", ogl: "0.4.5" } as const;
  const file = join(folder, `${files++}.cassette.json`);
  const { interactions, ...rest } = await importExchanges("x", exchanges, { about });
  const keyed = new Map(interactions.map((one) => [JSON.stringify(one.request), one]));
  const repeated = keyed.size < interactions.length;
  const listed = repeated
    ? interactions.map((one) => ({ ...one, match: { play: "sequence" as const } }))
    : interactions;
  writeFileSync(file, printCassette({ ...rest, interactions: listed }));
  return file;
}

async function answers(file: string, ...bodies: readonly (string | object)[]): Promise<string[]> {
  await using mock = await startMock({ cassettes: [file], world: "off", policy: "observe", strict: true });
  const got: string[] = [];
  for (const body of bodies) {
    const response = await fetch(`${mock.url}/v1/x`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const value = (await response.json()) as { answer?: number; detail?: string };
    got.push(value.detail ?? String(value.answer));
  }
  return got;
}

const say = (content: string): object => ({ messages: [{ role: "user", content }], model: "m" });

describe("the same picture in two spellings", () => {
  const big = Buffer.concat([Buffer.from("\x89PNG\r\n", "latin1"), randomBytes(1500)]).toString("base64");
  const small = Buffer.concat([Buffer.from("\x89PNG\r\n", "latin1"), randomBytes(80)]).toString("base64");
  const other = Buffer.concat([Buffer.from("\x89PNG\r\n", "latin1"), randomBytes(1500)]).toString("base64");
  const url = (data: string, type = "image/png"): object => say(`data:${type};base64,${data}`);

  it.each([
    ["big", big],
    ["small", small],
  ])("matches if both were recorded: %s", async (_, data) => {
    const both = await recordingOf(url(data), say(data));
    const [first, second] = await answers(both, url(data), say(data));
    expect([first, second].toSorted()).toEqual(["0", "1"]);
  });

  it("matches if one of them was recorded", async () => {
    expect(await answers(await recordingOf(url(big)), say(big), url(big))).toEqual(["0", "0"]);
    expect(await answers(await recordingOf(say(big)), url(big), say(big))).toEqual(["0", "0"]);
    expect(await answers(await recordingOf(url(big, "image/jpeg")), say(big))).toEqual(["0"]);
  });

  it("does not match another picture", async () => {
    const [answer] = await answers(await recordingOf(url(big)), say(other));
    expect(answer).toContain("no cassette matches");
  });
});

describe("texts that look alike", () => {
  it.each<[string, string, string, string]>([
    ["forms", "caf\u00e9", "cafe\u0301", String.raw`is "cafe\u0301" (NFD), recorded as "caf\u00e9" (NFC)`],
    ["blanks", "10 km", "10\u00a0km", String.raw`is "10\u00a0km", recorded as "10 km"`],
    ["invisible", "hello", "hel\u200blo", String.raw`is "hel\u200blo", recorded as "hello"`],
    ["scripts", "paypal", "p\u0430ypal", String.raw`is "p\u0430ypal", recorded as "paypal"`],
  ])("are named by their escapes: %s", async (_, recorded, got, words) => {
    const [answer] = await answers(await recordingOf(say(recorded)), say(got));
    expect(answer).toContain(words);
  });

  it("leaves other texts as they are, and shows the part that differs", async () => {
    const long = "\u00e9 ".repeat(100);
    const [plain, late] = await answers(
      await recordingOf(say("caf\u00e9"), say(`${long}one`)),
      say("caf\u00e8"),
      say(`${long}two`),
    );
    expect(plain).toContain('is "caf\u00e8", recorded as "caf\u00e9"');
    expect(late).toMatch(/is \.\.\."[\u00e9 ]+two", recorded as \.\.\."[\u00e9 ]+one"/);
  });
});

describe("the nearest interaction", () => {
  it("is never one whose body is no JSON, if a JSON one is close", async () => {
    const file = await recordingOf('{"model":', { ...say("k9 1"), stream: true });
    const [answer] = await answers(file, { ...say("k9 4"), stream: true });
    expect(answer).toContain('/messages/0/content is "k9 4", recorded as "k9 1"');
  });

  it("is that with the smallest difference, not with the fewest", async () => {
    const long = "the same long prompt, again and again, but for its end";
    const file = await recordingOf(
      { model: "m", messages: "none" },
      { ...say(`${long} 1`), seed: 1 },
      { ...say("something else"), seed: 3 },
    );
    const [answer] = await answers(file, { ...say(`${long} 2`), seed: 2 });
    expect(answer).toContain('nearest is "number 1"');
  });
});
