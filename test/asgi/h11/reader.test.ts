import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ListenOptions, type Listener, type Served, listen } from "../../../src/server/listen.ts";
import { echo, readsBody } from "../../live/h11/echo.ts";
import { FIRST_400, LATER_400, Line, closeLines } from "./raw-line.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  closeLines();
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(gateway: Served, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen(gateway, { host: "127.0.0.1", port: 0, ...options });
  closers.push(() => listener.close());
  return listener;
}

/** What of a request the echo says. */
interface Said {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: [string, string][];
  readonly body: string;
}

/** The echoes among these answers, and what else there is. */
function saidIn(text: string): (Said | string)[] {
  const parts = text.split(/(?=HTTP\/1\.1 \d{3} )/);
  return parts.map((part) => {
    const body = part.slice(part.indexOf("\r\n\r\n") + 4);
    return part.startsWith("HTTP/1.1 200 ") && body.startsWith("{") ? (JSON.parse(body) as Said) : part;
  });
}

let server: Listener;
beforeAll(async () => {
  server = await listen(echo, { host: "127.0.0.1", port: 0, wantsBody: readsBody });
});
afterAll(() => server.close());

const BYE = "GET /bye HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
/** Sends the bytes, then a request after which the server closes. */
const answersTo = async (text: string): Promise<(Said | string)[]> =>
  saidIn(await new Line(server).send(text + BYE).end());

const get = (start = "GET / HTTP/1.1", ...headers: string[]): string =>
  [start, "Host: x", ...headers, "", ""].join("\r\n");
const post = (body: string, ...headers: string[]): string => get("POST / HTTP/1.1", ...headers) + body;
const chunked = (body: string): string => post(body, "Transfer-Encoding: chunked");

describe("a request that h11 takes", () => {
  it.each<[string, string, Partial<Said>]>([
    ["an unknown method", get("FOO / HTTP/1.1"), { method: "FOO" }],
    ["a method in lower case", get("get / HTTP/1.1"), { method: "get" }],
    [
      "a method with all that a token may have",
      get("!#$%&'*+-.^_`|~ / HTTP/1.1"),
      { method: "!#$%&'*+-.^_`|~" },
    ],
    [
      "the method of HTTP/2's preface",
      get("PRI / HTTP/1.1", "Content-Length: 2") + "ab",
      { method: "PRI", body: "ab" },
    ],
    ["a version of the future, without a Host", "GET / HTTP/9.9\r\n\r\n", { version: "9.9", headers: [] }],
    ["an absolute target", get("GET http://y/z?a HTTP/1.1"), { target: "http://y/z?a" }],
    ["a target without a slash", get("GET foo HTTP/1.1"), { target: "foo" }],
    ["an asterisk", get("OPTIONS * HTTP/1.1"), { method: "OPTIONS", target: "*" }],
    ["a target with a fragment", get("GET /a#b?c HTTP/1.1"), { target: "/a#b?c" }],
    ["a target with what belongs escaped", get('GET /"<>|^`{}\\ HTTP/1.1'), { target: '/"<>|^`{}\\' }],
    [
      "lines that end in LF",
      "GET / HTTP/1.1\nHost: x\nA: b\n\n",
      {
        headers: [
          ["host", "x"],
          ["a", "b"],
        ],
      },
    ],
    [
      "a folded header",
      get("GET / HTTP/1.1", "A: b\r\n \t c\r\n\td"),
      {
        headers: [
          ["host", "x"],
          ["a", "b c d"],
        ],
      },
    ],
    [
      "control characters in a header",
      get("GET / HTTP/1.1", "A: \x01\x7f\xff"),
      {
        headers: [
          ["host", "x"],
          ["a", "\x01\x7f\xff"],
        ],
      },
    ],
    ["a Host that is no host", "GET / HTTP/1.1\r\nHost: a b,@\r\n\r\n", { headers: [["host", "a b,@"]] }],
    [
      "a length said twice",
      post("ab", "Content-Length: 2", "content-length: 2, 2"),
      {
        body: "ab",
        headers: [
          ["host", "x"],
          ["content-length", "2"],
        ],
      },
    ],
    ["a length of 20 digits", post("ab", "Content-Length: 00000000000000000002"), { body: "ab" }],
    [
      "chunks and a length",
      post("2\r\nab\r\n0\r\n\r\n", "Content-Length: 7", "Transfer-Encoding: CHUNKED"),
      {
        body: "ab",
        headers: [
          ["host", "x"],
          ["content-length", "7"],
          ["transfer-encoding", "chunked"],
        ],
      },
    ],
    [
      "chunks with extensions and blanks",
      chunked('1;a="\x00\r\na\r\n01 \t\r\nb\r\n0;\r\n\r\n'),
      { body: "ab" },
    ],
    ["trailers that are none, ended by LF", chunked("2\r\nab\r\n0\r\n\n"), { body: "ab" }],
    ["trailers", chunked("2\r\nab\r\n0\r\nA: b\n c\nD:\n\n"), { body: "ab" }],
    ["a body of a GET", get("GET / HTTP/1.1", "Content-Length: 2") + "ab", { body: "ab" }],
    [
      "a Proxy-Connection that is nothing to it",
      get("GET / HTTP/1.1", "Proxy-Connection: close"),
      { method: "GET" },
    ],
    ["an expectation that it does not know", get("GET / HTTP/1.1", "Expect: more"), { method: "GET" }],
    ["an Upgrade", get("GET / HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"), { method: "GET" }],
    ["a head of 70 kB", get("GET / HTTP/1.1", `A: ${"z".repeat(70_000)}`), { method: "GET" }],
    [
      "3,000 headers",
      get("GET / HTTP/1.1", ...Array.from({ length: 3000 }, (_, i) => `A${i}: b`)),
      { method: "GET" },
    ],
  ])("%s: is answered as it came, and the next one too", async (_, text, expected) => {
    const [first, ...rest] = await answersTo(text);
    expect(first).toMatchObject(expected);
    expect(rest).toMatchObject([{ target: "/bye" }]);
  });

  it("HEAD has no body and the headers of a GET", async () => {
    const [first, next] = await answersTo(get("HEAD /#a HTTP/1.1"));
    expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*content-length: \d\d+\r\n(.*\r\n)*\r\n$/);
    expect(next).toMatchObject({ target: "/bye" });
  });
});

describe("bytes that h11 refuses", () => {
  it.each<[string, string]>([
    ["a line end before the request", `\r\n${get()}`],
    ["two blanks in the request line", get("GET  / HTTP/1.1")],
    ["a blank after it", get("GET / HTTP/1.1 ")],
    ["no version", get("GET /")],
    ["a version in lower case", get("GET / http/1.1")],
    ["another protocol that Node knows", get("SOURCE / ICE/1.0")],
    ["a byte above ASCII in the target", get("GET /\xe9 HTTP/1.1")],
    ["no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n"],
    ["two Hosts", get("GET / HTTP/1.1", "host: x")],
    ["a blank before a colon", get("GET / HTTP/1.1", "A : b")],
    ["a fold before the first header", "GET / HTTP/1.1\r\n A: b\r\nHost: x\r\n\r\n"],
    ["a NUL in a header", get("GET / HTTP/1.1", "A: \0")],
    ["a bare CR in a header", get("GET / HTTP/1.1", "A: b\rc")],
    ["an empty length", post("", "Content-Length:")],
    ["two lengths", post("ab", "Content-Length: 2", "Content-Length: 3")],
    ["a length with a sign", post("ab", "Content-Length: +2")],
    ["a length of 21 digits", post("ab", "Content-Length: 000000000000000000002")],
    ["another transfer coding", post("0\r\n\r\n", "Transfer-Encoding: gzip, chunked")],
    [
      "a transfer coding said twice",
      post("0\r\n\r\n", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    ],
    ["a TLS handshake", "\x16\x03\x01\x02"],
  ])("%s: h11's own answer, first or after others", async (_, text) => {
    expect(await new Line(server).send(text).end()).toBe(FIRST_400);
    const later = await new Line(server).send(post("ab", "Content-Length: 2") + text).end();
    expect(later.slice(later.indexOf("}") + 1)).toBe(LATER_400);
    expect(later).toContain('"body":"ab"');
  });

  it.each<[string, string]>([
    ["no size", "x\r\n"],
    ["a blank before the size", " 1\r\na\r\n0\r\n\r\n"],
    ["a size that ends in LF", "1\na\r\n0\r\n\r\n"],
    ["a chunk that is too long", "1\r\nab\r\n0\r\n\r\n"],
    ["a malformed trailer", "0\r\nA B: c\r\n\r\n"],
  ])("chunks with %s: in place of the answer", async (_, text) => {
    expect(await new Line(server).send(chunked(text)).end()).toBe(LATER_400);
  });

  it("malformed chunks after the answer: nothing more", async () => {
    const line = new Line(server).send(get("POST /unread HTTP/1.1", "Transfer-Encoding: chunked"));
    const answer = await line.has('"Not Found"}');
    expect(await line.send("x\r\n").end()).toBe(answer);
  });
});

describe("a connection", () => {
  const plain = post("ab", "Content-Length: 2");
  const mixed: readonly [string, (string | Partial<Said>)[]][] = [
    [
      plain + get("FOO /a HTTP/1.1") + chunked("1\r\na\r\n1\r\nb\r\n0\r\n\r\n") + plain,
      [{ body: "ab" }, { method: "FOO" }, { body: "ab" }, { body: "ab" }],
    ],
    [
      `GET /a HTTP/1.1\nHost: x\nA: b\r\n c\n\n${plain}PRI * HTTP/2.0\r\n\r\nSM / HTTP/1.1\r\nHost: x\r\n\r\n`,
      [
        {
          target: "/a",
          headers: [
            ["host", "x"],
            ["a", "b c"],
          ],
        },
        { body: "ab" },
        { method: "PRI" },
        { method: "SM" },
      ],
    ],
    [
      plain + get("get /b HTTP/1.1", "Content-Length: 1") + "c" + get() + "A B C D\r\n\r\n",
      [{ body: "ab" }, { body: "c" }, { method: "GET" }, LATER_400],
    ],
    [
      get("POST /unread HTTP/1.1", "Transfer-Encoding: chunked") +
        "3\r\nabc\r\n0\r\n\r\n" +
        get("FOO / HTTP/1.1"),
      [expect.stringContaining("404 Not Found"), { method: "FOO" }],
    ],
  ];

  it.each(mixed)("of mixed requests %# is read the same wherever it is cut", async (text, expected) => {
    const whole = await answersTo(text);
    expect(whole.slice(0, expected.length)).toMatchObject(expected);
    const cuts = Array.from({ length: text.length - 1 }, (_, i) => i + 1);
    for (let from = 0; from < cuts.length; from += 40) {
      const answers = await Promise.all(
        cuts.slice(from, from + 40).map(async (cut) => {
          const line = new Line(server).send(text.slice(0, cut));
          await once(line.socket, "connect");
          for (let i = 0; i < 3; i++) await new Promise(setImmediate); // so that it is most often read in two parts
          return saidIn(await line.send(text.slice(cut) + BYE).end());
        }),
      );
      for (const answer of answers) expect(answer).toEqual(whole);
    }
  });

  it("of requests cut into single bytes is read the same", async () => {
    const [text = ""] = mixed[0] ?? [];
    const line = new Line(server);
    for (const byte of text + BYE) {
      line.send(byte);
      await new Promise(setImmediate);
    }
    expect(saidIn(await line.end())).toEqual(await answersTo(text));
  });

  it("ends after an answer to HTTP/1.0, whose streams have no chunks", async () => {
    const text = await new Line(server)
      .send(`GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${BYE}`)
      .end();
    expect(text).toBe(
      "HTTP/1.1 200 OK\r\ndate: *\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\ndata: 1\n\ndata: 0\n\ndata: [DONE]\n\n",
    );
  });

  it("keeps the chunks of a stream where the client of 1.1 asks for the end", async () => {
    const text = await new Line(server).send(get("GET /stream HTTP/1.1", "Connection: x, Close")).end();
    expect(text).toContain("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n9\r\ndata: 1\n\n");
  });

  it("ends with a head of more than 1 MiB", async () => {
    const line = new Line(server).send(`GET / HTTP/1.1\r\nA: ${"z".repeat((1 << 20) + 1)}`);
    await line.end();
    expect(["", FIRST_400]).toContain(line.text); // what is not read yet may make the end a reset
  });

  it("is told 100 Continue where the body is read, and only there", async () => {
    const wants = ["Expect: 100-continue", "Content-Length: 2"];
    const line = new Line(server).send(get("POST /read HTTP/1.1", ...wants));
    expect(await line.has("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    await line.send("ab").has('"body":"ab"}');
    const other = new Line(server).send(get("POST /unread HTTP/1.1", ...wants));
    expect(await other.has('Found"}')).toMatch(/^HTTP\/1\.1 404 /);
    await other.send(`ab${get("FOO / HTTP/1.1")}`).has('"method":"FOO"');
  });

  it("is closed when it has been idle, not in the midst of a request", async () => {
    const short = await serve(echo, { keepAliveMs: 60 });
    const begun = new Line(short).send(get());
    await begun.has('"body":""}');
    begun.send("F");
    const idle = new Line(short).send(get());
    await idle.end();
    const later = new Line(short).send(get());
    await later.end();
    expect(begun.ended).toBeUndefined();
    await begun.send(get("OO / HTTP/1.1")).has('"method":"FOO"');
  });

  it("without the h11 reader is read as Node reads it, and refused in h11's words", async () => {
    const bare = await serve(echo, { h11: false, wantsBody: readsBody });
    expect(await new Line(bare).send(get("FOO / HTTP/1.1")).end()).toBe(FIRST_400);
    const line = new Line(bare).send(
      get("POST /unread HTTP/1.1", "Expect: 100-continue", "Content-Length: 2"),
    );
    expect(await line.has('Found"}')).toMatch(/^HTTP\/1\.1 404 /);
    const reads = new Line(bare).send(get("POST /x HTTP/1.1", "Expect: 100-continue", "Content-Length: 2"));
    await reads.has("100 Continue");
    await reads.send("ab").has('"body":"ab"}');
    await new Line(bare).send(get("GET / HTTP/1.1", "Expect: more")).has("200 OK");
  });
});
