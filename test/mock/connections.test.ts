/** Connections: their order, their end, and whatever comes over one of them. */
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { CassetteResponse } from "../../src/cassette/format/types.ts";
import type { RunningMock } from "../../src/mock/mock.ts";
import { Line as SocketLine } from "../support/line.ts";
import { mocksOf, on, post, text } from "./mocks.ts";

const mockOf = mocksOf("connections");

const opened: SocketLine[] = [];
afterEach(() => {
  for (const { socket } of opened.splice(0)) socket.destroy();
});

/** A connection and all that came over it. */
class Line extends SocketLine {
  constructor({ port }: RunningMock) {
    super(port);
    opened.push(this);
  }
}

describe("one connection", () => {
  const slow: CassetteResponse = {
    status: 200,
    framing: "chunked",
    headers: [["Transfer-Encoding", null]],
    body: [{ text: "one" }, { wait: 60, text: "two" }, { wait: 60, text: "three" }],
    end: { how: "complete", wait: 30 },
  };
  const SLOW =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n";
  const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  it("answers one request after another", async () => {
    const mock = await mockOf([on({ target: "/slow" }, slow), on({ target: "/ok" }, "ok")]);
    const line = new Line(mock).ask("GET /slow");
    await line.has("0\r\n\r\n");
    line.ask("GET /ok");
    await line.has("ok");
    line.ask("GET /slow");
    expect(await line.has(SLOW + OK + SLOW)).toBe(SLOW + OK + SLOW);
    expect(line.ended).toBeUndefined();
  });

  it("answers pipelined requests in their order, also after a slow stream", async () => {
    const mock = await mockOf([on({ target: "/slow" }, slow), on({ target: "/ok" }, "ok")]);
    const line = new Line(mock).ask("GET /slow", "GET /ok", "GET /slow", "GET /ok");
    expect(await line.has(`${SLOW}${OK}${SLOW}${OK}`)).toBe(`${SLOW}${OK}${SLOW}${OK}`);
    line.ask("GET /ok");
    await line.has(`${OK}${OK}`);
  });

  it("tells pipelined bodies apart, of known length and chunked", async () => {
    const mock = await mockOf([post({ a: 1 }, "first"), post({ a: 2 }, "second")]);
    const line = new Line(mock);
    const head = "POST /v1/p HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\n";
    line.socket.write(
      `${head}content-length: 7\r\n\r\n{"a":1}${head}transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":2}\r\n0\r\n\r\n${head}content-length: 7\r\n\r\n{"a`,
    );
    await line.has("second");
    line.socket.write('":1}');
    const bodies = (await line.has("second")).match(/first|second/g);
    expect(bodies).toEqual(["first", "second"]);
    while ((line.text.match(/first/g) ?? []).length < 2) await once(line.socket, "data");
  });

  it("answers a HEAD as it was recorded, without body, and goes on", async () => {
    const recorded: CassetteResponse = {
      status: 200,
      framing: "none",
      headers: [
        ["x-a", "1"],
        ["content-length", "31"],
      ],
    };
    const mock = await mockOf([on({ method: "HEAD", target: "/ok" }, recorded), on({ target: "/ok" }, "ok")]);
    const HEAD = "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 31\r\n\r\n";
    const line = new Line(mock).ask("HEAD /ok", "GET /ok", "HEAD /ok");
    expect(await line.has(HEAD + OK + HEAD)).toBe(HEAD + OK + HEAD);
  });

  it("answers a HEAD that was not recorded by a miss without body", async () => {
    const mock = await mockOf([on({ target: "/ok" }, "ok")]);
    const line = new Line(mock).ask("HEAD /ok", "GET /ok");
    expect(await line.has(OK)).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n(?:[^\r]+\r\n)*x-gatetape-miss: 1\r\n(?:[^\r]+\r\n)*\r\nHTTP\/1\.1 200 OK\r\n/,
    );
  });

  it("answers before the body is there where it was recorded so, and then goes on", async () => {
    const early: CassetteResponse = { ...text("no"), status: 413, early: true };
    const mock = await mockOf([on({ method: "POST", target: "/v1/p" }, early), on({ target: "/ok" }, "ok")]);
    const line = new Line(mock);
    line.socket.write("POST /v1/p HTTP/1.1\r\nHost: x\r\ncontent-length: 5\r\n\r\n");
    await line.has("\r\n\r\nno");
    line.socket.write("12345");
    line.ask("GET /ok");
    expect(await line.has(OK)).toMatch(/^HTTP\/1\.1 413 .*\r\n\r\nnoHTTP\/1\.1 200 OK/s);
  });

  it("is closed where it was recorded so, and for a client that asks for it", async () => {
    const mock = await mockOf([
      on({ target: "/close" }, { ...text("bye"), end: { how: "close" } }),
      on({ target: "/ok" }, "ok"),
    ]);
    const closed = new Line(mock).ask("GET /close", "GET /ok");
    expect(await closed.end()).toBe("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbye");
    const requested = new Line(mock);
    requested.socket.write("GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await requested.end()).toBe(OK.replace("2\r\n\r\n", "2\r\nConnection: close\r\n\r\n")); // as OGL: http-conn-close
    expect([closed.ended, requested.ended]).toEqual(["fin", "fin"]);
  });

  it("that the client leaves in the midst of pipelined requests does not hold up others", async () => {
    const traces: string[] = [];
    const mock = await mockOf([on({ target: "/slow" }, slow), on({ target: "/ok" }, "ok")], {
      onTrace: ({ delivery }) => void traces.push(delivery.ended),
    });
    const line = new Line(mock).ask("GET /slow", "GET /slow", "GET /ok");
    await line.has("one");
    line.socket.destroy();
    while (traces.length === 0) await new Promise(setImmediate);
    expect(await new Line(mock).ask("GET /ok").has("ok")).toBe(OK);
    expect(traces[0]).toBe("aborted");
  });

  it("that is idle is closed after two seconds, and not before", async () => {
    const mock = await mockOf([on({ target: "/ok" }, "ok")]);
    const line = new Line(mock).ask("GET /ok");
    await line.has("ok");
    const started = performance.now();
    await line.end();
    expect(performance.now() - started).toBeGreaterThan(1500);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it("does not keep the mock from closing, whatever is under way", async () => {
    const stall: CassetteResponse = {
      ...text("x"),
      headers: [["content-length", "9"]],
      end: { how: "stall" },
    };
    const mock = await mockOf([
      on({ target: "/stall" }, stall),
      on({ target: "/never" }, { end: { how: "stall" } }),
      on({ target: "/slow" }, { ...slow, end: { how: "complete", wait: 600_000 } }),
    ]);
    const lines = ["/stall", "/never", "/slow"].map((target) => new Line(mock).ask(`GET ${target}`));
    await Promise.all([lines[0]?.has("x"), lines[2]?.has("one")]);
    await mock.close();
    await Promise.all(lines.map((line) => line.end()));
    const late = new Line(mock);
    await late.end();
    expect(late.ended).toBe("reset");
  });
});
