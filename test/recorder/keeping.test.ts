/** What gets on the disk and what does not: secrets, drift, a disk that can't be written. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scriptOf } from "../../src/cassette/format/script.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { logFileOf } from "../../src/cassette/log/log.ts";
import { writesOf } from "../../src/http/script.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { type RecorderOptions, type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { type ReplayOrigin, startOrigin } from "../support/replay-origin.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("keeping");

let origin: ReplayOrigin;
let next: string;
let recorder: RunningRecorder;
let events: RecorderEvent[];
let file: string;
let count = 0;
beforeEach(async () => {
  origin = await startOrigin(() => {
    const response = Buffer.from(next, "latin1");
    return { response, reads: [[0, response.length]], after: "keep" };
  });
});
afterEach(async () => {
  await recorder.finish();
  await origin.close();
});

const start = async (options: Partial<RecorderOptions> = {}): Promise<void> => {
  file = join(folder, String(count++), "x.cassette.json");
  events = [];
  recorder = await startRecorder({
    upstream: origin.url,
    out: file,
    onEvent: (event) => events.push(event),
    ...options,
  });
};
const sent = (body: string, headers = "content-type: text/plain\r\n"): string =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const ask = async (answer: string, init: RequestInit = {}, path = "/v1/x"): Promise<string> => {
  next = answer;
  const text = await (await fetch(recorder.url + path, init)).text();
  await recorder.settled();
  return text;
};
const kinds = (): string[] => events.map(({ event }) => event);

describe("a secret", () => {
  it("that was sent as a key is not in the file, wherever else it stands", async () => {
    await start();
    const key = "correct-horse-battery-staple";
    const headers = { authorization: `Bearer ${key}` };
    expect(await ask(sent(`your key is ${key}.`), { headers })).toBe(`your key is ${key}.`);
    await recorder.finish();
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain(key);
    expect(text).toContain("your key is sk-1.");
  });

  it("that is learnt late is taken out of what is on disk already", async () => {
    await start();
    const key = "correct-horse-battery-staple";
    await ask(sent(`by the way: ${key}`));
    expect(readFileSync(logFileOf(file), "utf8")).toContain(key);
    await ask(sent("fine"), { headers: { authorization: `Bearer ${key}` } }, "/v1/y");
    expect(readFileSync(logFileOf(file), "utf8")).not.toContain(key);
    expect(events).toContainEqual({ event: "scrubbed", file, interactions: 1 });
    await recorder.finish();
    expect(readFileSync(file, "utf8")).not.toContain(key);
    expect(loadCassette(file).cassette.interactions).toHaveLength(2);
  });

  it("that is learnt late and is cut by writes takes its interaction with it", async () => {
    await start();
    const key = "correct-horse-battery-staple";
    await ask(
      "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\ne\r\ncorrect-horse-\r\ne\r\nbattery-staple\r\n0\r\n\r\n",
    );
    await ask(sent("fine"), { headers: { authorization: `Bearer ${key}` } }, "/v1/y");
    await recorder.finish();
    expect(readFileSync(file, "utf8")).not.toContain("battery");
  });

  it("that nobody can look for keeps the interaction off the disk, and that is shown", async () => {
    await start();
    const broken = "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 3\r\n\r\n\xff\xfe\xfd";
    await ask(broken).catch(() => "it is none");
    await ask(sent("fine"), {}, "/v1/y");
    const { withheld, files } = await recorder.finish();
    expect(kinds()).toEqual(["withheld", "recorded"]);
    expect(withheld).toMatchObject([
      {
        findings: [
          {
            kind: "compressed",
            location: "/response/headers",
            shown: "the body is br: it does not decode as br",
          },
        ],
      },
    ]);
    expect(files).toMatchObject([{ recorded: 1, interactions: 1 }]);
  });
});

describe("rules", () => {
  const chat = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"model":"m","messages":[{"role":"user","content":"Who is the mole in Berlin?"}]}',
  };
  const type = "content-type: application/json\r\n";

  it("of one's own are followed", async () => {
    await start({ sanitize: { headers: ["x-team"], fields: ["codename"] } });
    await ask(sent('{"codename":"nightingale"}', type), { headers: { "x-team": "the-owls-of-berlin" } });
    await recorder.finish();
    expect(readFileSync(file, "utf8")).not.toMatch(/nightingale|owls/);
  });

  it("leave no prompt where that was asked for, and the cassette plays for the prompt as it is", async () => {
    await start({ redactPrompts: true });
    const message = { role: "assistant", content: "It is Karla, as ever." };
    const choices = [{ index: 0, message, finish_reason: "stop", logprobs: null }];
    const answer = { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices };
    await ask(sent(JSON.stringify(answer), type), chat, "/v1/chat/completions");
    await recorder.finish();
    expect(readFileSync(file, "utf8")).not.toMatch(/mole|Berlin|Karla/);
    await start({ out: file, mode: "none", speed: Infinity });
    const played = await ask("", chat, "/v1/chat/completions");
    expect(JSON.parse(played)).toMatchObject({ id: "chatcmpl-1" });
  });

  it("put large binary content into side files", async () => {
    await start({ sanitize: { blobs: "files" } });
    const bytes = Buffer.alloc(100_000, 0xff);
    bytes[0] = 0xc3;
    const response = `HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: ${bytes.length}\r\n\r\n${bytes.toString("latin1")}`;
    await ask(response);
    await recorder.finish();
    const { cassette, readSideFile } = loadCassette(file);
    const recorded = cassette.interactions[0]?.response;
    if (recorded === undefined) throw new Error("nothing was recorded");
    // A body that came in several reads is several elements; the large ones are files.
    const files = (recorded.body ?? []).flatMap(({ file: hash }) => hash ?? []);
    expect(files.map((hash) => existsSync(join(file, "..", "files", hash)))).toContain(true);
    expect(Buffer.concat([...writesOf(scriptOf(recorded, readSideFile).ops)]).equals(bytes)).toBe(true);
  });
});

describe("drift", () => {
  it("is told once a kind with its place, and let stand by waivers", async () => {
    await start();
    const odd = '{"object":"list","data":[{"id":"m","object":"model","created":"yesterday"}]}';
    const type = "content-type: application/json\r\n";
    await ask(sent(odd, type), {}, "/v1/models");
    await ask(sent(odd, type), {}, "/v1/models?again");
    const { drift, files } = await recorder.finish();
    const notified = events.map((event) => (event.event === "recorded" ? event.drift.length : -1));
    expect(notified[0]).toBeGreaterThan(0);
    expect(notified[1]).toBe(0);
    expect(drift.map(({ location }) => location)).toContain("/response/body/0/json/data/0/created");
    expect(files).toMatchObject([{ interactions: 2 }]);
    expect(loadCassette(file).cassette.interactions[1]?.waivers?.length).toBeGreaterThan(0);
  });
});

describe("a folder that can't be written any more", () => {
  it("is said at once, traffic goes on, and what was kept is written when it can be", async () => {
    await start();
    rmSync(join(file, ".."), { recursive: true });
    expect(await ask(sent("one"))).toBe("one");
    expect(await ask(sent("two"), {}, "/v1/y")).toBe("two");
    expect(kinds().filter((kind) => kind === "trouble")).toHaveLength(1);
    expect(events[1]).toMatchObject({ message: expect.stringContaining("can't be written") as string });
    mkdirSync(join(file, ".."));
    expect(await ask(sent("three"), {}, "/v1/z")).toBe("three");
    expect(existsSync(logFileOf(file))).toBe(true);
    expect(await recorder.finish()).toMatchObject({ lost: 0, files: [{ recorded: 3, interactions: 3 }] });
  });

  it("to the end is told as lost", async () => {
    await start();
    rmSync(join(file, ".."), { recursive: true });
    await ask(sent("one"));
    expect(await recorder.finish()).toMatchObject({ lost: 1, files: [], stats: { inMemory: 1 } });
  });

  it("since something was recorded is told at once, and all of it as lost", async () => {
    await start();
    await ask(sent("one"));
    rmSync(join(file, ".."), { recursive: true });
    await ask(sent("two"), {}, "/v1/y");
    expect(kinds()).toContain("trouble");
    expect(await recorder.finish()).toMatchObject({ lost: 2, files: [] });
  });
});

describe("a recording log that is removed", () => {
  it("is written again with all that it had, and that is said", async () => {
    await start();
    await ask(sent("one"));
    await ask(sent("one"));
    rmSync(logFileOf(file));
    await ask(sent("two"), {}, "/v1/y");
    expect(events).toContainEqual({
      event: "trouble",
      message: expect.stringContaining("was removed while it was written") as string,
    });
    expect(await recorder.finish()).toMatchObject({ lost: 0, files: [{ recorded: 3, interactions: 2 }] });
  });
});
