import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { headerValue } from "../../../src/http/headers.ts";
import type { Op, Script } from "../../../src/http/script.ts";
import { applyFaults } from "../../support/apply-faults.ts";
import {
  bodyOf,
  chunk,
  dataOf,
  endOf,
  jsonScript,
  scriptOf,
  streamScript,
  textsOf,
  wait,
  waitsOf,
  write,
  writesOf,
} from "../../support/fault-scripts.ts";

const A = chunk("Hé");
const B = chunk("b");
const DONE = "data: [DONE]\n\n";
const stream = streamScript("Hé", "b");

const reads = (text: string, size: number): string[] => {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size).toString(),
  );
};
const header = (script: Script, name: string): string | undefined =>
  headerValue(script.head?.headers ?? [], name);
const names = (script: Script): string[] => (script.head?.headers ?? []).map(([name]) => name);
const shown = ({ op, ...rest }: Op): unknown =>
  "bytes" in rest ? Buffer.from(rest.bytes).toString() : { op, ...rest };
const opsOf = (script: Script): unknown[] => script.ops.map(shown);

describe("what a stream's writes become", () => {
  it.each<[fault: string, writes: string[], end: string]>([
    ["join", [A + B + DONE], "complete"],
    ["split:bytes=50", [...reads(A, 50), ...reads(B, 50), DONE], "complete"],
    ["missing-done", [A, B], "complete"],
    ["unterminated", [A, B, "data: [DONE]\n"], "complete"],
    ["unterminated:newlines=none", [A, B, "data: [DONE]"], "complete"],
    ["missing-done + unterminated", [A, B.slice(0, -1)], "complete"],
    ["crlf", [A, B, DONE].map((text) => text.replaceAll("\n", "\r\n")), "complete"],
    ["crlf + cr", [A, B, DONE].map((text) => text.replaceAll("\n", "\r")), "complete"],
    ["cr + crlf", [A, B, DONE].map((text) => text.replaceAll("\n", "\r\n")), "complete"],
    ["no-space", [A, B, DONE].map((text) => text.replace("data: ", "data:")), "complete"],
    [
      "comment",
      [": keepalive\n\n", A, ": keepalive\n\n", B, ": keepalive\n\n", DONE, ": keepalive\n\n"],
      "complete",
    ],
    ["comment@1:text={n}", [A, ": 1\n\n", B, DONE], "complete"],
    ["comment:text={n},blank=no", [`: 1\n${A}`, `: 2\n${B}`, `: 3\n${DONE}`], "complete"],
    ["comment@2:blank=no", [A, `: keepalive\n${B}`, DONE], "complete"],
    ["comment@end:text=bye", [A, B, DONE, ": bye\n\n"], "complete"],
    ["field", [`foo\n${A}`, `foo\n${B}`, `foo\n${DONE}`], "complete"],
    ["field@-1:name=id,value={n}", [A, B, `id: 1\n${DONE}`], "complete"],
    ["field@1:name=retry,value=100,block", [A, "retry: 100\n\n", B, DONE], "complete"],
    ["event@1:type=ping", [A, "event: ping\ndata: {}\n\n", B, DONE], "complete"],
    ['event@end:data=""', [A, B, DONE, "data:\n\n"], "complete"],
    ['event@0:data="a\\nb"', ["data: a\ndata: b\n\n", A, B, DONE], "complete"],
    ['garbage:text="rest\\r\\n"', [A, B, DONE, "rest\r\n"], "complete"],
    ["garbage@b3:text=x", [A.slice(0, 3), "x", A.slice(3), B, DONE], "complete"],
    ["duplicate", [A, A, B, B, DONE, DONE], "complete"],
    ["duplicate@2:times=3", [A, B, B, B, DONE], "complete"],
    ["drop", [A, DONE], "complete"],
    ["drop@-1", [A, B], "complete"],
    ["malformed-json", [A, "data: {oops\n\n", DONE], "complete"],
    ["truncated-frame", [A, B.slice(0, B.length >> 1)], "complete"],
    ["truncated-frame@-1:how=reset", [A, B, "data: ["], "reset"],
    ["end", [A, B], "complete"],
    ["end@1:close", [A], "close"],
    ["end@b4", ["data"], "complete"],
    ["reset@1", [A], "reset"],
    ["reset@end", [A, B, DONE], "reset"],
    ["stall@2", [A, B], "stall"],
    ["truncate@0", [], "truncate"],
    ["truncate@end", [A, B, DONE], "truncate"],
    ["close", [A, B, DONE], "close"],
    ["reset@1 + close", [A], "reset"],
    ["pad:bytes=3", [A, B].map((text) => text.replace("{", "{   ")).concat(DONE), "complete"],
    ["pad@2:bytes=2", [A, B.replace("{", "{  "), DONE], "complete"],
    ["error-object@1:body=string,message=boom", [A, 'data: {"error":"boom"}\n\n'], "complete"],
    [
      "error-object@1:body=flat,code=418,after=done",
      [
        A,
        'data: {"object":"error","message":"The server had an error","type":"invalid_request_error","param":null,"code":418}\n\n',
        DONE,
      ],
      "complete",
    ],
    [
      "error-event@0:body=detail,message=no,after=rest",
      ['event: error\ndata: {"detail":"no"}\n\n', A, B, DONE],
      "complete",
    ],
    ["ogl-busy@1:error=X", [A, '{"detail": "Model is too busy (X), please try again later."}'], "complete"],
    ["ogl-error-event@1:message=m", [A, 'event: error\ndata: {"detail": "m"}\n\n'], "complete"],
  ])("%s", (fault, writes, end) => {
    const faulted = applyFaults(stream, fault);
    expect([textsOf(faulted), endOf(faulted)]).toEqual([writes, end]);
    expect(faulted.head).toEqual(stream.head);
  });

  it("multi-line: JSON that reads the same from several data lines", () => {
    const text = chunk('",{b\\');
    const [first = ""] = textsOf(applyFaults(scriptOf([write(text), write(DONE)]), "multi-line"));
    expect(first.split("\n").length).toBeGreaterThan(5);
    const [data = ""] = dataOf(Buffer.from(first));
    expect(JSON.parse(data)).toEqual(JSON.parse(text.slice(6)));
    expect(
      first
        .split("\n")
        .filter(Boolean)
        .every((line) => line.startsWith("data: ")),
    ).toBe(true);
  });

  it("split-utf8: a cut before every byte within a character, in segments of their own", () => {
    const { ops } = applyFaults(scriptOf([write("aé😀z")]), "split-utf8");
    expect(writesOf(ops).map((bytes) => bytes.toString("hex"))).toEqual(["61c3", "a9f0", "9f", "98", "807a"]);
    expect(ops.every((op) => op.op !== "write" || op.flush === true)).toBe(true);
  });

  it("crlf:apart and bom:apart cut within a line end and within the mark", () => {
    const crlf = applyFaults(scriptOf([write("data: a\n\n")]), "crlf:apart");
    expect(textsOf(crlf)).toEqual(["data: a\r", "\n\r", "\n"]);
    const bom = applyFaults(scriptOf([wait(1), write("data: a\n\n")]), "bom:apart");
    expect(writesOf(bom.ops).map((bytes) => bytes.toString("latin1"))).toEqual([
      "\xef",
      "\xbb\xbfdata: a\n\n",
    ]);
  });

  it("invalid-utf8: the text is no UTF-8 any more, and the frame is whole", () => {
    const faulted = applyFaults(stream, "invalid-utf8@1");
    expect(bodyOf(faulted).includes(0xff)).toBe(true);
    expect(JSON.parse(dataOf(bodyOf(faulted))[0] ?? "")).toMatchObject({
      choices: [{ delta: { content: "\ufffdHé" } }],
    });
  });

  it("ogl-cut-line never cuts within a character", () => {
    const [one = "", two = ""] = textsOf(applyFaults(streamScript("é😀"), "ogl-cut-line@1"));
    expect((one + two).replaceAll("\n", "")).toBe(chunk("é😀").replaceAll("\n", ""));
    expect(one).not.toContain("\ufffd");
    expect(one.endsWith("é\n\n")).toBe(true);
  });

  it("an error ends as the answer would have", () => {
    expect(endOf(applyFaults(scriptOf([write(A)], "close"), "error-object@1"))).toBe("close");
    expect(endOf(applyFaults(scriptOf([write(A)], "reset"), "ogl-busy@1"))).toBe("reset");
  });

  it("pieces of a write with a segment of its own have their own, too", () => {
    const flushed = scriptOf([{ op: "write", bytes: Buffer.from("ab"), flush: true }]);
    expect(applyFaults(flushed, "split").ops.map((op) => ("flush" in op ? op.flush : op.op))).toEqual([
      true,
      true,
      "complete",
    ]);
  });

  it("a repeat's rounds are changed as the rest is", () => {
    const repeat: Op = { op: "repeat", every: 9, times: 2, ops: [write("data: a\n\n"), wait(2)] };
    expect(opsOf(applyFaults(scriptOf([repeat]), "crlf"))).toEqual([
      { ...repeat, ops: [write("data: a\r\n\r\n"), wait(2)] },
      { op: "complete" },
    ]);
    expect(waitsOf(applyFaults(scriptOf([repeat]), "join"))).toBe(11);
  });
});

describe("when a stream's writes come", () => {
  it.each<[string, unknown[]]>([
    ["latency:ms=70", opsOf(stream)],
    ["pause@1:ms=70", [wait(20), A, wait(70), wait(20), B, DONE, { op: "complete" }]],
    ["pause@end:ms=70", [wait(20), A, wait(20), B, DONE, wait(70), { op: "complete" }]],
    ["stall@25ms", [wait(20), A, wait(5), { op: "stall" }]],
    ["burst", [A, B, DONE, { op: "complete" }]],
    ["join", [wait(40), A + B + DONE, { op: "complete" }]],
    [
      "keepalive@1:ms=30,text=ka",
      [wait(20), A, wait(30), { op: "repeat", every: 30, ops: [write(": ka\n\n")] }],
    ],
    [
      "trickle:bytes=60,ms=5",
      [
        wait(20),
        ...reads(A, 60).flatMap((text) => [wait(5), text]),
        wait(20),
        ...reads(B, 60).flatMap((text) => [wait(5), text]),
        wait(5),
        DONE,
        { op: "complete" },
      ],
    ],
  ])("%s", (fault, ops) => {
    expect(opsOf(applyFaults(stream, fault))).toEqual(ops);
  });

  it("latency is before the head, and adds up", () => {
    expect(applyFaults(stream, "latency:ms=70 + latency:ms=1").wait).toBe(76);
  });

  it("jitter is never more than told", () => {
    const waits = applyFaults(streamScript("a", "b", "c"), "burst + jitter:ms=9", { seed: 3 }).ops.flatMap(
      (op) => (op.op === "wait" ? [op.ms] : []),
    );
    expect(waits.length).toBeGreaterThan(1);
    expect(waits.every((ms) => ms > 0 && ms <= 9)).toBe(true);
  });
});

describe("another head", () => {
  const answered = (
    fault: string,
    script = jsonScript("{}"),
  ): [number | undefined, string, string | undefined] => {
    const faulted = applyFaults(script, fault);
    return [faulted.head?.status, bodyOf(faulted).toString(), header(faulted, "content-type")];
  };
  const json = "application/json";

  it.each<[string, number, string, string | undefined]>([
    ["status", 503, '{"detail":"Service Unavailable"}', json],
    ['status:code=404,message="Model not found."', 404, '{"detail":"Model not found."}', json],
    [
      "status:code=422,body=detail-list,message=m",
      422,
      '{"detail":[{"type":"missing","loc":["body","messages"],"msg":"m","input":{}}]}',
      json,
    ],
    ["status:body=string,message=boom", 503, '{"error":"boom"}', json],
    [
      "status:code=429,body=openai,message=m",
      429,
      '{"error":{"message":"m","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}',
      json,
    ],
    [
      "status:code=429,body=openai-int,message=m",
      429,
      '{"error":{"message":"m","type":"rate_limit_error","param":null,"code":429}}',
      json,
    ],
    ["status:code=500,body=empty", 500, "", undefined],
    ["status:body=text,type=application/json", 503, "Service Unavailable", json],
    [
      "status:code=200,body=openai",
      200,
      '{"error":{"message":"OK","type":"invalid_request_error","param":null,"code":"invalid_request"}}',
      json,
    ],
    ["status:stream", 503, '{"detail":"Service Unavailable"}', "text/event-stream; charset=utf-8"],
    [
      "ogl-limit:type=tpd,value=20",
      429,
      '{"detail":"20 input tokens per day exceeded (remaining: 0)."}',
      json,
    ],
  ])("%s", (fault, status, body, type) => {
    expect(answered(fault)).toEqual([status, body, type]);
  });

  it("status has its hints only where asked", () => {
    expect(names(applyFaults(stream, "status"))).toEqual([
      "date",
      "server",
      "content-length",
      "content-type",
    ]);
    const hinted = applyFaults(
      stream,
      'status:retry-after="Wed, 21 Oct 2026 07:28:00 GMT",retry-after-ms=5,should-retry=false',
    );
    expect(header(hinted, "retry-after")).toBe("Wed, 21 Oct 2026 07:28:00 GMT");
    expect(header(hinted, "retry-after-ms")).toBe("5");
    expect(header(hinted, "x-should-retry")).toBe("false");
  });

  it("status sends a page of the size that is asked", () => {
    const page = bodyOf(applyFaults(stream, "status:code=502,body=html,size=1048576"));
    expect(page.length).toBe(1_048_576);
    expect(page.toString()).toContain("<h1>502 Bad Gateway</h1>");
    expect(bodyOf(applyFaults(stream, "status:code=502,body=html")).length).toBeLessThan(200);
  });

  it("status to a HEAD has no body, and the length of one", () => {
    const { head, ...rest } = jsonScript("");
    const requested: Script = {
      ...rest,
      head: head && { ...head, framing: "none" },
      ops: [{ op: "complete" }],
    };
    const faulted = applyFaults(requested, "status:message=m");
    expect([faulted.head?.framing, header(faulted, "content-length"), opsOf(faulted)]).toEqual([
      "none",
      "14",
      [{ op: "complete" }],
    ]);
  });

  it("status:early answers before the body", () => {
    expect(applyFaults(stream, "status:code=413,early").early).toBe(true);
    expect(applyFaults(stream, "status:code=413").early).toBeUndefined();
  });

  it("redirect goes to where it is told, or to the same target", () => {
    const request = { target: "/s/x/v1/models?a=1", headers: [] };
    const same = applyFaults(stream, "redirect", { seed: 0, request });
    expect([same.head?.status, header(same, "location"), bodyOf(same).length]).toEqual([
      307,
      request.target,
      0,
    ]);
    expect(names(same)).toEqual(["date", "server", "content-length", "location"]);
    const other = applyFaults(stream, "redirect:code=302,location=http://127.0.0.1:1/v1");
    expect([other.head?.status, header(other, "location")]).toEqual([302, "http://127.0.0.1:1/v1"]);
  });

  it("header sets, adds and takes away", () => {
    expect(header(applyFaults(stream, "header:name=Content-Type,value=text/plain"), "content-type")).toBe(
      "text/plain",
    );
    expect(names(applyFaults(stream, "header:name=content-type"))).toEqual(["date", "Transfer-Encoding"]);
    expect(names(applyFaults(stream, "header:name=date,value=x,add"))).toEqual([...names(stream), "date"]);
    expect(names(applyFaults(stream, "header:value=1"))).toEqual([...names(stream), "x-gatetape"]);
    expect(applyFaults(stream, "header:name=x-none")).toBe(stream);
  });

  it("content-length is wrong by what is told, and the connection closes", () => {
    const size = bodyOf(stream).length;
    const short = applyFaults(stream, "content-length:by=-9");
    expect([short.head?.framing, header(short, "content-length"), endOf(short)]).toEqual([
      "length",
      String(size - 9),
      "close",
    ]);
    expect(names(short)).not.toContain("Transfer-Encoding");
    expect(header(applyFaults(jsonScript("{}"), "content-length:by=5"), "content-length")).toBe("7");
  });

  it("a literal content-length that was right stays right, and one that was wrong stays", () => {
    const literal = (length: string): Script =>
      applyFaults(jsonScript("{}"), `header:name=content-length,value=${length}`);
    expect(header(applyFaults(literal("2"), "garbage:text=12345"), "content-length")).toBeUndefined();
    expect(names(applyFaults(literal("2"), "garbage"))).toContain("content-length");
    expect(header(applyFaults(literal("9"), "garbage:text=12345"), "content-length")).toBe("9");
  });

  it.each(["chunk-extension", "bad-chunk"])(
    "trailers behind %s are latin-1, as a sink prints them",
    (fault) => {
      const bytes = bodyOf(applyFaults(stream, `trailer:name=x-city,value=Orléans + ${fault}`));
      expect(bytes.toString("latin1")).toMatch(/\r\n0\r\nx-city: Orl\u00e9ans\r\n\r\n$/);
    },
  );

  it("framing announces the body's end in the way that is told", () => {
    expect(names(applyFaults(stream, "framing:how=length"))).toEqual([
      "date",
      "content-type",
      "content-length",
    ]);
    expect(names(applyFaults(stream, "framing:how=eof"))).toEqual(["date", "content-type"]);
    expect(applyFaults(stream, "framing:how=chunked")).toBe(stream);
    const endless = applyFaults(stream, "keepalive@1");
    expect(applyFaults(endless, "framing:how=length")).toBe(endless);
  });

  it("faults that take a body's place on the wire keep out of each other's way", () => {
    const chained = applyFaults(jsonScript("{}"), "content-length:by=5 + gzip");
    expect(header(chained, "content-length")).toBe("7"); // what was asked stays as it was asked
  });
});

describe("a content coding", () => {
  const decode = (name: string): ((bytes: Uint8Array) => Promise<string>) => {
    const make = { gzip: zlib.createGunzip, deflate: zlib.createInflate, br: zlib.createBrotliDecompress }[
      name
    ];
    return (bytes) =>
      new Promise((resolve, reject) => {
        let text = "";
        const decoder = (make as typeof zlib.createGunzip)();
        decoder.on("data", (part: Buffer) => (text += part.toString("latin1"))).on("error", reject);
        decoder.write(bytes);
        decoder.flush(() => resolve(text));
      });
  };

  it.each(["gzip", "deflate", "br"])(
    "%s, flushed, is decoded as far as it has come, write by write",
    async (name) => {
      const faulted = applyFaults(stream, name);
      const writes = writesOf(faulted.ops);
      const plain = writesOf(stream.ops).map((bytes) => bytes.toString("latin1"));
      expect(writes).toHaveLength(plain.length + 1);
      for (const n of plain.keys()) {
        const sofar = Buffer.concat(writes.slice(0, n + 1));
        expect(await decode(name)(sofar)).toBe(plain.slice(0, n + 1).join(""));
      }
      expect([header(faulted, "content-encoding"), waitsOf(faulted)]).toEqual([name, waitsOf(stream)]);
    },
  );

  it.each(["gzip", "deflate", "br"])(
    "%s, not flushed, comes when the body has ended, and is smaller",
    (name) => {
      const long = streamScript(...Array.from({ length: 20 }, () => "the same again"));
      const faulted = applyFaults(long, `${name}:flush=no`);
      expect(opsOf(faulted)).toEqual([wait(400), expect.any(String), { op: "complete" }]);
      expect(bodyOf(faulted).length).toBeLessThan(bodyOf(long).length / 5);
    },
  );

  it("is only used where it is accepted, if so told", () => {
    const accepted = (value: string): boolean =>
      applyFaults(stream, "gzip:when=accepted", {
        seed: 0,
        request: { target: "/", headers: [["Accept-Encoding", value]] },
      }) !== stream;
    expect(["gzip", "br, GZIP;q=0.5", "*", "deflate, *;q=0.1"].map(accepted)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["", "identity", "gzip;q=0", "gzip; q=0.000, *", "gzipp", "*;q=0"].map(accepted)).toEqual(
      Array.from({ length: 6 }, () => false),
    );
    expect(applyFaults(stream, "gzip:when=accepted")).toBe(stream);
  });

  it("of a stream that breaks off has no end, and flushed it has what came before", async () => {
    const faulted = applyFaults(stream, "reset@1 + gzip");
    expect(endOf(faulted)).toBe("reset");
    expect(Buffer.from(await decode("gzip")(bodyOf(faulted)), "latin1").toString()).toBe(A);
    expect(() => zlib.gunzipSync(bodyOf(faulted))).toThrow("unexpected end");
    expect(bodyOf(applyFaults(stream, "reset@1 + gzip:flush=no")).length).toBe(10);
  });

  it("takes a piece of any size, and an endless stream", () => {
    const big = scriptOf([write(Buffer.alloc(200_000, "ab"))]);
    for (const name of ["gzip", "deflate", "br"] as const) {
      const decoder = { gzip: zlib.gunzipSync, deflate: zlib.inflateSync, br: zlib.brotliDecompressSync }[
        name
      ];
      expect(decoder(bodyOf(applyFaults(big, name))).equals(bodyOf(big))).toBe(true);
    }
    expect(zlib.inflateRawSync(bodyOf(applyFaults(big, "deflate:raw"))).equals(bodyOf(big))).toBe(true);
    const endless = applyFaults(stream, "keepalive@1 + gzip");
    expect(endless.ops.at(-1)?.op).toBe("repeat");
    expect(endOf(applyFaults(stream, "keepalive@1 + gzip:flush=no"))).toBe("stall");
  });
});
