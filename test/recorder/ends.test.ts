/** Clients that leave: at the end of a stream, at an event that breaks them, or of their own will. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { type RecorderOptions, type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { gatetapeProcess, serveProcess } from "../support/cli.ts";
import { type RawServer, connectTo, startRawServer } from "../support/raw-server.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("ends");
const GET = "GET /v1/models HTTP/1.1\r\nHost: here\r\n\r\n";
const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const PLAIN = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n';

let upstream: RawServer;
let recorder: RunningRecorder;
let events: RecorderEvent[];
let file: string;
let count = 0;
const start = async (options: Partial<RecorderOptions> = {}): Promise<void> => {
  file = join(folder, `${count++}.cassette.json`);
  events = [];
  recorder = await startRecorder({
    upstream: upstream.url,
    out: file,
    onEvent: (event) => events.push(event),
    ...options,
  });
};
beforeEach(async () => {
  upstream = await startRawServer();
});
afterEach(async () => {
  await recorder.finish();
  await upstream.close();
});

/** Sends an answer, waits until the client has all of it, and lets the client leave. */
async function leftAfter(answer: string): Promise<void> {
  const client = await connectTo(recorder.port);
  client.send(GET);
  const server = await upstream.line(upstream.lines.length);
  await server.has("\r\n\r\n");
  server.send(answer);
  await client.has(answer.slice(-8));
  client.socket.destroy();
  await server.over();
}

const recorded = async (): Promise<Interaction | undefined> => {
  await recorder.finish();
  return events.some(({ event }) => event === "recorded")
    ? loadCassette(file).cassette.interactions[0]
    : undefined;
};

describe("a client that leaves at the end of a stream", () => {
  it.each([
    ["as OGL writes it", "data: [DONE]\n\n"],
    ["without a blank after the colon", "data:[DONE]\n\n"],
    ["with CRLF", "data: [DONE]\r\n\r\n"],
    ["with CR", "data: [DONE]\r\r"],
    ["without a blank line after it", "data: [DONE]\n"],
    ["without the end of its line", "data: [DONE]"],
    ["with a name", "event: done\ndata: [DONE]\n\n"],
    ["with a comment after it", "data: [DONE]\n\n: bye\n\n"],
  ])("has it recorded whole: %s", async (_, done) => {
    await start();
    await leftAfter(CHUNKED + chunk(PLAIN) + chunk(done));
    expect((await recorded())?.response.end?.how).toBe("complete");
    expect(recorder.stats).toMatchObject({ recorded: 1, skipped: 0 });
  });

  it("has it recorded whole where the chunk is not over, and where the connection ends it", async () => {
    await start();
    await leftAfter(CHUNKED + chunk(PLAIN) + chunk("data: [DONE]\n\n").slice(0, -2));
    expect((await recorded())?.response.end?.how).toBe("complete");
    await start();
    await leftAfter(`${HEAD}\r\n${PLAIN}data: [DONE]\n\n`);
    expect((await recorded())?.response.end?.how).toBe("close");
  });

  it("does not end where only a content says so", async () => {
    await start();
    await leftAfter(CHUNKED + chunk('data: {"choices":[{"delta":{"content":"data: [DONE]"}}]}\n\n'));
    expect(await recorded()).toBeUndefined();
  });
});

describe("a client that leaves at an event that broke it", () => {
  it.each([
    ["an error", 'data: {"error":{"message":"no"}}\n\n'],
    ["an event named error", "event: error\ndata: {}\n\n"],
    ["empty data", "data:\n\n"],
    ["no JSON", "data: oops\n\n"],
    ["a line separator", Buffer.from('data: {"choices":[{"text":"a\u2028b"}]}\n\n').toString("latin1")],
    ["a comment", ": ping\n\n"],
    ["no choice", 'data: {"choices":[]}\n\n'],
    ["two lines of data", 'data: {"a":\ndata: 1}\n\n'],
    ["a long line", `data: {"choices":[{"text":"${"x".repeat(70_000)}"}]}\n\n`],
  ])("has it recorded as far as it came: %s", async (_, odd) => {
    await start();
    await leftAfter(CHUNKED + chunk(PLAIN) + chunk(odd));
    expect((await recorded())?.response.end?.how).toBe("stall");
  });

  it("of its own will is not recorded, which is counted, with the way to record it", async () => {
    await start();
    await leftAfter(CHUNKED + chunk(PLAIN) + chunk(PLAIN));
    expect(await recorded()).toBeUndefined();
    expect(recorder.stats).toMatchObject({ recorded: 0, skipped: 1 });
    expect(events).toMatchObject([
      { event: "skipped", why: expect.stringContaining("--keep-aborted") as string },
    ]);
  });
});

describe("a request to a proxy", () => {
  it("is not recorded, as its target is no path, and the cassette still loads", async () => {
    await start();
    for (const target of ["http://bob:Soleil4821@x/v1/models", "/v1/models"]) {
      const client = await connectTo(recorder.port);
      client.send(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const server = await upstream.line(upstream.lines.length);
      await server.has("\r\n\r\n");
      server.send("HTTP/1.1 204 No Content\r\n\r\n");
      await client.has("\r\n\r\n");
      await recorder.settled();
    }
    expect((await recorded())?.request.target).toBe("/v1/models");
    expect(recorder.stats).toMatchObject({ recorded: 1, skipped: 1 });
    const skipped = events.find(({ event }) => event === "skipped");
    expect(skipped).toMatchObject({ why: expect.stringContaining("is no path") as string });
    expect(JSON.stringify(events)).not.toContain("Soleil4821");
  });
});

describe("the exit code", () => {
  it("is 1 if an exchange was not recorded", async () => {
    await start();
    const out = join(folder, "exit.cassette.json");
    const command = serveProcess([
      "record",
      "--upstream",
      upstream.url,
      "--out",
      out,
      "--port",
      "0",
      "--ogl",
      "0.4.5",
      "--json",
    ]);
    const { ready } = JSON.parse(await command.line((line) => line.startsWith('{"ready"'))) as {
      ready: { port: number };
    };
    const client = await connectTo(ready.port);
    client.send(GET);
    const server = await upstream.line(0);
    server.send(CHUNKED + chunk(PLAIN));
    await client.has("hi");
    client.socket.destroy();
    await command.line((line) => line.startsWith('{"event":"skipped"'));
    expect(await command.stop()).toBe(1);
    expect((await gatetapeProcess(["record", "--help"])).stdout).toContain("Exit code 1");
  });
});
