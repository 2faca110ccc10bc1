import { once } from "node:events";
import { writeFileSync } from "node:fs";
import * as http from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type {
  CassetteRequest,
  CassetteResponse,
  Interaction,
  MatchRule,
} from "../../src/cassette/format/types.ts";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { Line as SocketLine } from "../support/line.ts";
import { scaled } from "../support/scaled.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("connections");

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const text = (content: string): CassetteResponse => ({
  status: 200,
  framing: "length",
  headers: [["content-length", null]],
  body: [{ text: content }],
});

/** Whatever is answered: these tests are about finding it. */
function on(
  request: Partial<CassetteRequest> & { target: string },
  answer: string | CassetteResponse,
  match?: MatchRule,
): Interaction {
  const response = typeof answer === "string" ? text(answer) : answer;
  return {
    name: `answers ${typeof answer === "string" ? answer : JSON.stringify(answer.body ?? "")}`,
    request: { method: "GET", ...request },
    ...(match ? { match } : {}),
    response,
    waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
  };
}

const JSON_TYPE = [["content-type", "application/json"]] as const;
const post = (json: unknown, answer: string, match?: MatchRule): Interaction =>
  on({ method: "POST", target: "/v1/p", headers: JSON_TYPE, json }, answer, match);

let count = 0;
async function mockOf(interactions: readonly Interaction[], options: MockOptions = {}): Promise<RunningMock> {
  const file = join(folder, `${count++}.cassette.json`);
  writeFileSync(
    file,
    JSON.stringify({ cassette: 1, about: { title: "t", origin: "written", ogl: "0.4.5" }, interactions }),
  );
  const mock = await startMock({ cassettes: [file], world: "off", policy: "observe", ...options });
  closers.push(() => mock.close());
  return mock;
}

/** A connection and all that came over it. */
class Line extends SocketLine {
  constructor({ port }: RunningMock) {
    super(port);
    closers.push(() => this.socket.destroy());
  }
}

interface Asked {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly json?: unknown;
}

/** Asks on a connection of its own; gives the body of what answers, `miss` for a miss. */
async function ask(mock: RunningMock, { method, target, headers, body, json }: Asked): Promise<string> {
  const {
    status,
    headers: answered,
    content,
  } = await exchange(mock, { method, target, headers, body, json } as Asked);
  if (answered["x-gatetape-miss"] === undefined) return content;
  expect([status, answered["x-gatetape-miss"]]).toEqual([400, "1"]);
  return "miss";
}

async function exchange(
  mock: RunningMock,
  { method, target, headers, body, json }: Asked,
): Promise<{ status: number | undefined; headers: http.IncomingHttpHeaders; content: string }> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const request = http.request({
    port: mock.port,
    host: "127.0.0.1",
    agent: false,
    method: method ?? (sent === undefined ? "GET" : "POST"),
    path: target,
    headers: { ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
  });
  request.end(sent);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let content = "";
  for await (const part of response) content += (part as Buffer).toString();
  return { status: response.statusCode, headers: response.headers, content };
}

const wants = async (mock: RunningMock, ...requested: Asked[]): Promise<string[]> => {
  const answers: string[] = [];
  for (const one of requested) answers.push(await ask(mock, one));
  return answers;
};
const p = (json: unknown, headers?: Record<string, string>): Asked => ({
  target: "/v1/p",
  json,
  ...(headers ? { headers } : {}),
});

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

describe("how often an interaction plays", () => {
  const play = (how: "any" | "once" | "sequence"): MatchRule => ({ play: how });

  it("any: for ever", async () => {
    const mock = await mockOf([post(1, "a", play("any"))]);
    expect(await wants(mock, p(1), p(1), p(1))).toEqual(["a", "a", "a"]);
  });

  it("once: once, then the next that takes the request, or a miss", async () => {
    const mock = await mockOf([
      post({ a: 1 }, "once", play("once")),
      post({ a: 1 }, "after"),
      post({ b: 1 }, "only", play("once")),
    ]);
    expect(await wants(mock, p({ a: 1 }), p({ a: 1 }), p({ a: 1 }))).toEqual(["once", "after", "after"]);
    expect(await wants(mock, p({ b: 1 }), p({ b: 1 }))).toEqual(["only", "miss"]);
  });

  it("sequence: in the order of the file, then a miss", async () => {
    const mock = await mockOf(["a", "b", "c"].map((answer) => post({ q: 1 }, answer, play("sequence"))));
    expect(await wants(mock, p({ q: 1 }), p({ q: 1 }), p({ q: 1 }), p({ q: 1 }))).toEqual([
      "a",
      "b",
      "c",
      "miss",
    ]);
  });

  it("a sequence that is used up leaves the request to a subset", async () => {
    const mock = await mockOf([
      post({ q: 1 }, "exact", play("sequence")),
      post({}, "subset", { body: "subset" }),
    ]);
    expect(await wants(mock, p({ q: 1 }), p({ q: 1 }))).toEqual(["exact", "subset"]);
  });
});

describe("sessions", () => {
  const pair = ["a", "b"].map((answer) => on({ target: "/v1/models" }, answer, { play: "sequence" }));
  const get = (target: string, session?: string): Asked => ({
    target,
    ...(session === undefined ? {} : { headers: { "X-Gatetape-Session": session } }),
  });

  it("have each its own place, by prefix, by header, and one for all else", async () => {
    const mock = await mockOf(pair);
    expect(
      await wants(
        mock,
        get("/v1/models"),
        get("/s/x/v1/models"),
        get("/s/y/v1/models"),
        get("/v1/models", "z"),
      ),
    ).toEqual(["a", "a", "a", "a"]);
    expect(
      await wants(
        mock,
        get("/s/y/v1/models"),
        get("/v1/models", "z"),
        get("/v1/models"),
        get("/s/x/v1/models"),
      ),
    ).toEqual(["b", "b", "b", "b"]);
    expect(await wants(mock, get("/v1/models"), get("/s/x/v1/models"), get("/s/new/v1/models"))).toEqual([
      "miss",
      "miss",
      "a",
    ]);
  });

  it("of the same name are the same by prefix and by header", async () => {
    expect(await wants(await mockOf(pair), get("/s/x/v1/models"), get("/v1/models", "x"))).toEqual([
      "a",
      "b",
    ]);
  });

  it("can be reset", async () => {
    const mock = await mockOf(pair);
    await wants(mock, get("/v1/models", "x"), get("/v1/models", "x"));
    mock.resetSession("x");
    expect(await wants(mock, get("/v1/models", "x"))).toEqual(["a"]);
  });

  it("need a whole segment: /s/x and /sx are paths like others", async () => {
    const mock = await mockOf([
      on({ target: "/" }, "root"),
      on({ target: "/sx/v1" }, "sx"),
      on({ target: "/s/" }, "s"),
    ]);
    expect(await wants(mock, get("/s/x"), get("/s/x/"), get("/sx/v1"), get("/s/"))).toEqual([
      "root",
      "root",
      "sx",
      "s",
    ]);
  });
});

describe("a miss", () => {
  async function detail(mock: RunningMock, requested: Asked): Promise<string> {
    const { status, headers, content } = await exchange(mock, requested);
    expect([status, headers["x-gatetape-miss"], headers["content-type"]]).toEqual([
      400,
      "1",
      "application/json",
    ]);
    return (JSON.parse(content) as { detail: string }).detail;
  }

  it("names the nearest interaction and what differs", async () => {
    const mock = await mockOf([
      post({ model: "m", messages: [{ content: "hello" }], n: 1 }, "far"),
      post({ model: "m", messages: [{ content: "hi" }] }, "near"),
    ]);
    const summary = await detail(mock, p({ model: "m", messages: [{ content: "ho" }] }));
    expect(summary).toContain("POST /v1/p");
    expect(summary).toContain('"answers near" (written,');
    expect(summary).toContain('/messages/0/content is "ho", recorded as "hi"');
    expect(summary).not.toContain("far");
  });

  it.each<[string, Interaction, Asked, RegExp]>([
    ["what is missing", post({ a: 1, b: 2 }, "x"), p({ a: 1 }), /\/b is missing, recorded as 2/],
    ["what is too much", post({ a: 1 }, "x"), p({ a: 1, b: 2 }), /\/b is 2, which was not recorded/],
    ["a query", on({ target: "/v1/p?a=1" }, "x"), { target: "/v1/p?a=2" }, /\?a is "2", recorded as "1"/],
    [
      "a header",
      on({ target: "/v1/p", headers: [["X-A", "1"]] }, "x", { headers: ["x-a"] }),
      { target: "/v1/p", headers: { "x-a": "2" } },
      /header x-a is "2", recorded as "1"/,
    ],
    [
      "a body that is no JSON for want of a content type",
      post({ a: 1 }, "x"),
      { target: "/v1/p", body: '{"a":1}' },
      /not read as JSON, check content-type/,
    ],
    [
      "that it was played",
      on({ target: "/v1/p" }, "x", { play: "once" }),
      { target: "/v1/q" },
      /no cassette has GET \/v1\/q/,
    ],
  ])("says %s", async (_, interaction, requested, expected) => {
    expect(await detail(await mockOf([interaction]), requested)).toMatch(expected);
  });

  it("says that all was played", async () => {
    const mock = await mockOf([on({ target: "/v1/p" }, "x", { play: "once" })]);
    await ask(mock, { target: "/v1/p" });
    expect(await detail(mock, { target: "/v1/p" })).toMatch(
      /GET \/v1\/p has been played 1 times? in this session/,
    );
  });

  it("says that a pseudonym stands for another value already, not that all was played", async () => {
    const mock = await mockOf([post({ who: "user-1@example.org" }, "x")]);
    await ask(mock, p({ who: "ann@corp.example" }));
    const summary = await detail(mock, p({ who: "bob@corp.example" }));
    expect(summary).not.toContain("has been played");
    expect(summary).toContain("user-1@example.org");
  });

  it("tells no secret, for it goes to logs, and nothing of what only differs by being redacted", async () => {
    const headers = [["authorization", "Bearer sk-1"]] as const;
    const json = { who: "user-1@example.org", n: 1, cc: ["nobody"] };
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/p", headers: [...headers, ...JSON_TYPE], json }, "x", {
        headers: ["authorization"],
      }),
    ]);
    const requested = { who: "ann@corp.example", n: 2, cc: ["bob@corp.example"], "eve@corp.example": 1 };
    const summary = await detail(mock, p(requested, { authorization: "Basic hunter2" }));
    expect(summary).not.toMatch(/corp\.example|hunter2|\/who/);
    expect(summary).toContain('/n is 2, recorded as 1; /cc/0 is "(secret)", recorded as "nobody"');
    expect(await detail(mock, p(json, { authorization: "Basic hunter2" }))).toContain(
      'header authorization is "Basic (secret)", recorded as "Bearer sk-1"',
    );
  });

  it("does not say again what a body holds: no more than a line", async () => {
    const mock = await mockOf([post({ input: "a".repeat(10_000) }, "x")]);
    expect((await detail(mock, p({ input: "b".repeat(10_000) }))).length).toBeLessThan(500);
  });
});

describe("paths and queries", () => {
  it("are compared decoded", async () => {
    const mock = await mockOf([
      on({ target: "/v1/models/org%2Fcoder%20alias" }, "a"),
      on({ target: "/v1/models/é" }, "b"),
      on({ target: "/v1/models/100%" }, "c"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/models/org/coder%20alias" },
        { target: "/v1/models/%6frg%2fcoder%20alias" },
        { target: "/v1/models/%C3%A9" },
        { target: "/v1/models/100%25" },
        { target: "/v1/models/100%" },
      ),
    ).toEqual(["a", "a", "b", "c", "c"]);
  });

  it("are decoded once, and a plus in a path is a plus", async () => {
    const mock = await mockOf([
      on({ target: "/v1/models/a%2520b" }, "once"),
      on({ target: "/v1/models/a+b" }, "plus"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/models/a%2520b" },
        { target: "/v1/models/a%20b" },
        { target: "/v1/models/a%2Bb" },
      ),
    ).toEqual(["once", "miss", "plus"]);
  });

  it("are not normalised", async () => {
    const mock = await mockOf([
      on({ target: "/v1/models/../admin" }, "dots"),
      on({ target: "/v1/admin" }, "admin"),
      on({ target: "//v1//models" }, "slashes"),
      on({ target: "/v1/models/" }, "slash"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/models/../admin" },
        { target: "/v1/admin" },
        { target: "/v1/models/%2e%2e/admin" },
        { target: "//v1//models" },
        { target: "/v1/models" },
        { target: "/v1/models/" },
      ),
    ).toEqual(["dots", "admin", "dots", "slashes", "miss", "slash"]);
  });

  it("do not mind the order of a query, but its values and their number", async () => {
    const mock = await mockOf([on({ target: "/v1/x?b=2&a=1&c=%20" }, "hit")]);
    expect(await wants(mock, { target: "/v1/x?a=1&b=2&c=+" }, { target: "/v1/x?c=%20&b=2&a=1" })).toEqual([
      "hit",
      "hit",
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/x?a=1&b=2" },
        { target: "/v1/x?a=1&a=1&b=2&c=+" },
        { target: "/v1/x?a=2&b=1&c=+" },
        { target: "/v1/x" },
      ),
    ).toEqual(["miss", "miss", "miss", "miss"]);
  });

  it("may have a query in a subset that says more", async () => {
    const mock = await mockOf([on({ target: "/v1/x?a=1" }, "hit", { body: "subset" })]);
    expect(await wants(mock, { target: "/v1/x?b=2&a=1" }, { target: "/v1/x?b=2" })).toEqual(["hit", "miss"]);
  });
});

describe("bodies", () => {
  it("are compared as JSON values", async () => {
    const mock = await mockOf([post({ a: 1, b: [true, null, "é"], c: { __x: 0 } }, "hit")]);
    const type = { "content-type": "application/json; charset=utf-8" };
    const body = (content: string): Asked => ({ target: "/v1/p", body: content, headers: type });
    expect(
      await wants(
        mock,
        body('{"c":{"__x":-0},"b":[true,null,"\\u00e9"],"a":1.0}'),
        body('\n{ "a" : 1e0, "b" : [true, null, "é"], "c": {"__x": 0.0} }'),
      ),
    ).toEqual(["hit", "hit"]);
    expect(
      await wants(
        mock,
        body('{"a":1,"b":[null,true,"é"],"c":{"__x":0}}'),
        body('{"a":"1","b":[true,null,"é"],"c":{"__x":0}}'),
        body("{}"),
        body("{"),
      ),
    ).toEqual(["miss", "miss", "miss", "miss"]);
  });

  it("nested beyond any use get an error, and the mock lives on", async () => {
    const mock = await mockOf([
      post({ a: 1 }, "hit"),
      post({ user: "user-1@example.org" }, "redacted"),
      post({ z: [[1]] }, "subset", { body: "subset" }),
      post({ z: [[2]], y: 1 }, "ignore", { ignore: ["/z/0/0"] }),
    ]);
    const headers = { "content-type": "application/json" };
    for (const levels of [5000, 100_000]) {
      const body = `{"z":${"[".repeat(levels)}${"]".repeat(levels)}}`;
      expect((await exchange(mock, { target: "/v1/p", body, headers })).status).toBeGreaterThanOrEqual(400);
    }
    expect(await wants(mock, p({ a: 1 }))).toEqual(["hit"]);
  });

  it("of what looks like one endless secret get a miss, and the mock lives on", async () => {
    const mock = await mockOf([post({ user: "user-1@example.org" }, "redacted")], { maxBody: 1 << 26 });
    const length = scaled(10_000_000);
    for (const secret of [`sk-${"a".repeat(length)}`, `x@${"a.".repeat(length)}1`])
      expect(await wants(mock, p({ user: secret }), { target: "/v1/p", body: secret })).toEqual([
        "miss",
        "miss",
      ]);
    expect(await wants(mock, p({ user: "ann@corp.example" }))).toEqual(["redacted"]);
  });

  it("that are no JSON are compared byte by byte", async () => {
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/p", text: '{"a":1}' }, "text"),
      on({ method: "POST", target: "/v1/p", hex: "ff00fe" }, "hex"),
      on({ method: "POST", target: "/v1/p" }, "empty"),
    ]);
    const body = (content: string | Buffer): Asked => ({ method: "POST", target: "/v1/p", body: content });
    expect(
      await wants(
        mock,
        body('{"a":1}'),
        body('{"a": 1}'),
        body(Buffer.from("ff00fe", "hex")),
        body(Buffer.from("ff00ff", "hex")),
        { method: "POST", target: "/v1/p" },
      ),
    ).toEqual(["text", "miss", "hex", "miss", "empty"]);
  });

  it("of a multipart form are compared by their parts, whatever the boundary", async () => {
    const file = { name: "file", filename: "a.wav", contentType: "audio/wav", hex: "00ff" };
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/f", form: [{ name: "model", text: "m" }, file] }, "hit"),
    ]);
    const form = (boundary: string, model: string, bytes: string, filename = "a.wav"): Asked => ({
      target: "/v1/f",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
      body: Buffer.concat([
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: audio/wav\r\n\r\n`,
        ),
        Buffer.from(bytes, "hex"),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
    });
    expect(await wants(mock, form("xyz", "m", "00ff"), form("----WebKit77", "m", "00ff"))).toEqual([
      "hit",
      "hit",
    ]);
    expect(
      await wants(
        mock,
        form("xyz", "n", "00ff"),
        form("xyz", "m", "00fe"),
        form("xyz", "m", "00ff", "b.wav"),
      ),
    ).toEqual(["miss", "miss", "miss"]);
  });
});

describe("rules", () => {
  it("headers: those named have the recorded value, others do not matter", async () => {
    const headers = [
      ["X-Mode", "fast"],
      ["X-Other", "1"],
    ] as const;
    const mock = await mockOf([
      on({ target: "/v1/h", headers }, "fast", { headers: ["x-mode"] }),
      on({ target: "/v1/h" }, "plain"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/h", headers: { "X-MODE": "fast" } },
        { target: "/v1/h", headers: { "x-mode": "slow" } },
        { target: "/v1/h" },
      ),
    ).toEqual(["fast", "plain", "plain"]);
  });

  it("headers: one that was not recorded must not be there", async () => {
    const mock = await mockOf([on({ target: "/v1/h" }, "none", { headers: ["x-mode"] })]);
    expect(
      await wants(mock, { target: "/v1/h" }, { target: "/v1/h", headers: { "x-mode": "fast" } }),
    ).toEqual(["none", "miss"]);
  });

  it("ignore: what the pointers name is not compared, be it there or not", async () => {
    const mock = await mockOf([
      post({ a: 1, seed: 7, list: [{ id: "x", v: 1 }] }, "hit", { ignore: ["/seed", "/list/0/id"] }),
    ]);
    expect(
      await wants(mock, p({ a: 1, seed: 8, list: [{ id: "y", v: 1 }] }), p({ a: 1, list: [{ v: 1 }] })),
    ).toEqual(["hit", "hit"]);
    expect(
      await wants(
        mock,
        p({ a: 2, seed: 7, list: [{ id: "x", v: 1 }] }),
        p({ a: 1, seed: 7, list: [{ id: "x", v: 2 }] }),
      ),
    ).toEqual(["miss", "miss"]);
  });

  it("ignore: an element of an array keeps its place", async () => {
    const mock = await mockOf([post({ list: [1, 2] }, "hit", { ignore: ["/list/0"] })]);
    expect(await wants(mock, p({ list: [9, 2] }), p({ list: [2] }), p({ list: [9, 3] }))).toEqual([
      "hit",
      "miss",
      "miss",
    ]);
  });

  it("ignore: an array must not grow by what is ignored in it", async () => {
    const mock = await mockOf([post({ list: ["x"] }, "hit", { ignore: ["/list/0"] })]);
    expect(await wants(mock, p({ list: ["y"] }), p({ list: [] }))).toEqual(["hit", "miss"]);
  });

  it("what is ignored less wins", async () => {
    const mock = await mockOf([
      post({ a: 1, b: 1 }, "two", { ignore: ["/a", "/b"] }),
      post({ a: 1, b: 1 }, "one", { ignore: ["/a"] }),
      post({ a: 1, b: 1 }, "none"),
    ]);
    expect(await wants(mock, p({ a: 1, b: 1 }), p({ a: 2, b: 1 }), p({ a: 2, b: 2 }))).toEqual([
      "none",
      "one",
      "two",
    ]);
  });

  it("subset: objects may have more keys, arrays not more elements", async () => {
    const mock = await mockOf([
      post({ model: "m", messages: [{ role: "user" }] }, "hit", { body: "subset" }),
    ]);
    expect(await wants(mock, p({ model: "m", messages: [{ role: "user", content: "x" }], n: 1 }))).toEqual([
      "hit",
    ]);
    expect(
      await wants(
        mock,
        p({ model: "m" }),
        p({ model: "m", messages: [{ role: "user" }, {}] }),
        p({ model: "m", messages: [] }),
        p({ model: "m", messages: { 0: { role: "user" } } }),
      ),
    ).toEqual(["miss", "miss", "miss", "miss"]);
  });

  it("exact wins over subset, and a subset that says more over one that says less, in any order of the file", async () => {
    const all = [
      post({}, "none", { body: "subset" }),
      post({ a: 1 }, "one", { body: "subset" }),
      post({ a: 1, b: { c: [1, 2] } }, "more", { body: "subset" }),
      post({ a: 1, b: { c: [1, 2] }, d: 0 }, "exact"),
    ];
    for (const order of [all, all.toReversed()]) {
      const mock = await mockOf(order);
      expect(
        await wants(
          mock,
          p({ a: 1, b: { c: [1, 2] }, d: 0 }),
          p({ a: 1, b: { c: [1, 2] }, d: 1 }),
          p({ a: 1, b: 1 }),
          p({ x: 1 }),
        ),
      ).toEqual(["exact", "more", "one", "none"]);
    }
  });
});

describe("a request that was redacted", () => {
  const mail = (a: string, b: string): unknown => ({ input: `from ${a} to ${b}`, cc: [b] });
  const recorded = post(mail("user-1@example.org", "user-2@example.org"), "hit");

  it("takes any value of the kind, one to one within a session", async () => {
    const mock = await mockOf([recorded]);
    const by = (session: string, a: string, b: string): Asked =>
      p(mail(a, b), { "x-gatetape-session": session });
    expect(
      await wants(
        mock,
        by("s", "ann@corp.example", "bob@corp.example"),
        by("s", "ann@corp.example", "bob@corp.example"),
      ),
    ).toEqual(["hit", "hit"]);
    expect(
      await wants(
        mock,
        by("s", "bob@corp.example", "ann@corp.example"),
        by("s", "eve@corp.example", "bob@corp.example"),
      ),
    ).toEqual(["miss", "miss"]);
    expect(
      await wants(
        mock,
        by("t", "bob@corp.example", "ann@corp.example"),
        by("u", "ann@corp.example", "ann@corp.example"),
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("takes its own pseudonyms, and nothing that is not of the kind", async () => {
    const mock = await mockOf([recorded]);
    expect(
      await wants(
        mock,
        p(mail("user-1@example.org", "user-2@example.org")),
        p(mail("nobody", "user-2@example.org")),
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("keeps a session's pairs over several interactions", async () => {
    const about = (a: string): unknown => ({ who: a });
    const mock = await mockOf([
      recorded,
      post(about("user-1@example.org"), "one"),
      post(about("user-2@example.org"), "two"),
    ]);
    expect(
      await wants(
        mock,
        p(mail("ann@corp.example", "bob@corp.example")),
        p(about("bob@corp.example")),
        p(about("ann@corp.example")),
        p(about("eve@corp.example")),
      ),
    ).toEqual(["hit", "two", "one", "miss"]);
  });

  it("is less specific than one with real values", async () => {
    const mock = await mockOf([
      post({ who: "user-1@example.org" }, "any"),
      post({ who: "nobody" }, "nobody"),
    ]);
    expect(await wants(mock, p({ who: "nobody" }), p({ who: "ann@corp.example" }))).toEqual([
      "nobody",
      "any",
    ]);
  });

  it("may be redacted in path and query, whatever the order of the query", async () => {
    const mock = await mockOf([
      on({ target: "/v1/users/user-1@example.org?a=user-2@example.org&b=user-3@example.org" }, "hit"),
    ]);
    const target = (query: string): Asked => ({ target: `/v1/users/ann%40corp.example?${query}` });
    expect(
      await wants(
        mock,
        target("b=eve%40corp.example&a=bob%40corp.example"),
        target("a=bob%40corp.example&b=eve%40corp.example"),
        target("a=eve%40corp.example&b=bob%40corp.example"),
      ),
    ).toEqual(["hit", "hit", "miss"]);
  });

  it("may be redacted in a key of an object", async () => {
    const mock = await mockOf([post({ roles: { "user-1@example.org": "admin" } }, "hit")]);
    expect(
      await wants(mock, p({ roles: { "ann@corp.example": "admin" } }), p({ roles: { ann: "admin" } })),
    ).toEqual(["hit", "miss"]);
  });

  it("may be redacted in a body that is no JSON", async () => {
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/p", text: "to user-1@example.org!" }, "hit"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/p", body: "to ann@corp.example!" },
        { target: "/v1/p", body: "to ann!" },
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("may be redacted in a part of a form", async () => {
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/f", form: [{ name: "to", text: "user-1@example.org" }] }, "hit"),
    ]);
    const form = (value: string): Asked => ({
      target: "/v1/f",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body: `--b\r\nContent-Disposition: form-data; name="to"\r\n\r\n${value}\r\n--b--\r\n`,
    });
    expect(await wants(mock, form("ann@corp.example"), form("ann"))).toEqual(["hit", "miss"]);
  });

  it("may be redacted in a header that is compared", async () => {
    const headers = [["authorization", "Bearer sk-1"]] as const;
    const mock = await mockOf([on({ target: "/v1/h", headers }, "hit", { headers: ["authorization"] })]);
    expect(
      await wants(
        mock,
        { target: "/v1/h", headers: { authorization: "Bearer sk-abcdefgh12345678" } },
        { target: "/v1/h" },
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("may be a subset, and may ignore", async () => {
    const mock = await mockOf([
      post({ who: "user-1@example.org" }, "sub", { body: "subset" }),
      post({ to: "user-1@example.org", seed: 1 }, "ign", { ignore: ["/seed"] }),
    ]);
    expect(
      await wants(mock, p({ who: "ann@corp.example", n: 1 }), p({ to: "ann@corp.example", seed: 2 })),
    ).toEqual(["sub", "ign"]);
  });
});

describe("what the same request could play, with nothing to tell which, is an error at the start", () => {
  const subset = (json: unknown, match: MatchRule = {}): Interaction =>
    post(json, "x", { body: "subset", ...match });
  const withHeader = (name: string): Interaction =>
    on({ target: "/v1/h", headers: [[name, "1"]] }, name, { headers: [name] });
  it.each<[string, Interaction, Interaction]>([
    ["two equal ones", post({ a: 1 }, "x"), post({ a: 1 }, "y")],
    [
      "equal by value",
      on({ method: "POST", target: "/v1/p?b=1&a=%31", headers: JSON_TYPE, json: { a: 1, b: 2 } }, "x"),
      on({ method: "POST", target: "/v1/p?a=1&b=1", headers: JSON_TYPE, text: '{"b":2.0, "a":1}' }, "y"),
    ],
    ["one for ever before a sequence", post({ a: 1 }, "x"), post({ a: 1 }, "y", { play: "sequence" })],
    ["equal in shape", post({ a: "user-1@example.org" }, "x"), post({ a: "user-1@example.org" }, "y")],
    ["two subsets that contradict each other nowhere", subset({ a: 1 }), subset({ b: 1 })],
    ["two subsets with objects that go together", subset({ o: { a: 1 } }), subset({ o: { b: 1 } })],
    ["two equal subsets", subset({ a: 1 }), subset({ a: 1 })],
    [
      "two that ignore as much, but other things",
      post({ a: 1, b: 1 }, "x", { ignore: ["/a"] }),
      post({ a: 1, b: 1 }, "y", { ignore: ["/b"] }),
    ],
    ["two that ask for as many headers, but others", withHeader("x-a"), withHeader("x-b")],
  ])("%s", async (_, one, two) => {
    const error = await mockOf([one, two]).then(
      () => "started",
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      name: "CassetteError",
      code: "ambiguous",
      location: { pointer: "/interactions/1" },
    });
    expect((error as Error).message).toContain('"play": "sequence"');
  });

  it.each<[string, Interaction, Interaction]>([
    ["other bodies", post({ a: 1 }, "x"), post({ a: 2 }, "y")],
    ["a sequence", post({ a: 1 }, "x", { play: "sequence" }), post({ a: 1 }, "y", { play: "sequence" })],
    ["once, then for ever", post({ a: 1 }, "x", { play: "once" }), post({ a: 1 }, "y")],
    [
      "other values of a header",
      on({ target: "/v1/h", headers: [["x-a", "1"]] }, "x", { headers: ["x-a"] }),
      on({ target: "/v1/h", headers: [["x-a", "2"]] }, "y", { headers: ["x-a"] }),
    ],
    ["exact and subset", post({ a: 1 }, "x"), subset({ a: 1 })],
    ["subsets of which one says more", subset({ a: 1 }), subset({ b: 1, c: 1 })],
    ["subsets that contradict each other", subset({ a: 1, b: 1 }), subset({ a: 2, c: 1 })],
    ["subsets with arrays of other lengths", subset({ a: [1, 2] }), subset({ a: [1], b: 1 })],
    ["other methods", on({ target: "/v1/p" }, "x"), on({ method: "DELETE", target: "/v1/p" }, "y")],
    ["other paths", on({ target: "/v1/p" }, "x"), on({ target: "/v1/p/" }, "y")],
  ])("but not %s", async (_, one, two) => {
    expect((await mockOf([one, two])).library.entries).toHaveLength(2);
  });
});
