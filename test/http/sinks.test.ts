import { once } from "node:events";
import type * as http from "node:http";
import * as net from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../src/http/playback.ts";
import type { Head, Header, Op, Script } from "../../src/http/script.ts";
import { Line as SocketLine } from "../support/line.ts";
import { AGAIN } from "../support/repeated.ts";
import { WAYS, type Way, serveBy } from "./ways.ts";
import {
  RECORDED,
  INSTANT,
  write,
  wait,
  COMPLETE,
  headOf,
  CHUNKED,
  scriptOf,
  inProcess,
  turn,
} from "./scripts.ts";

/** A delivery without its times, which are held here: one a write, in order. */
type Told = Omit<Delivery, "at">;
function notified({ ended, writes, bytes, at }: Delivery): Told {
  if (at.length !== writes || at.some((ms, i) => ms < (at[i - 1] ?? 0)))
    throw new Error(`times ${at.join()}`);
  return { ended, writes, bytes };
}

interface Served {
  readonly port: number;
  /** One for each request, in their order. */
  readonly deliveries: Promise<Told>[];
  /** Where each answer is written. */
  readonly outs: (http.ServerResponse | net.Socket)[];
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The way that is tested. */
let way: Way = WAYS[0];

/** A server that answers every request with the script. */
async function serve(script: Script, options = RECORDED): Promise<Served> {
  const deliveries: Promise<Told>[] = [];
  const outs: Served["outs"] = [];
  const { port, close } = await serveBy(way, (answer, out) => {
    outs.push(out);
    deliveries.push(new Promise((resolve) => answer(script, options, (told) => resolve(notified(told)))));
  });
  closers.push(close);
  return { port, deliveries, outs };
}

/** A connection that is read as bytes, one entry a TCP read. */
class Line extends SocketLine {
  readonly reads: { at: number; text: string }[] = [];
  #started = performance.now();

  constructor(port: number) {
    super(port);
    closers.push(() => this.socket.destroy());
    this.socket.on("data", (bytes) =>
      this.reads.push({ at: performance.now() - this.#started, text: bytes.toString("latin1") }),
    );
  }

  override ask(line = "GET /"): this {
    this.#started = performance.now();
    return super.ask(line);
  }

  /** When the text was first complete up to `part`, in ms since the request. */
  atOf(part: string): number {
    let text = "";
    return this.reads.find((read) => (text += read.text).includes(part))?.at ?? NaN;
  }
}

/** For what should have come long since; only a test that fails waits for it. */
const tooLong = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

const body = (text: string): string => text.slice(text.indexOf("\r\n\r\n") + 4);

async function play(script: Script, line?: string): Promise<{ line: Line; delivery: Promise<Told> }> {
  const served = await serve(script);
  const client = new Line(served.port).ask(line);
  await Promise.race([once(client.socket, "data"), once(client.socket, "close")]).catch(() => {});
  return { line: client, delivery: served.deliveries[0] as Promise<Told> };
}

/** A client that asks and does not read until it is told to. */
async function lateReader(served: Served): Promise<{ socket: net.Socket; received: () => number }> {
  const socket = net.connect(served.port, "127.0.0.1");
  closers.push(() => socket.destroy());
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  let size = 0;
  socket.on("data", (bytes: Buffer) => (size += bytes.length));
  socket.pause();
  // Either more is to be written, or all that is left waits in one buffer.
  while (!served.outs[0]?.writableNeedDrain && !served.outs[0]?.writableEnded) await turn();
  return { socket, received: () => size };
}

describe.each(WAYS)("%s", (current) => {
  beforeEach(() => {
    way = current;
  });

  describe("the framings", () => {
    it("length: head and body, and the connection goes on", async () => {
      const { line, delivery } = await play(
        scriptOf(headOf("length", [["content-length", null]]), write("ab"), write("cde"), COMPLETE),
      );
      const one = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcde";
      expect(await line.has("abcde")).toBe(one);
      expect(await delivery).toEqual({ ended: "complete", writes: 2, bytes: 5 });
      line.ask();
      expect(await line.has(`${one}${one}`)).toBe(one + one);
      expect(line.ended).toBeUndefined();
    });

    it("chunked: one chunk a write, none for an empty one", async () => {
      const { line } = await play(scriptOf(CHUNKED, write("ab"), write(""), write("cde"), COMPLETE));
      expect(await line.has("0\r\n\r\n")).toBe(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
      );
    });

    it("chunked without a write", async () => {
      const { line } = await play(scriptOf(CHUNKED, COMPLETE));
      expect(body(await line.has("0\r\n\r\n"))).toBe("0\r\n\r\n");
    });

    it("eof: the end of the connection ends the body", async () => {
      const { line, delivery } = await play(
        scriptOf(headOf("eof", [["a", "b"]]), write("ab"), write("c"), COMPLETE),
      );
      expect(await line.end()).toBe("HTTP/1.1 200 OK\r\na: b\r\n\r\nabc");
      expect([line.ended, (await delivery).ended]).toEqual(["fin", "complete"]);
    });

    it("none: a 204 without body, and the connection goes on", async () => {
      const { line } = await play(
        scriptOf(headOf("none", [["a", "b"]], { status: 204, reason: "No Content" }), COMPLETE),
      );
      line.ask();
      const one = "HTTP/1.1 204 No Content\r\na: b\r\n\r\n";
      expect(await line.has(one + one)).toBe(one + one);
    });

    it("none: the answer to a HEAD keeps its literal content-length", async () => {
      const script = scriptOf(headOf("none", [["content-length", "31"]]), COMPLETE);
      const { line } = await play(script, "HEAD /");
      line.ask("HEAD /");
      const one = "HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\n";
      expect(await line.has(one + one)).toBe(one + one);
    });

    it("a HTTP/1.0 status line, and the close that goes with it", async () => {
      const head = headOf(
        "eof",
        [
          ["X-Old", "1"],
          ["date", null],
        ],
        { http: "1.0", reason: "Fine" },
      );
      const { line, delivery } = await play(scriptOf(head, write("ab"), wait(1), write("c"), COMPLETE));
      expect(await line.end()).toMatch(/^HTTP\/1\.0 200 Fine\r\nX-Old: 1\r\ndate: [^\r]+ GMT\r\n\r\nabc$/);
      expect([line.ended, await delivery]).toEqual(["fin", { ended: "complete", writes: 2, bytes: 3 }]);
    });
  });

  describe("the head", () => {
    it("keeps order, case and duplicates, and adds nothing", async () => {
      const headers: Header[] = [
        ["server", "uvicorn"],
        ["X-b", "1"],
        ["x-A", ""],
        ["Set-Cookie", "a=1"],
        ["X-B", "2"],
        ["content-length", null],
        ["set-cookie", "b=2"],
        ["x-latin", "caf\u00e9\u00a0\u0080"],
      ];
      const { line } = await play(
        scriptOf(headOf("length", headers, { reason: "So lala" }), write("x"), COMPLETE),
      );
      const lines = headers.map(([name, value]) => `${name}: ${value ?? "1"}\r\n`).join("");
      expect(await line.has("\r\n\r\nx")).toBe(`HTTP/1.1 200 So lala\r\n${lines}\r\nx`);
    });

    it("has the date of its sending where that is to be computed, in its place", async () => {
      const served = await serve(
        scriptOf(
          headOf("length", [
            ["date", null],
            ["server", "x"],
            ["content-length", null],
          ]),
          COMPLETE,
        ),
      );
      const line = new Line(served.port);
      const before = Math.floor(Date.now() / 1000) * 1000;
      const date =
        /^HTTP\/1\.1 200 OK\r\ndate: (\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)\r\nserver: x\r\n/.exec(
          await line.ask().has("\r\n\r\n"),
        )?.[1];
      expect(Date.parse(date ?? "")).toBeGreaterThanOrEqual(before);
      expect(Date.parse(date ?? "")).toBeLessThanOrEqual(Date.now());
    });

    it("may have a literal date, or none", async () => {
      const literal = "Sat, 21 Nov 2026 12:18:32 GMT";
      const { line } = await play(
        scriptOf(
          headOf("length", [
            ["Date", literal],
            ["content-length", null],
          ]),
          COMPLETE,
        ),
      );
      expect(await line.has("\r\n\r\n")).toBe(
        `HTTP/1.1 200 OK\r\nDate: ${literal}\r\ncontent-length: 0\r\n\r\n`,
      );
    });

    it("comes after interim ones, which have an order and a case of their own", async () => {
      const informational = [
        {
          status: 103,
          reason: "Early Hints",
          headers: [
            ["Link", "</a>"],
            ["link", "</b>"],
          ] as Header[],
        },
        { status: 102, headers: [] },
      ];
      const { line } = await play(
        scriptOf(headOf("length", [["content-length", null]], { informational }), write("x"), COMPLETE),
      );
      expect(await line.has("\r\n\r\nx")).toBe(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nlink: </b>\r\n\r\nHTTP/1.1 102 \r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
      );
    });

    it("is followed by trailers in order, case and number", async () => {
      const trailers: Header[] = [
        ["X-Sum", "1"],
        ["x-a", "2"],
        ["x-a", "3"],
        ["1", "4"],
      ];
      const { line } = await play(scriptOf({ ...CHUNKED, trailers }, write("x"), COMPLETE));
      expect(body(await line.has("1: 4\r\n\r\n"))).toBe(
        "1\r\nx\r\n0\r\nX-Sum: 1\r\nx-a: 2\r\nx-a: 3\r\n1: 4\r\n\r\n",
      );
    });

    it.each<[string, Op]>([
      ["a wait", wait(600_000)],
      ["a stall", { op: "stall" }],
      ["a truncate", { op: "truncate" }],
    ])("is sent before %s, not with the first bytes of the body", async (_, op) => {
      const line = new Line((await serve(scriptOf(CHUNKED, op, write("x"), COMPLETE))).port).ask();
      await Promise.race([line.has("\r\n\r\n").catch(() => {}), tooLong(1000)]);
      expect(line.text).toBe("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    });
  });

  describe("the ends", () => {
    const sized = headOf("length", [["content-length", "9"]]);
    const computed = headOf("length", [["content-length", null]]);

    it.each<[string, Head]>([
      ["length", computed],
      ["chunked", CHUNKED],
    ])("close, %s: the message is complete, then the server closes", async (_, head) => {
      const { line, delivery } = await play(scriptOf(head, write("abc"), { op: "close" }));
      line.ask(); // a server that goes on would answer this one too
      const text = await line.end();
      expect(text).not.toMatch(/connection/i);
      expect(body(text)).toMatch(/^(?:abc|3\r\nabc\r\n0\r\n\r\n)$/);
      expect([line.ended, await delivery]).toEqual(["fin", { ended: "close", writes: 1, bytes: 3 }]);
    });

    it.each<[string, Head, string]>([
      ["length", sized, "abc"],
      ["chunked", CHUNKED, "3\r\nabc\r\n"],
    ])("reset, %s: what was written comes, then RST", async (_, head, expected) => {
      const { line, delivery } = await play(scriptOf(head, write("abc"), { op: "reset" }));
      expect(body(await line.end())).toBe(expected);
      expect([line.ended, await delivery]).toEqual(["reset", { ended: "reset", writes: 1, bytes: 3 }]);
    });

    it.each<[string, Head, string]>([
      ["length", sized, "abc"],
      ["chunked", CHUNKED, "3\r\nabc\r\n"],
    ])("truncate, %s: FIN before the message is complete", async (_, head, expected) => {
      const { line, delivery } = await play(scriptOf(head, write("abc"), { op: "truncate" }));
      expect(body(await line.end())).toBe(expected);
      expect([line.ended, await delivery]).toEqual(["fin", { ended: "truncate", writes: 1, bytes: 3 }]);
    });

    it("reset and truncate after the head: the head comes", async () => {
      for (const op of ["reset", "truncate"] as const) {
        const { line } = await play(scriptOf(sized, { op }));
        expect([op, await line.end(), line.ended]).toEqual([
          op,
          "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n",
          op === "reset" ? "reset" : "fin",
        ]);
      }
    });

    it("stall: the socket stays open until the client goes", async () => {
      const served = await serve(scriptOf(sized, write("abc"), { op: "stall" }));
      const line = new Line(served.port).ask();
      await line.has("abc");
      // Others are answered meanwhile, and nothing happens on this line.
      await new Line(served.port).ask().has("abc");
      expect([line.ended, body(line.text)]).toEqual([undefined, "abc"]);
      line.socket.destroy();
      expect(await served.deliveries[0]).toEqual({ ended: "stall", writes: 1, bytes: 3 });
    });

    it.each([
      ["reset", "reset"],
      ["truncate", "fin"],
    ] as const)("without a head, %s is all that comes, at once", async (op, ended) => {
      const { line, delivery } = await play(scriptOf(null, { op }));
      expect([await line.end(), line.ended]).toEqual(["", ended]);
      expect(await delivery).toEqual({ ended: op, writes: 0, bytes: 0 });
    });

    it("without a head, a stall sends nothing and lasts until the client goes", async () => {
      const served = await serve(scriptOf(null, { op: "stall" }));
      const line = new Line(served.port).ask();
      while (served.deliveries.length === 0) await turn();
      line.socket.destroy();
      expect(await served.deliveries[0]).toEqual({ ended: "stall", writes: 0, bytes: 0 });
    });

    it("a wait before the end is waited", AGAIN, async () => {
      const { line } = await play(scriptOf(CHUNKED, write("abc"), wait(60), COMPLETE));
      await line.has("0\r\n\r\n");
      expect(line.atOf("0\r\n\r\n") - line.atOf("abc")).toBeGreaterThan(50);
    });
  });

  describe("a write that is to be flushed", () => {
    it("comes as a TCP read of its own, at any speed", async () => {
      const served = await serve(
        scriptOf(CHUNKED, write("ab", true), write("cd", true), write("ef"), COMPLETE),
        INSTANT,
      );
      const line = new Line(served.port).ask();
      await line.has("0\r\n\r\n");
      const reads = line.reads.map(({ text }) => text);
      expect(reads.slice(0, 3)).toEqual([
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "2\r\nab\r\n",
        "2\r\ncd\r\n",
      ]);
      expect(reads.slice(3).join("")).toBe("2\r\nef\r\n0\r\n\r\n");
    });
  });

  describe("waits", () => {
    it("are kept: not early, and in their places", AGAIN, async () => {
      const script: Script = {
        wait: 80,
        head: CHUNKED,
        ops: [wait(60), write("a"), wait(70), write("b"), COMPLETE],
      };
      const { line } = await play(script);
      await line.has("0\r\n\r\n");
      expect(line.atOf("HTTP/")).toBeGreaterThan(78);
      expect(line.atOf("1\r\na")).toBeGreaterThan(138);
      expect(line.atOf("1\r\nb")).toBeGreaterThan(208);
      expect(line.atOf("1\r\nb")).toBeLessThan(600);
    });

    it("run on one schedule: what a late one lost, the next ones make up", AGAIN, async () => {
      const ops = Array.from({ length: 10 }, (_, i): Op[] => [wait(40), write(String(i))]).flat();
      const served = await serve(scriptOf(CHUNKED, ...ops, COMPLETE));
      const line = new Line(served.port).ask();
      await line.has("1\r\n1\r\n");
      const until = performance.now() + 200; // the whole process is held up, the clock is not
      while (performance.now() < until);
      await line.has("0\r\n\r\n");
      expect(line.atOf("1\r\n9\r\n")).toBeGreaterThan(397);
      expect(line.atOf("1\r\n9\r\n")).toBeLessThan(500); // one after another it would be 560 at least
    });

    it("are divided by the speed, and left out at Infinity", AGAIN, async () => {
      const ops = [wait(400), write("a"), wait(400), write("b"), COMPLETE];
      const fast = new Line((await serve({ wait: 400, head: CHUNKED, ops }, { speed: 10 })).port).ask();
      const instant = new Line(
        (await serve({ wait: 60_000, head: CHUNKED, ops: [wait(60_000), ...ops] }, INSTANT)).port,
      ).ask();
      await Promise.all([fast.has("0\r\n\r\n"), instant.has("0\r\n\r\n")]);
      expect(fast.atOf("1\r\nb")).toBeGreaterThan(118);
      expect(fast.atOf("1\r\nb")).toBeLessThan(500);
    });
  });

  describe("a repeat", () => {
    it("plays as many rounds as it says, each starting `every` ms after the one before", AGAIN, async () => {
      const ops: Op[] = [write("a"), wait(30), write("b")];
      const { line, delivery } = await play(
        scriptOf(CHUNKED, { op: "repeat", ops, every: 50, times: 4 }, write("end"), COMPLETE),
      );
      const text = await line.has("0\r\n\r\n");
      expect(body(text)).toBe(`${"1\r\na\r\n1\r\nb\r\n".repeat(4)}3\r\nend\r\n0\r\n\r\n`);
      expect((await delivery).writes).toBe(9);
      // Rounds start at 0, 50, 100 and 150; the last one takes 30.
      expect(line.atOf("3\r\nend")).toBeGreaterThan(178);
      expect(line.atOf("3\r\nend")).toBeLessThan(178 + 90);
    });

    it("of no rounds plays none", async () => {
      const { line, delivery } = await play(
        scriptOf(
          headOf("length", [["content-length", null]]),
          { op: "repeat", ops: [write("a")], every: 1, times: 0 },
          COMPLETE,
        ),
      );
      expect(await line.has("\r\n\r\n")).toContain("content-length: 0");
      expect(await delivery).toEqual({ ended: "complete", writes: 0, bytes: 0 });
    });

    it("within a repeat", async () => {
      const inner: Op = { op: "repeat", ops: [write("i")], every: 1, times: 2 };
      const { line } = await play(
        scriptOf(
          headOf("length", [["content-length", null]]),
          { op: "repeat", ops: [write("o"), inner], every: 1, times: 3 },
          COMPLETE,
        ),
      );
      expect(body(await line.has("oiioiioii"))).toBe("oiioiioii");
      expect(line.text).toContain("content-length: 9");
    });

    it.each([[RECORDED], [INSTANT]])("for ever stops when the client goes (%j)", async (options) => {
      const served = await serve(
        scriptOf(CHUNKED, { op: "repeat", ops: [write("tick")], every: 1 }),
        options,
      );
      const line = new Line(served.port).ask();
      await line.has("4\r\ntick\r\n".repeat(5));
      line.socket.destroy();
      const { ended, writes } = await (served.deliveries[0] as Promise<Told>);
      expect(ended).toBe("aborted");
      expect(writes).toBeGreaterThanOrEqual(5);
      expect(writes).toBeLessThan(1000);
    });
  });

  describe("a client that goes away", () => {
    it.each<[string, Script]>([
      ["before the head", { ...scriptOf(CHUNKED, COMPLETE), wait: 600_000 }],
      ["during a wait", scriptOf(CHUNKED, write("a"), wait(600_000), COMPLETE)],
      [
        "during a wait of HTTP/1.0",
        scriptOf({ ...headOf("eof", []), http: "1.0" }, write("a"), wait(600_000), COMPLETE),
      ],
    ])("%s aborts the delivery", async (_, script) => {
      const served = await serve(script);
      const line = new Line(served.port).ask();
      while (served.deliveries.length === 0) await turn();
      if (script.wait === 0) await line.has("a");
      line.socket.destroy();
      expect((await (served.deliveries[0] as Promise<Told>)).ended).toBe("aborted");
    });

    it("leaves no timer behind that would keep the process", async () => {
      const ended = await inProcess(`
      import net from "node:net";
      import { WAYS, serveBy } from ${JSON.stringify(new URL("ways.ts", import.meta.url).href)};
      const script = { wait: 0, head: { http: "1.1", status: 200, reason: "OK", framing: "chunked", headers: [["Transfer-Encoding", null]] },
        ops: [{ op: "write", bytes: Buffer.from("a") }, { op: "wait", ms: 600000 }, { op: "complete" }] };
      const server = await serveBy(${JSON.stringify(way)}, (answer) => answer(script, { speed: 1 }, ({ ended }) => {
        process.stdout.write(ended);
        server.close();
      }));
      const socket = net.connect(server.port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"));
      socket.on("data", () => socket.destroy());`);
      expect(ended).toEqual(["aborted", 0, null]);
    });
  });

  describe("a client that does not read", () => {
    const SIZE = 64 * 2 ** 20;

    /** What the process holds beside its heap, garbage left out as far as can be. */
    const held = (): number => process.memoryUsage().arrayBuffers;

    it.each<[string, number]>([
      ["in 1024 writes", 1024],
      ["in one write", 1],
    ])(
      "holds up a script of 64 MiB %s without a copy of it, and gets all when it reads",
      async (_, count) => {
        const read = Buffer.alloc(SIZE / count, "x");
        const served = await serve(
          scriptOf(
            headOf("length", [["content-length", null]]),
            ...Array.from({ length: count }, (): Op => ({ op: "write", bytes: read })),
            wait(0),
            COMPLETE,
          ),
        );
        const before = held();
        const { socket, received } = await lateReader(served);
        expect(held() - before).toBeLessThan(16 * 2 ** 20);
        const [out] = served.outs;
        expect(out?.writableLength).toBeLessThanOrEqual(read.length + 2 ** 20);
        let settled = false;
        const delivery = (served.deliveries[0] as Promise<Told>).then((value) => {
          settled = true;
          return value;
        });
        for (let i = 0; i < 50; i++) await turn();
        expect([settled, received()]).toEqual([false, 0]);
        socket.resume();
        expect(await delivery).toEqual({ ended: "complete", writes: count, bytes: SIZE });
        while (received() < SIZE) await once(socket, "data");
        expect(received()).toBe(SIZE + "HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n".length);
      },
    );
  });
});
