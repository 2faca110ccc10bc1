/** Real clients: what they get through the recorder, and what the upstream gets of them, is as without it. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "gatetape-clients-"));
let upstream: RunningMock;
let recorder: RunningRecorder;
let count = 0;
beforeAll(async () => {
  upstream = await startMock({ ogl: "0.4.1" });
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});
let file: string;
beforeEach(async () => {
  file = join(folder, `${count++}.cassette.json`);
  recorder = await startRecorder({ upstream: upstream.baseUrl(), out: file, ogl: "0.4.1" });
});
afterEach(async () => {
  await recorder.finish();
});

interface Seen {
  readonly request: { readonly headers: [string, string][]; readonly target: string; readonly body?: string };
  readonly delivered: { readonly ended: string };
}

/** Does something, and waits until the upstream has told of it. */
async function andSeen<T>(work: () => Promise<T>): Promise<{ result: T; seen: Seen }> {
  const notified = new Promise<void>((resolve) => {
    const stop = upstream.journal.subscribe(() => {
      stop();
      resolve();
    });
  });
  const result = await work();
  await notified;
  return { result, seen: lastSeen() };
}

/** What the upstream saw last: all but the headers that a recorder changes. */
function lastSeen(): Seen {
  const { request, delivered } = JSON.parse([...upstream.journal.lines()].at(-1) ?? "{}") as Seen;
  const headers = request.headers.map(([name, value]): [string, string] =>
    /^(?:host|accept-encoding)$/i.test(name) ? [name, "*"] : [name, value],
  );
  return { request: { ...request, headers }, delivered: { ended: delivered.ended } };
}

const client = (baseURL: string): OpenAI => new OpenAI({ baseURL, apiKey: "sk-anything", maxRetries: 0 });
const messages = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: "user", content }];

type Use = (openai: OpenAI) => Promise<unknown>;
const USES: [string, Use][] = [
  ["lists models", (openai) => openai.models.list().then(({ data }) => data)],
  ["chats", (openai) => openai.chat.completions.create({ model: "t-ok", messages: messages("hi") })],
  [
    "streams",
    async (openai) => {
      const chunks: unknown[] = [];
      const stream = await openai.chat.completions.create({
        model: "t-ok",
        messages: messages("hi"),
        stream: true,
      });
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    },
  ],
  [
    "streams what breaks off",
    async (openai) => {
      const chunks: unknown[] = [];
      const stream = await openai.chat.completions.create({
        model: "t-die-mid",
        messages: messages("hi"),
        stream: true,
      });
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    },
  ],
  ["asks for what is not there", (openai) => openai.models.retrieve("nope")],
  [
    "embeds",
    (openai) =>
      openai.embeddings.create({ model: "t-embed", input: "hello world", encoding_format: "float" }),
  ],
];

/** Ids and costs are the mock's own and change with each answer. */
const outcome = async (use: Use, baseURL: string): Promise<unknown> => {
  try {
    return JSON.parse(JSON.stringify(await use(client(baseURL)))) as unknown;
  } catch (error) {
    const { name, status, message } = error as InstanceType<typeof OpenAI.APIError>;
    return { name, status, message };
  }
};

describe("openai for Node", () => {
  it.each(USES)("%s as without a recorder, and when that is played", async (_, use) => {
    const direct = await andSeen(() => outcome(use, upstream.baseUrl()));
    const through = await andSeen(() => outcome(use, recorder.baseUrl));
    expect(through.result).toEqual(direct.result);
    expect(through.seen.request).toEqual(direct.seen.request);
    // A client that leaves at the last event may be gone before the end of the body is sent, or not.
    const ends = [direct, through].map(({ seen }) => seen.delivered.ended.replace("aborted", "complete"));
    expect(ends[1]).toBe(ends[0]);
    const { stats } = await recorder.finish();
    expect(stats).toMatchObject({ recorded: 1, withheld: 0 });
    const mock = await startMock({ ogl: "0.4.1", cassettes: [file], world: "off", policy: "observe" });
    expect(await outcome(use, mock.baseUrl())).toEqual(direct.result);
    await mock.close();
  });

  it("aborts as without a recorder", async () => {
    const abort: Use = async (openai) => {
      const stream = await openai.chat.completions.create({
        model: "t-ok",
        messages: messages("hi"),
        stream: true,
      });
      for await (const chunk of stream) return chunk;
      return undefined;
    };
    const direct = await andSeen(() => outcome(abort, upstream.baseUrl()));
    const through = await andSeen(() => outcome(abort, recorder.baseUrl));
    expect(through).toEqual(direct);
    expect(through.seen.delivered.ended).toBe("aborted");
    expect((await recorder.finish()).stats).toMatchObject({ recorded: 0, skipped: 1 });
  });
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
describe.skipIf(!hasCurl)("curl", () => {
  it.each([
    ["a GET", ["/models"]],
    ["a HEAD", ["-I", "/models"]],
    ["a redirect that is not followed", ["-d", "{}", "/embeddings/"]],
    ["HTTP/1.0", ["--http1.0", "/models"]],
    ["compression", ["--compressed", "/models"]],
    [
      "an upload that waits for continue",
      [
        "-H",
        "Expect: 100-continue",
        "-H",
        "content-type: application/json",
        "-d",
        '{"model":"t-ok","messages":[]}',
        "/chat/completions",
      ],
    ],
    [
      "an upload in chunks",
      [
        "-H",
        "Transfer-Encoding: chunked",
        "-H",
        "content-type: application/json",
        "-d",
        '{"model":"t-ok","messages":[{"role":"user","content":"hi"}],"stream":true}',
        "/chat/completions",
      ],
    ],
  ])("gets the same for %s", async (_, args) => {
    const ask = async (base: string): Promise<string> => {
      const rest = args.slice(0, -1);
      const url = base + (args.at(-1) ?? "");
      const { stdout } = await run("curl", [
        "-s",
        "-i",
        "-N",
        "-H",
        "Authorization: Bearer sk-anything",
        ...rest,
        url,
      ]);
      return stdout.replaceAll(/^date: .*$/gim, "date: *").replaceAll(new URL(base).host, "HOST");
    };
    const direct = await andSeen(() => ask(upstream.baseUrl()));
    expect(await andSeen(() => ask(recorder.baseUrl))).toEqual(direct);
  });
});
