/** Traffic that was saved: journals, HARs, cassettes; and files that are none of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCassettes } from "../../../src/cassette/library/find.ts";
import { bundledLibrary } from "../../../src/cassette/library/library.ts";
import { startMock } from "../../../src/mock/mock.ts";
import { gatetape } from "../../support/cli.ts";
import { type GateRun, readRecord } from "./gate-run.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-saved-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function check(...args: string[]): Promise<GateRun> {
  const ran = await gatetape(["check", "--json", ...args]);
  return { ...ran, ...readRecord(ran.stdout) };
}
const wrongOf = ({ verdicts }: GateRun): string[] =>
  verdicts
    .filter(({ result }) => /fail|warn|tolerated/.test(result))
    .map(({ scenario, result }) => `${result} ${scenario}`);
const isSeen = ({ verdicts }: GateRun, id: string): boolean =>
  verdicts.find(({ scenario }) => scenario === id)?.result !== "not-observable";

interface RequestedRun {
  readonly url?: string;
  readonly method?: string;
  /** Seconds after the first. */
  readonly at: number;
  readonly ms?: number;
  readonly body?: object;
  readonly status?: number;
  readonly answer?: object;
  readonly headers?: Record<string, string>;
}

/** A HAR as browsers write it: without the key. */
function har(...entries: RequestedRun[]): string {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.har`);
  const pairs = (headers: Record<string, string>): object[] =>
    Object.entries(headers).map(([name, value]) => ({ name, value }));
  const log = {
    version: "1.2",
    creator: { name: "a browser", version: "1" },
    entries: entries.map(
      ({
        url = "https://gw.example/v1/chat/completions",
        method,
        at,
        ms = 100,
        body,
        status = 200,
        answer = COMPLETION,
        headers = {},
      }) => ({
        startedDateTime: new Date(Date.UTC(2026, 10, 21) + at * 1000).toISOString(),
        time: ms,
        request: {
          method: method ?? (body ? "POST" : "GET"),
          url,
          httpVersion: "HTTP/1.1",
          headers: pairs({ ...(body ? { "content-type": "application/json" } : {}), ...headers }),
          ...(body ? { postData: { mimeType: "application/json", text: JSON.stringify(body) } } : {}),
        },
        response: {
          status,
          statusText: "",
          httpVersion: "HTTP/1.1",
          headers: pairs({ "content-type": "application/json" }),
          content: { size: 1, mimeType: "application/json", text: JSON.stringify(answer) },
        },
        timings: { send: 0, wait: ms, receive: 0 },
      }),
    ),
  };
  writeFileSync(file, JSON.stringify({ log }));
  return file;
}

const CHAT = { model: "m", messages: [{ role: "user", content: "x" }] };
const COMPLETION = {
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "y" }, finish_reason: "stop" }],
};

describe.concurrent("a HAR", () => {
  it("in which nothing is wrong passes; the key that the browser left out is not missed", async () => {
    const ran = await check(har({ at: 0, body: CHAT }, { at: 5, body: { ...CHAT, model: "n" } }));
    expect({ code: ran.code, wrong: wrongOf(ran) }).toEqual({ code: 0, wrong: [] });
    expect(isSeen(ran, "auth/header")).toBe(false);
    expect(isSeen(ran, "post/duplicate")).toBe(true);
  });

  it("shows a POST that was sent again while the first was unanswered, and one after it was answered", async () => {
    const overlap = await check(har({ at: 0, ms: 3000, body: CHAT }, { at: 1, body: CHAT }));
    expect({ code: overlap.code, wrong: wrongOf(overlap) }).toEqual({
      code: 1,
      wrong: ["fail post/duplicate"],
    });
    const after = await check(har({ at: 0, body: CHAT }, { at: 1, body: CHAT }));
    expect({ code: after.code, wrong: wrongOf(after) }).toEqual({
      code: 0,
      wrong: ["tolerated post/repeated"],
    });
  });

  it("shows a retry of what was refused, a wrong path and a wrong spelling of the scheme", async () => {
    const refusal = { status: 400, answer: { detail: "Insufficient budget." } };
    const again = await check(har({ at: 0, body: CHAT, ...refusal }, { at: 1, body: CHAT, ...refusal }));
    expect(wrongOf(again)).toEqual(["fail retry/refused"]);
    const path = await check(
      har({
        at: 0,
        body: CHAT,
        url: "https://gw.example/v1//chat/completions",
        status: 404,
        answer: { detail: "Not Found" },
      }),
    );
    expect(wrongOf(path)).toEqual(["fail path/joining"]);
    const scheme = await check(har({ at: 0, body: CHAT, headers: { authorization: "bearer sk-1" } }));
    expect(wrongOf(scheme)).toEqual(["fail auth/header"]);
  });

  it("shows what the gateway sends against its OpenAPI", async () => {
    const ran = await check(har({ at: 0, body: CHAT, answer: { ...COMPLETION, choices: "none" } }));
    expect({ code: ran.code, wrong: wrongOf(ran) }).toEqual({ code: 0, wrong: ["warn answer/openapi"] });
  });

  it("of several hosts is read for one of them", async () => {
    const file = har(
      { at: 0, body: CHAT },
      { at: 1, url: "https://elsewhere.example/v1//x" },
      { at: 2, body: { ...CHAT, model: "n" } },
    );
    const { code, stderr } = await check(file);
    expect(code).toBe(0);
    expect(stderr).toContain("requests to gw.example\n1 left out: another host\n");
    const other = await check("--host", "elsewhere.example", file);
    expect(other.requests + wrongOf(other).length).toBeGreaterThan(0);
  });
});

describe.concurrent("other files", () => {
  it("are cassettes: what needs time is not to be seen", async () => {
    const files = findCassettes([bundledLibrary("0.4.5")]).filter((file) => file.includes("models"));
    const ran = await check(...files);
    expect({ code: ran.code, wrong: wrongOf(ran) }).toEqual({ code: 0, wrong: [] });
    for (const id of ["post/duplicate", "retry/refused", "retry/early", "rate/max-rps"])
      expect(isSeen(ran, id)).toBe(false);
  });

  it("are journals of a mock, a cut last line and cut bodies among them", async () => {
    const journal = join(folder, "mock.ndjson");
    const mock = await startMock({ journalFile: journal });
    const post = (content: string): Promise<string> =>
      fetch(`${mock.baseUrl()}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer sk-x", "content-type": "application/json" },
        body: JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content }] }),
      }).then((response) => response.text());
    // Alike in all that a journal keeps of them.
    await post(`${"long ".repeat(5000)}one`);
    await post(`${"long ".repeat(5000)}two`);
    await post("short");
    await mock.close();
    writeFileSync(journal, `${readFileSync(journal, "utf8")}{"id":4,"at":"2026-11-2`);
    const ran = await check(journal);
    expect({ code: ran.code, wrong: wrongOf(ran) }).toEqual({ code: 0, wrong: [] });
    expect(ran.stderr).toContain("the last line is cut short and was left out\n");
  });

  it("that are none are wrong usage", async () => {
    const garbage = join(folder, "garbage.ndjson");
    writeFileSync(garbage, '{"id":1}\n{"id":2}\n');
    expect(await gatetape(["check", garbage])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `${garbage}:1: is not a journal line: the exchange must have required property 'at'\n  fix: `,
      ) as string,
    });
    expect(await gatetape(["check", join(folder, "nothing.ndjson")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("can't be read: ENOENT") as string,
    });
    const noHar = join(folder, "x.har");
    writeFileSync(noHar, "{}");
    expect(await gatetape(["check", noHar])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no HAR") as string,
    });
  });

  it("that are empty are no pass", async () => {
    const empty = join(folder, "empty.ndjson");
    writeFileSync(empty, "");
    const ran = await check(empty);
    expect({ code: ran.code, wrong: wrongOf(ran) }).toEqual({ code: 1, wrong: ["fail command/traffic"] });
  });
});
