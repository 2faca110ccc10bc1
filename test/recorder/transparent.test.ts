/** What passes through the recorder, seen from both of its ends; and what of it is played again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { startMock } from "../../src/mock/mock.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { type RecorderOptions, type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import type { Line } from "../support/line.ts";
import { type RawServer, connectTo, startRawServer } from "../support/raw-server.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("transparent");

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

const GET = "GET /v1/models HTTP/1.1\r\nHost: here\r\n\r\n";
const SHORT = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const STREAM = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

const interactions = async (): Promise<readonly Interaction[]> => {
  await recorder.finish();
  return loadCassette(file).cassette.interactions;
};

/** Sends a request through the recorder; gives both ends when the upstream has its head. */
async function through(request: string): Promise<{ client: Line; server: Line }> {
  const client = await connectTo(recorder.port);
  client.send(request);
  const server = await upstream.line(upstream.lines.length);
  await server.has("\r\n\r\n");
  return { client, server };
}

/** What the mock sends for a request, to the end of the connection or of what was expected. */
async function played(request: string, until?: string): Promise<{ text: string; ended: Line["ended"] }> {
  const mock = await startMock({ cassettes: [file], world: "off", policy: "observe", speed: Infinity });
  try {
    const line = await connectTo(mock.port);
    line.send(request);
    if (until === undefined) await line.over();
    else await line.has(until);
    line.socket.destroy();
    return { text: line.text, ended: line.ended };
  } finally {
    await mock.close();
  }
}

describe("the head of a request", () => {
  it("keeps spelling, order and doubles; only what must be changed is", async () => {
    await start({ upstream: `${upstream.url}/some/prefix/v1/` });
    const { client, server } = await through(
      "POST /v1/x?a=%20b HTTP/1.1\r\nhOsT: here\r\nX-A: 1\r\naccept-encoding: gzip, br\r\nx-a: 2\r\nAUTHORIZATION: Bearer abc\r\nContent-Length: 0\r\n\r\n",
    );
    expect(server.text).toBe(
      `POST /some/prefix/v1/x?a=%20b HTTP/1.1\r\nhOsT: 127.0.0.1:${upstream.port}\r\nX-A: 1\r\naccept-encoding: identity\r\nx-a: 2\r\nAUTHORIZATION: Bearer abc\r\nContent-Length: 0\r\n\r\n`,
    );
    server.send(SHORT);
    await client.has("ok");
    expect((await interactions())[0]?.request.target).toBe("/v1/x?a=%20b");
  });

  it("gets the recorder's key, in place of another or where there is none", async () => {
    await start({ upstreamKey: "sk-the-real-key-of-the-upstream-42" });
    const one = await through(
      "GET /v1/models HTTP/1.1\r\nHost: here\r\nauthorization: Bearer anything\r\n\r\n",
    );
    expect(one.server.text).toContain("\r\nauthorization: Bearer sk-the-real-key-of-the-upstream-42\r\n");
    one.server.send(SHORT);
    const two = await through(GET);
    expect(two.server.text).toContain("\r\nAuthorization: Bearer sk-the-real-key-of-the-upstream-42\r\n\r\n");
    // Also where the server sends it back.
    two.server.send(
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 34\r\n\r\nsk-the-real-key-of-the-upstream-42",
    );
    await two.client.has("sk-the");
    await interactions();
    expect(readFileSync(file, "utf8")).not.toContain("real-key");
  });
});

describe("a body that goes up", () => {
  it("is passed on as it comes, chunk by chunk, with its trailers", async () => {
    await start();
    const { client, server } = await through(
      "POST /v1/x HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    client.send("3\r\nabc\r\n");
    await server.has("3\r\nabc\r\n");
    client.send("5\r\ndefgh\r\n0\r\nX-Sum: 1\r\n\r\n");
    await server.has("5\r\ndefgh\r\n0\r\nX-Sum: 1\r\n\r\n");
    server.send(SHORT);
    await client.has("ok");
    expect((await interactions())[0]?.request.text).toBe("abcdefgh");
  });

  it("waits for the upstream to say continue", async () => {
    await start();
    const { client, server } = await through(
      "POST /v1/x HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
    );
    expect([server.text.includes("Expect: 100-continue"), client.text]).toEqual([true, ""]);
    server.send("HTTP/1.1 100 Continue\r\n\r\n");
    await client.has("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    await server.has("\r\n\r\nabc");
    server.send(SHORT);
    await client.has("ok");
    expect((await interactions())[0]?.response.informational).toBeUndefined();
  });

  it("is cut when the client goes away, and nothing is recorded", async () => {
    await start();
    const { client, server } = await through(
      "POST /v1/x HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\nabc",
    );
    client.socket.destroy();
    await server.over();
    await recorder.finish();
    expect(events).toMatchObject([
      { event: "skipped", why: expect.stringContaining("the client left before the answer began") as string },
    ]);
  });
});

describe("an answer that comes down", () => {
  it("is not held back: each write passes before the next is made", async () => {
    await start();
    const { client, server } = await through(GET);
    server.send(STREAM);
    await client.has("\r\n\r\n");
    for (const word of ["one", "two", "three"]) {
      server.send(`${word.length}\r\n${word}\r\n`);
      await client.has(word);
    }
    server.send("0\r\nX-Trailer: t\r\n\r\n");
    await client.has("X-Trailer: t\r\n\r\n");
    expect(client.text).toBe(`${STREAM}3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\nX-Trailer: t\r\n\r\n`);
    await interactions();
    expect((await played(GET, "X-Trailer: t\r\n\r\n")).text).toBe(client.text);
  });

  it("passes a part of a chunk before the rest of it is there", async () => {
    await start();
    const { client, server } = await through(GET);
    server.send(`${STREAM}a\r\nabcde`);
    await client.has("abcde");
    server.send("fghij\r\n0\r\n\r\n");
    await client.has("0\r\n\r\n");
    expect((await interactions())[0]?.response.body).toMatchObject([{ text: "abcdefghij" }]);
  });

  it.each([
    [
      "odd headers, an odd reason, doubles",
      "HTTP/1.1 299 Odd  Reason\r\nX-b: 1\r\nx-A: \xe9\r\nX-B: 2\r\nCONTENT-length: 2\r\n\r\nok",
    ],
    [
      "interim answers",
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
    ["no body", "HTTP/1.1 204 No Content\r\nx: y\r\n\r\n"],
    [
      "lines of JSON",
      'HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a":1}\n\r\n8\r\n{"a":2}\n\r\n0\r\n\r\n',
    ],
    [
      "bytes that are no text",
      "HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 4\r\n\r\n\xff\xfb\x00\xc3",
    ],
  ])("keeps %s, through the recorder and played", async (_, answer) => {
    await start();
    const { client, server } = await through(GET);
    server.send(answer);
    const last = answer.slice(-6);
    await client.has(last);
    expect(client.text).toBe(answer);
    await interactions();
    expect((await played(GET, last)).text).toBe(answer);
  });

  it.each([
    ["that ends with the connection", "HTTP/1.1 200 OK\r\nx: y\r\n\r\nall of it", "close"],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\nx: y\r\n\r\nall of it", "close"],
    ["that is whole, and the connection closed", SHORT, "close"],
    ["that is cut short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart", "truncate"],
    ["cut in a chunk", `${STREAM}a\r\nabc`, "truncate"],
  ])("%s closes the client's connection", async (_, answer, how) => {
    await start();
    const { client, server } = await through(GET);
    server.send(answer);
    server.socket.end();
    expect([await client.over(), client.text]).toEqual(["fin", answer]);
    const [interaction] = await interactions();
    expect(interaction?.response.end?.how).toBe(how);
    const again = await played(GET);
    // A chunk that was cut is played as a chunk: its size is that of what there is of it.
    expect(again).toEqual({ text: answer.replace("a\r\nabc", "3\r\nabc\r\n"), ended: "fin" });
  });

  it("that is reset is a reset for the client, and when it is played", async () => {
    await start();
    const { client, server } = await through(GET);
    server.send(`${STREAM}3\r\none\r\n`);
    await client.has("one");
    server.socket.resetAndDestroy();
    expect(await client.over()).toBe("reset");
    expect((await interactions())[0]?.response.end?.how).toBe("reset");
    expect(await played(GET)).toMatchObject({ ended: "reset" });
  });

  it("that never begins is recorded as that", async () => {
    await start();
    const { client, server } = await through(GET);
    server.socket.resetAndDestroy();
    expect(await client.over()).toBe("reset");
    expect((await interactions())[0]).toMatchObject({
      name: "models.list -> no answer",
      response: { end: { how: "reset" } },
    });
    expect(await played(GET)).toEqual({ text: "", ended: "reset" });
  });

  it("leads to the recorder where it led to the upstream", async () => {
    await start({ upstream: `${upstream.url}/prefix` });
    const { client, server } = await through(GET);
    server.send(
      `HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:${upstream.port}/prefix/v1/models\r\ncontent-length: 0\r\n\r\n`,
    );
    expect(await client.has("\r\n\r\n")).toContain("\r\nlocation: http://here/v1/models\r\n");
    const other = await through(GET);
    other.server.send(
      "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://elsewhere.example/v1\r\ncontent-length: 0\r\n\r\n",
    );
    expect(await other.client.has("\r\n\r\n")).toContain("\r\nLocation: https://elsewhere.example/v1\r\n");
  });

  it("that is no HTTP is a reset, and nothing is recorded", async () => {
    await start();
    const { client, server } = await through(GET);
    server.send("SSH-2.0-OpenSSH_9.0\r\n\r\n");
    await client.over();
    await recorder.finish();
    expect(events).toMatchObject([
      { event: "skipped", why: expect.stringContaining("not HTTP/1") as string },
    ]);
  });

  it("is held up by a client that does not read, and comes whole when it does", async () => {
    await start();
    const { client, server } = await through(GET);
    const size = 24 * 1024 * 1024;
    client.socket.pause();
    server.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    const block = Buffer.alloc(1024 * 1024, "x");
    let sent = 0;
    const pump = async (): Promise<void> => {
      while (sent < size) {
        sent += block.length;
        if (!server.socket.write(block))
          await new Promise<void>((resolve) => server.socket.once("drain", resolve));
      }
    };
    const pumping = pump();
    // What the kernel and Node take in between is some MiB; the whole is not taken.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(size);
    let got = 0;
    client.socket.removeAllListeners("data");
    const all = new Promise<void>((resolve) => {
      client.socket.on("data", (bytes: Buffer) => {
        got += bytes.length;
        if (got >= size) resolve();
      });
    });
    client.socket.resume();
    await Promise.all([pumping, all]);
    expect(got).toBeGreaterThan(size);
  });
});

describe("connections", () => {
  it("are one for one: kept together, closed together", async () => {
    await start();
    const { client, server } = await through(GET);
    server.send(SHORT);
    await client.has("ok");
    client.send(GET);
    await server.has("GET ", 2);
    server.send(SHORT);
    await client.has("ok", 2);
    const other = await through(GET);
    expect(upstream.lines).toHaveLength(2);
    other.server.send(SHORT);
    await other.client.has("ok");
    // Idle, the upstream closes the one, the client the other.
    server.socket.end();
    expect(await client.over()).toBe("fin");
    other.client.socket.end();
    expect(await other.server.over()).toBe("fin");
  });

  it("keep pipelined requests in order", async () => {
    await start();
    const { client, server } = await through(GET + GET.replace("models", "second"));
    expect(server.text).not.toContain("second");
    server.send(SHORT);
    await server.has("second");
    server.send(SHORT.replace("ok", "no"));
    expect(await client.has("no")).toBe(SHORT + SHORT.replace("ok", "no"));
  });

  it("end at the upstream as soon as the client ends them, and the client's are recorded only if asked", async () => {
    for (const keepAborted of [false, true]) {
      await start({ keepAborted });
      const { client, server } = await through(GET);
      server.send(`${STREAM}3\r\none\r\n`);
      await client.has("one");
      client.socket.destroy();
      await server.over();
      const stored = keepAborted ? await interactions() : (await recorder.finish(), []);
      expect(stored.map(({ response }) => response.end?.how)).toEqual(keepAborted ? ["stall"] : []);
    }
  });

  it("to an upstream that is not there are reset, and the reason is told once", async () => {
    const gone = await startRawServer();
    await gone.close();
    await start({ upstream: gone.url });
    for (let i = 0; i < 2; i++) {
      const client = await connectTo(recorder.port);
      client.send(GET);
      expect(await client.over()).toBe("reset");
    }
    await recorder.finish();
    expect(events.map(({ event }) => event)).toEqual(["trouble", "skipped", "skipped"]);
  });
});
