import { describe, expect, it } from "vitest";
import { printAnswer } from "../../../src/asgi/fastapi/answer.ts";
import { readPythonJson } from "../../../src/asgi/fastapi/json.ts";
import { printPython } from "../../../src/asgi/fastapi/print.ts";
import { queryPairs } from "../../../src/asgi/fastapi/query.ts";
import { type RequestToCheck, type Verdict, checkRequest } from "../../../src/asgi/fastapi/request.ts";
import { fastApiOf } from "../../../src/ogl/rules/app.ts";
import { specOf } from "../../../src/openapi/validate/validators.ts";
import { type Capture, parseResponse, readCaptures } from "../../support/captures.ts";

const SPEC = specOf("0.4.1");
const NOW = Date.UTC(2026, 10, 21);

/** Two requests at once, an answer with two heads, a request with bare LF, one cut in the file: not for this reader. */
const UNREADABLE = new Set(["http-pipelined", "http-expect-100", "http-lf-only", "http-body-3MB"]);

function askedIn(capture: Capture): RequestToCheck | undefined {
  if (!capture.request.includes("\r\n\r\n")) return undefined;
  const { statusLine, headers, body } = parseResponse(capture.request);
  const [method = "", target = ""] = statusLine.split(" ");
  const [path = "", query = ""] = target.split("?", 2);
  const found = specFor(capture).operations.find(method, decodeURIComponent(path));
  const contentType = headers.find((header) => /^content-type:/i.test(header))?.replace(/^[^:]*:\s*/, "");
  return found && { ...found, query: queryPairs(query), contentType, body };
}

const specFor = ({ file }: Capture): typeof SPEC => specOf(file.startsWith("045p") ? "0.4.5" : "0.4.1");

function ask(operation: string, body: string | Uint8Array, more: Partial<RequestToCheck> = {}): Verdict {
  const found = SPEC.operations.byId(operation);
  if (found === undefined) throw new Error(`no operation ${operation}`);
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const request = {
    operation: found,
    params: {},
    query: [],
    contentType: "application/json",
    body: bytes,
    ...more,
  };
  return checkRequest(fastApiOf(SPEC), request, NOW);
}

const chat = (body: string | Uint8Array, more?: Partial<RequestToCheck>): Verdict =>
  ask("chat.create", body, more);

/** The answer as text, with its status before it. */
function shown(verdict: Verdict): string {
  if (verdict.kind === "accepted") return "accepted";
  const { status, body } = printAnswer(verdict);
  return `${status} ${Buffer.from(body).toString()}`;
}

describe("what a real server answered", () => {
  const captures = readCaptures().filter(({ name }) => !UNREADABLE.has(name));
  const judged = captures.flatMap((capture) => {
    const request = askedIn(capture);
    const answer = parseResponse(capture.response);
    return request === undefined
      ? []
      : [{ capture, request, answer, status: answer.statusLine.split(" ")[1] }];
  });
  /** A list is FastAPI's; a string is OGL's own (`Wrong model type.`), an object an upstream's. */
  const refused = judged.filter(
    ({ status, answer }) => status === "422" && answer.body.toString().startsWith('{"detail":['),
  );
  const accepted = judged.filter(
    ({ status, request }) => status === "200" && request.operation.method !== "HEAD",
  );

  it("is enough to say something", () => {
    expect(refused.length).toBeGreaterThanOrEqual(28);
    expect(accepted.length).toBeGreaterThan(100);
  });

  it.each(refused.map((exchange) => [exchange.capture.name, exchange] as const))("%s", (_, exchange) => {
    const verdict = checkRequest(fastApiOf(specFor(exchange.capture)), exchange.request, NOW);
    expect(shown(verdict)).toBe(`422 ${exchange.answer.body.toString()}`);
  });

  it("is not refused here where it was answered there", () => {
    const wrongly = accepted
      .filter(
        ({ capture, request }) => checkRequest(fastApiOf(specFor(capture)), request, NOW).kind !== "accepted",
      )
      .map(({ capture }) => capture.name);
    expect(wrongly).toEqual([]);
  });

  it("is 400 for bytes that are no text", () => {
    const found = judged.find(({ capture }) => capture.name === "http-bad-utf8");
    expect(found && shown(checkRequest(fastApiOf(SPEC), found.request, NOW))).toBe(
      `400 ${found?.answer.body.toString()}`,
    );
  });
});

describe("JSON as Python reads it", () => {
  it.each([
    ["", "Expecting value", 0],
    ["  ", "Expecting value", 2],
    ["nul", "Expecting value", 0],
    ["-", "Expecting value", 0],
    ["-I", "Expecting value", 0],
    ["+1", "Expecting value", 0],
    [".5", "Expecting value", 0],
    ["[", "Expecting value", 1],
    ["[1,", "Expecting value", 3],
    ["[1,]", "Expecting value", 3],
    ["[1 2]", "Expecting ',' delimiter", 3],
    ["[1", "Expecting ',' delimiter", 2],
    ["{", "Expecting property name enclosed in double quotes", 1],
    ["{'a':1}", "Expecting property name enclosed in double quotes", 1],
    ['{"a":1,}', "Expecting property name enclosed in double quotes", 7],
    ['{"a" 1}', "Expecting ':' delimiter", 5],
    ['{"a"', "Expecting ':' delimiter", 4],
    ['{"a":}', "Expecting value", 5],
    ['{"a":1 "b"', "Expecting ',' delimiter", 7],
    ['"abc', "Unterminated string starting at", 0],
    ['["a\\', "Unterminated string starting at", 1],
    ['["😀\n', "Invalid control character at", 3],
    ['"\\x"', "Invalid \\escape", 1],
    ['"\\u12"', "Invalid \\uXXXX escape", 2],
    ['"\\u123g"', "Invalid \\uXXXX escape", 2],
    ['"\\ud83d\\u12"', "Invalid \\uXXXX escape", 8],
    ['"\\u1234', "Invalid \\uXXXX escape", 2],
    ["01", "Extra data", 1],
    ["1.", "Extra data", 1],
    ["1e+", "Extra data", 1],
    ['"😀😀" x', "Extra data", 5],
    ["\ufeff\ufeff1", "Expecting value", 0],
  ])("%j: %s at %i", (text, msg, pos) => {
    expect(readPythonJson(Buffer.from(text))).toEqual({ error: { msg, pos } });
    expect(shown(text === "" ? chat(" ") : chat(text))).toContain(`"type":"json_invalid","loc":["body",`);
  });

  it("keeps what JSON.parse loses", () => {
    const text = '{"2":1,"1":1.0,"2":NaN,"big":123456789012345678901,"x":[-Infinity,-0,-0.0]}';
    const decoded = readPythonJson(Buffer.from(text));
    expect("value" in decoded && decoded.value).toEqual(
      new Map<string, unknown>([
        ["2", Number.NaN],
        ["1", 1],
        ["big", 123456789012345678901n],
        ["x", [Number.NEGATIVE_INFINITY, 0n, -0]],
      ]),
    );
  });

  it.each([
    ["utf-8 with a mark", Buffer.from('\ufeff"é"')],
    ["utf-16le", Buffer.from('"é"', "utf16le")],
    ["utf-16be", Buffer.from('"é"', "utf16le").swap16()],
    ["utf-16 with a mark", Buffer.from('\ufeff"é"', "utf16le")],
    ["utf-32be", Buffer.from([0, 0, 0, 0x22, 0, 0, 0, 0xe9, 0, 0, 0, 0x22])],
    ["utf-32 with a mark", Buffer.from([0xff, 0xfe, 0, 0, 0x22, 0, 0, 0, 0xe9, 0, 0, 0, 0x22, 0, 0, 0])],
  ])("reads %s", (_, bytes) => {
    expect(readPythonJson(bytes)).toEqual({ value: "é" });
  });

  it.each([
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["half a UTF-16 unit", Buffer.from([0xff, 0xfe, 0x31])],
    ["more digits than int() takes", Buffer.from("9".repeat(4301))],
    ["nesting beyond the decoder's", Buffer.from("[".repeat(100_000) + "]".repeat(100_000))],
    ["nesting without an end", Buffer.from('{"a":'.repeat(100_000))],
  ])("can't be read: %s", (_, bytes) => {
    expect(shown(chat(bytes))).toBe('400 {"detail":"There was an error parsing the body"}');
  });

  it("reads 4,300 digits, and what nests less deep than Python's limits", () => {
    expect(readPythonJson(Buffer.from(`-${"9".repeat(4300)}`))).toHaveProperty("value");
    expect(readPythonJson(Buffer.from("[".repeat(1400) + "]".repeat(1400)))).toHaveProperty("value");
  });

  it.each([
    ["a string", `{"model":"m","messages":["${"x".repeat(50 * 1024 * 1024)}"]}`],
    ["spaces", " ".repeat(50 * 1024 * 1024)],
    ["open brackets", "[".repeat(50 * 1024 * 1024)],
  ])("takes 50 MB of %s", (_, text) => {
    expect(["accepted", "errors", "refused"]).toContain(chat(text).kind);
  });
});

describe("JSON as Python prints it", () => {
  it.each([
    ["1e-07", "1e-07"],
    ["0.0001", "0.0001"],
    ["1e-5", "1e-05"],
    ["1e16", "1e+16"],
    ["1e15", "1000000000000000.0"],
    ["123456789012345680.0", "1.2345678901234568e+17"],
    ["1.0", "1.0"],
    ["-0.0", "-0.0"],
    ["5e-324", "5e-324"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ['"\\u00e9\\u2028\\u007f\\u001f\\/"', '"é\u2028\u007f\\u001f/"'],
    ['{"b":1, "a":[ ], "1":null, "_sa_x":2}', '{"b":1,"a":[],"1":null}'],
  ])("%s as %s", (text, printed) => {
    const decoded = readPythonJson(Buffer.from(text));
    if (!("value" in decoded)) throw new Error("not JSON");
    expect(printPython(decoded.value)).toEqual({ text: printed });
  });

  it.each([
    ["NaN in what is echoed", '{"model":5,"messages":NaN}'],
    ["a lone surrogate", '{"messages":"\\ud800"}'],
    ["nesting that the encoder has no frames for", `{"x":${"[".repeat(1200)}${"]".repeat(1200)}}`],
  ])("fails: %s", (_, body) => {
    expect(shown(chat(body))).toBe("500 Internal Server Error");
  });

  it("does not fail for NaN and surrogates that no error echoes", () => {
    expect(shown(chat('{"model":5,"messages":[NaN,"\\ud800"]}'))).toContain('"input":5');
    expect(chat('{"model":"m","messages":[],"temperature":NaN}').kind).toBe("accepted");
  });
});

describe("one field", () => {
  const field = (name: string, value: string): string => {
    const verdict = chat(`{"model":"m","messages":[],"${name}":${value}}`);
    return verdict.kind === "errors" ? verdict.errors.map(({ type }) => type).join(" ") : verdict.kind;
  };

  it.each([
    [
      "seed",
      [
        `"-${"9".repeat(4299)}"`,
        '"\u00851\u2003"',
        "1",
        "1.0",
        "true",
        '" 1_0 "',
        '"+07.00"',
        "123456789012345678901",
        "null",
      ],
    ],
    ["temperature", ["1", "true", '"1e3"', '" .5 "', '"inf"', "NaN"]],
    ["logprobs", ["1", "0.0", '"oN"', '"f"']],
    ["stream", ["1", "0", "1.0", "null"]],
    ["stop", ['"x"', '["x"]', "[]"]],
  ])("%s takes what lax mode takes", (name, values) => {
    expect(values.map((value) => field(name, value))).toEqual(values.map(() => "accepted"));
  });

  it.each([
    ["seed", '"1."', "int_parsing"],
    ["seed", "1.5", "int_from_float"],
    ["seed", "9.3e18", "int_parsing_size"],
    ["seed", `"-${"9".repeat(4300)}"`, "int_parsing_size"],
    ["seed", `" ${"9".repeat(4301)}"`, "int_parsing"],
    ["seed", '"\\u001c1"', "int_parsing"],
    ["seed", "Infinity", "finite_number"],
    ["seed", "[]", "int_type"],
    ["temperature", '"1__0"', "float_parsing"],
    ["temperature", "{}", "float_type"],
    ["logprobs", '" true"', "bool_parsing"],
    ["logprobs", "0.5", "bool_type"],
    ["stream", '"true"', "literal_error"],
    ["stream", "2", "literal_error"],
    ["user", "5", "string_type"],
    ["stop", "5", "string_type list_type"],
    ["tools", "[5]", "dict_type model_attributes_type"],
    ["logit_bias", '{"1":"x","2":null}', "float_parsing float_type"],
  ])("%s: %s is %s", (name, value, types) => {
    expect(field(name, value)).toBe(types);
  });

  it("tells a stream from what is none", () => {
    const streams = ["true", "1", "1.0", "false", "0", "null", '"true"', "2"].filter((value) => {
      const json: unknown = JSON.parse(`{"stream":${value}}`);
      return SPEC.operationOf("POST", "/v1/chat/completions", json)?.operation.id === "chat.stream";
    });
    expect(streams).toEqual(["true", "1", "1.0"]);
  });
});
