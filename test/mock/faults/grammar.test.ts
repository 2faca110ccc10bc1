import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FaultCall, parseFaults, printFaults } from "../../../src/mock/faults/grammar.ts";
import { FAULTS } from "../../../src/mock/faults/kinds/all.ts";
import { FaultError } from "../../../src/mock/faults/model/fault-error.ts";
import { parseRule } from "../../../src/mock/faults/rule.ts";
import { calls } from "../../support/fault-calls.ts";
import { scaled } from "../../support/scaled.ts";

const OPERATIONS = ["models.list", "models.get", "chat.create", "chat.stream", "embeddings.create"];

function errorOf(act: () => unknown): FaultError {
  try {
    act();
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("faults as text", () => {
  it("are read as they were printed", () => {
    fc.assert(
      fc.property(fc.array(calls, { minLength: 1, maxLength: 3 }), (chain) => {
        expect(parseFaults(printFaults(chain))).toEqual(chain);
      }),
      { numRuns: scaled(1000) },
    );
  });

  it.each<[string, FaultCall[]]>([
    ["reset@3", [{ name: "reset", at: { at: "event", n: 3 }, params: {} }]],
    [" reset @b12 ", [{ name: "reset", at: { at: "byte", n: 12 }, params: {} }]],
    ["stall@500ms", [{ name: "stall", at: { at: "ms", n: 500 }, params: {} }]],
    ["split:bytes=7,flush", [{ name: "split", params: { bytes: 7, flush: true } }]],
    [
      'crlf + comment@-1:text="a, b",blank=no',
      [
        { name: "crlf", params: {} },
        { name: "comment", at: { at: "event", n: -1 }, params: { text: "a, b", blank: false } },
      ],
    ],
    [
      "status:code=429,retry-after=Wed 21 Oct 2026,body=openai",
      [{ name: "status", params: { code: 429, "retry-after": "Wed 21 Oct 2026", body: "openai" } }],
    ],
    [
      "header:name=x-a,value=http://127.0.0.1:1/v1?a=b@c",
      [{ name: "header", params: { name: "x-a", value: "http://127.0.0.1:1/v1?a=b@c" } }],
    ],
  ])("%s", (text, expected) => {
    expect(parseFaults(text)).toEqual(expected);
  });

  it.each<[text: string, code: string, column: number, reason: string, fix: string]>([
    ["rest@3", "unknown-fault", 1, 'unknown fault "rest"', "did you mean reset?"],
    ["crlf + splitt", "unknown-fault", 8, 'unknown fault "splitt"', "did you mean split?"],
    [
      "xyzxyzxyz",
      "unknown-fault",
      1,
      'unknown fault "xyzxyzxyz"',
      `use one of ${FAULTS.map(({ name }) => name).join(", ")}`,
    ],
    ["", "syntax", 1, "a fault's name is missing here", "NAME[@POSITION]"],
    ["crlf +", "syntax", 7, "a fault's name is missing here", "NAME[@POSITION]"],
    ["reset@3 what", "syntax", 8, 'unexpected text: "what"', "NAME[@POSITION]"],
    [
      "status:retry-after=Wed, 21",
      "unknown-parameter",
      24,
      "a parameter's name is missing",
      `quote a value that has , ; + or ~ in it: name="…"`,
    ],
    ["reset@", "bad-position", 7, "@ is not a position", "@3 (after, or at, the third event"],
    ["reset@1200b", "bad-position", 7, "@1200b is not a position", "@b1200 (bytes)"],
    ["malformed-json@b3", "bad-position", 16, "malformed-json does not take the position @b3", "@3"],
    ["crlf@3", "bad-position", 6, "crlf takes no position", "write crlf without @"],
    ["split:byte=7", "unknown-parameter", 7, 'split has no parameter "byte"', "did you mean bytes?"],
    ["cr:x", "unknown-parameter", 4, 'cr has no parameter "x"', "write cr without parameters"],
    ["split:", "unknown-parameter", 7, "a parameter's name is missing here", "use one of bytes, flush"],
    ["split:toString=1", "unknown-parameter", 7, 'split has no parameter "toString"', "use one of"],
    [
      "split:bytes=0",
      "bad-value",
      13,
      "bytes is a whole number from 1 to 1000000000 (bytes), not 0",
      "write bytes=1",
    ],
    ["split:bytes", "bad-value", 12, 'not ""', "write bytes=1"],
    [
      "split:bytes=7,flush=maybe",
      "bad-value",
      21,
      'flush is yes or no, not "maybe"',
      "write flush or flush=no",
    ],
    ["status:body=opnai", "bad-value", 13, "body is one of detail, ", "did you mean openai?"],
    ["latency:ms=1s", "bad-value", 12, 'not "1s"', "write ms=1000"],
    ["header:name=a b", "bad-value", 13, 'name is a header name, not "a b"', "leave out"],
    [String.raw`redirect:location="/\r\nx: 1"`, "bad-value", 19, "location is a header value", "leave out"],
    ["comment:text", "bad-value", 13, "text has no value", 'write text=… or text="…"'],
    [String.raw`comment:text="\x"`, "bad-value", 14, "is not a JSON string", String.raw`\n`],
  ])("%j is refused", (text, code, column, reason, fix) => {
    const error = errorOf(() => parseFaults(text));
    expect({ code: error.code, column: error.location.column }).toEqual({ code, column });
    expect(error.reason).toContain(reason);
    expect(error.fix).toContain(fix);
    expect(error.message).toBe(
      `fault ${JSON.stringify(text)}, character ${column}: ${error.reason}\n  fix: ${error.fix}`,
    );
  });

  it("never fail otherwise, whatever is asked", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'reset@3:+,=;~"\\ bytes') })),
        (text) => {
          let refused: unknown;
          try {
            parseFaults(text);
          } catch (error) {
            refused = error;
          }
          expect(refused === undefined || refused instanceof FaultError).toBe(true);
        },
      ),
      { numRuns: scaled(2000) },
    );
  });
});

describe("a rule", () => {
  it.each<[string, object]>([
    ["chat.stream=reset@3", { from: 1, to: Infinity, next: false, probability: 1 }],
    ["s1/chat.*#2=stall;next", { session: "s1", from: 2, to: 2, next: true }],
    ["*/chat.*#2-=stall", { from: 2, to: Infinity }],
    ["a/b/models.list#1-3 = stall ~ 10%", { session: "a/b", from: 1, to: 3, probability: 0.1 }],
    ["*=reset~.5", { probability: 0.5 }],
    ["* = crlf + split:bytes=7,flush ;next ~1", { next: true, probability: 1 }],
  ])("%s", (text, expected) => {
    expect(parseRule(text, OPERATIONS)).toMatchObject({ text, ...expected });
  });

  it("fits operations by glob", () => {
    const fits = (rule: string): string[] =>
      ["", ...OPERATIONS].filter((id) => parseRule(rule, OPERATIONS).operation.test(id));
    expect(fits("*=cr")).toEqual(["", ...OPERATIONS]);
    expect(fits("chat.*=cr")).toEqual(["chat.create", "chat.stream"]);
    expect(fits("*.create=cr")).toEqual(["chat.create", "embeddings.create"]);
    expect(fits("models.get=cr")).toEqual(["models.get"]);
  });

  it.each<[text: string, code: string, column: number, reason: string, fix: string]>([
    ["reset@3", "syntax", 1, "no operation is named", "write *=reset@3"],
    ["split:bytes=7", "syntax", 1, "no operation is named", "write *=split:bytes=7"],
    ["=reset", "syntax", 1, "no operation is named here", "OPERATION"],
    [
      "chat.straem=reset",
      "unknown-operation",
      1,
      'no operation is called "chat.straem"',
      "did you mean chat.stream?",
    ],
    ["s1/zzz=reset", "unknown-operation", 4, 'no operation is called "zzz"', "gatetape spec show"],
    ["chat.stream=rest@3", "unknown-fault", 13, 'unknown fault "rest"', "did you mean reset?"],
    ["chat.stream#0=reset", "syntax", 13, "# must be followed by a request number", "#2 (the second)"],
    ["chat.stream#3-2=reset", "syntax", 13, "# must be followed by a request number", "#1-3"],
    [
      "chat.stream=header:name=content-type,value=a/b;charset=x",
      "syntax",
      48,
      "only next may follow ;",
      `quote a value that has , ; + or ~ in it: name="…"`,
    ],
    ["chat.stream=reset;nxt", "syntax", 19, "only next may follow ;", ";next"],
    ["chat.stream=reset~2", "bad-value", 19, "~ must be followed by a probability", "~0.1 or ~10%"],
    ["chat.stream=reset~0", "bad-value", 19, "~ must be followed by a probability", "~0.1"],
    ["chat.stream=reset~0.5;next", "syntax", 22, 'unexpected text: ";next"', "[;next][~PROBABILITY]"],
    ["chat stream=reset", "unknown-operation", 1, '"chat"', "*"],
  ])("%j is refused", (text, code, column, reason, fix) => {
    const error = errorOf(() => parseRule(text, OPERATIONS));
    expect({ code: error.code, column: error.location.column }).toEqual({ code, column });
    expect(error.reason).toContain(reason);
    expect(error.fix).toContain(fix);
  });
});
