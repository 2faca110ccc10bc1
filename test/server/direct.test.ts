/** The own socket without Node's HTTP server: what that server did for its connections holds here too. */
import { once } from "node:events";
import * as net from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { H11Request } from "../../src/asgi/h11/request.ts";
import { H11Connection } from "../../src/asgi/h11/reader.ts";
import type { Delivery } from "../../src/http/playback.ts";
import type { Script } from "../../src/http/script.ts";
import { deliverOverSocket } from "../../src/http/socket-sink.ts";
import { wholeAnswer } from "../../src/http/whole-answer.ts";
import { CHUNKED, COMPLETE, headOf, scriptOf, turn, wait, write } from "../http/scripts.ts";
import { Line } from "../support/line.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const close of closers.splice(0)) close();
});

interface Served {
  readonly port: number;
  /** The server's side of each connection, and what was delivered over it. */
  readonly sockets: net.Socket[];
  readonly deliveries: Delivery[];
  /** Waits until so many exchanges are over. */
  readonly delivered: (count: number) => Promise<Delivery[]>;
}

interface HowServed {
  readonly keepAliveMs?: number;
  readonly speed?: number;
  /** Takes the body before the answer. @default dropped */
  readonly onBody?: (part: Buffer) => void;
}

/** Answers each request with the script of its target. */
async function serve(scripts: Readonly<Record<string, Script>>, how: HowServed = {}): Promise<Served> {
  const { keepAliveMs = 0, speed = Infinity, onBody } = how;
  const served = { sockets: [] as net.Socket[], deliveries: [] as Delivery[] };
  let wake = (): void => {};
  const answer = (request: H11Request): void => {
    const script = scripts[request.head.target] as Script;
    const send = (): void =>
      deliverOverSocket(script, request, { speed }, (delivery, keeps) => {
        served.deliveries.push(delivery);
        wake();
        request.answered(keeps);
      });
    if (onBody === undefined) send();
    else request.readBody({ part: onBody, end: send });
  };
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    served.sockets.push(socket);
    H11Connection.read(socket, { keepAliveMs, wantsBody: () => true, answer });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.close();
    for (const socket of served.sockets) socket.destroy();
  });
  const delivered = async (count: number): Promise<Delivery[]> => {
    while (served.deliveries.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return served.deliveries;
  };
  return { ...served, port: (server.address() as net.AddressInfo).port, delivered };
}

function lineTo({ port }: Served): Line {
  const line = new Line(port);
  closers.push(() => line.socket.destroy());
  return line;
}

const LENGTH = headOf("length", [["content-length", null]]);
const OK = scriptOf(LENGTH, write("ok"), COMPLETE);
const OK_BYTES = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const SLOW = scriptOf(CHUNKED, write("one"), wait(600_000), write("two"), COMPLETE);
const STALL = scriptOf(CHUNKED, write("one"), { op: "stall" });

describe("requests that wait for an answer", () => {
  it("are left to the system: the reader holds no more than it has read at once", async () => {
    const served = await serve({ "/stall": STALL, "/ok": OK });
    const line = lineTo(served).ask("GET /stall");
    await line.has("one");
    const many = "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000_000);
    line.send(many);
    let sent = -1;
    while (line.socket.bytesWritten - line.socket.writableLength !== sent) {
      sent = line.socket.bytesWritten - line.socket.writableLength;
      for (let i = 0; i < 200; i++) await turn();
    }
    const [socket] = served.sockets;
    expect(socket?.bytesRead).toBeLessThan(512 * 1024);
    expect(line.socket.writableLength).toBeGreaterThan(many.length / 2);
    expect(served.deliveries).toEqual([]);
  });

  it("are all answered, however many came at once", async () => {
    const served = await serve({ "/ok": OK });
    const line = lineTo(served).ask(...Array.from({ length: 5000 }, () => "GET /ok"));
    expect(await line.has("ok", 5000 * 1)).toBe(OK_BYTES.repeat(5000));
    expect(served.sockets[0]?.isPaused()).toBe(false);
  });
});

describe("a body that nobody reads", () => {
  it("is dropped, during the answer and after it, and the next request is read", async () => {
    const served = await serve({ "/ok": OK });
    const line = lineTo(served).send("POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    await line.has("ok");
    line.send("x".repeat(100_000)).ask("GET /ok");
    expect(await line.has("ok", 2)).toBe(OK_BYTES + OK_BYTES);
  });

  it("that stops coming does not keep the connection for ever", async () => {
    const served = await serve({ "/ok": OK }, { keepAliveMs: 50 });
    const line = lineTo(served).send("POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
    expect(await line.end()).toBe(OK_BYTES);
  });
});

describe("the head of a request that came before", () => {
  const post = (target: string, body: string): string =>
    `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  it("is read anew where it differs in one byte, or is the start of another", async () => {
    const bodies: string[] = [];
    const served = await serve(
      { "/a": OK, "/b": scriptOf(LENGTH, write("BB"), COMPLETE) },
      { onBody: (part) => bodies.push(part.toString()) },
    );
    const line = lineTo(served);
    const requests = [
      post("/a", "one"),
      post("/a", "two"),
      post("/b", "tre"),
      post("/a", "four"),
      post("/a", ""),
    ];
    for (const [i, request] of requests.entries()) {
      line.send(request);
      await served.delivered(i + 1);
    }
    // A head is never taken for another one that begins with it.
    line.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nX: 1\r\n\r\n");
    await served.delivered(6);
    expect(bodies).toEqual(["one", "two", "tre", "four"]);
    expect(await line.has("ok", 5)).toContain("BB");
  });
});

describe("a client that ends its side", () => {
  it("right after its request gets an answer that takes no time", async () => {
    const line = lineTo(await serve({ "/ok": OK }));
    line.socket.end("GET /ok HTTP/1.1\r\nHost: x\r\n\r\n");
    expect([await line.end(), line.ended]).toEqual([OK_BYTES, "fin"]);
  });

  it("during an answer is gone, as it is to uvicorn", async () => {
    const served = await serve({ "/slow": SLOW }, { speed: 1 });
    const line = lineTo(served).ask("GET /slow");
    await line.has("one");
    line.socket.end();
    await line.end();
    expect((await served.delivered(1)).map(({ ended }) => ended)).toEqual(["aborted"]);
    expect([line.ended, served.sockets[0]?.destroyed]).toEqual(["fin", true]);
  });

  it.each(["GET /ok HT", "POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"])(
    "in the midst of a request (%j) is closed without an answer",
    async (text) => {
      const served = await serve({ "/ok": OK }, { onBody: () => {} });
      const line = lineTo(served);
      line.socket.end(text);
      expect([await line.end(), line.ended, served.deliveries]).toEqual(["", "fin", []]);
    },
  );
});

describe("an answer", () => {
  it("has been delivered when its last byte has left, not when it was written", async () => {
    const body = Buffer.alloc(32 * 2 ** 20, "x");
    const script = scriptOf(LENGTH, { op: "write", bytes: body }, COMPLETE);
    const served = await serve({ "/large": script });
    const line = lineTo(served);
    line.socket.pause();
    line.ask("GET /large");
    while ((served.sockets[0]?.writableLength ?? 0) === 0) await turn();
    for (let i = 0; i < 50; i++) await turn();
    expect(served.deliveries).toEqual([]);
    line.socket.resume();
    expect(await served.delivered(1)).toEqual([
      { ended: "complete", writes: 1, bytes: body.length, at: [0] },
    ]);
  });

  it("that could not leave is aborted, and ends its connection's exchange", async () => {
    const script = scriptOf(LENGTH, { op: "write", bytes: Buffer.alloc(32 * 2 ** 20) }, COMPLETE);
    const served = await serve({ "/large": script });
    const line = lineTo(served);
    line.socket.pause();
    line.ask("GET /large");
    while ((served.sockets[0]?.writableLength ?? 0) === 0) await turn();
    line.socket.resetAndDestroy();
    expect((await served.delivered(1)).map(({ ended }) => ended)).toEqual(["aborted"]);
  });

  it.each<[string, string, Script, string]>([
    ["to a HEAD", "HEAD /x", OK, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"],
    [
      "of a status that has none",
      "GET /x",
      scriptOf(headOf("none", [["a", "b"]], { status: 204, reason: "No Content" }), write("ok"), COMPLETE),
      "HTTP/1.1 204 No Content\r\na: b\r\n\r\n",
    ],
  ])("%s leaves out its body, and the connection goes on", async (_, ask, script, expected) => {
    const served = await serve({ "/x": script, "/ok": OK });
    const line = lineTo(served).ask(ask, "GET /ok");
    expect(await line.has("\r\n\r\nok")).toBe(expected + OK_BYTES);
  });

  it.each<[string, Script, string]>([
    [
      "`Connection: close`",
      scriptOf(
        {
          ...LENGTH,
          headers: [
            ["content-length", null],
            ["connection", "x, Close"],
          ],
        },
        write("ok"),
        COMPLETE,
      ),
      "ok",
    ],
    ["neither a length nor chunks", scriptOf(headOf("eof", []), write("ok"), COMPLETE), "ok"],
    [
      "chunks and a status without a body",
      scriptOf({ ...CHUNKED, status: 304, reason: "Not Modified" }, COMPLETE),
      "\r\n\r\n",
    ],
  ])("with %s ends the connection", async (_, script, end) => {
    const line = lineTo(await serve({ "/x": script })).ask("GET /x", "GET /x");
    const text = await line.end();
    expect([text.split("HTTP/1.1 ").length, text.endsWith(end), line.ended]).toEqual([2, true, "fin"]);
  });

  it("to HTTP/1.0 has no chunks, one to `Connection: close` keeps them; both say that they close", async () => {
    const served = await serve({ "/x": scriptOf(CHUNKED, write("ab"), write("c"), COMPLETE) });
    const old = lineTo(served).send("GET /x HTTP/1.0\r\n\r\n");
    expect(await old.end()).toBe("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
    const closing = lineTo(served).send("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await closing.end()).toBe(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    );
  });
});

describe("the bytes of a finished answer", () => {
  const dated = scriptOf(
    headOf("length", [
      ["date", null],
      ["content-length", null],
    ]),
    write("ok"),
    COMPLETE,
  );

  it("are made once for each script, and anew for each second of its date", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2100, 10, 28, 6, 0, 0, 10) });
    const first = wholeAnswer(dated, false);
    vi.setSystemTime(Date.UTC(2100, 10, 28, 6, 0, 0, 999));
    expect(wholeAnswer(dated, false)).toBe(first);
    vi.setSystemTime(Date.UTC(2100, 10, 28, 6, 0, 1));
    const second = wholeAnswer(dated, false);
    const textOf = (answer: typeof first): string => Buffer.concat(answer?.parts ?? []).toString();
    const at = (time: string): string =>
      `HTTP/1.1 200 OK\r\ndate: Sun, 28 Nov 2100 06:00:0${time} GMT\r\ncontent-length: 2\r\n\r\nok`;
    expect([textOf(first), textOf(second)]).toEqual([at("0"), at("1")]);
    vi.setSystemTime(Date.UTC(2101, 0, 1));
    const undated = wholeAnswer(OK, false);
    expect(wholeAnswer(OK, false)).toBe(undated);
  });

  it("are one buffer up to 64 KiB, and not copied beyond", () => {
    const of = (size: number): readonly Uint8Array[] | undefined =>
      wholeAnswer(scriptOf(LENGTH, { op: "write", bytes: Buffer.alloc(size) }, COMPLETE), false)?.parts;
    expect([of(64 * 1024)?.length, of(64 * 1024 + 1)?.length]).toEqual([1, 2]);
  });

  it.each<[string, Script]>([
    ["a wait", scriptOf(CHUNKED, write("a"), wait(1), COMPLETE)],
    ["a wait before the head", { ...OK, wait: 1 }],
    ["a flush", scriptOf(CHUNKED, write("a", true), COMPLETE)],
    ["another end", scriptOf(CHUNKED, write("a"), { op: "reset" })],
    ["a repeat", scriptOf(CHUNKED, { op: "repeat", ops: [write("a")], every: 1, times: 2 }, COMPLETE)],
    ["no head", scriptOf(null, { op: "reset" })],
    ["a 1.0 status line", scriptOf({ ...LENGTH, http: "1.0" }, write("a"), COMPLETE)],
    ["many large writes", scriptOf(LENGTH, write("a".repeat(40_000)), write("b".repeat(40_000)), COMPLETE)],
  ])("are not there for a script with %s", (_, script) => {
    expect(wholeAnswer(script, false)).toBeUndefined();
  });
});
