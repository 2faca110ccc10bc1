import { afterEach, expect, it } from "vitest";
import type { ExchangeRequest } from "../../../src/exchange/request.ts";
import { asgiResponse } from "../../../src/asgi/index.ts";
import type { Header, Script } from "../../../src/http/script.ts";
import { specOf } from "../../../src/openapi/validate/validators.ts";
import { createGateway } from "../../../src/server/gateway.ts";
import { type Listener, listen } from "../../../src/server/listen.ts";
import { type Capture, readCaptures } from "../../support/captures.ts";
import { LATER_400, Line, closeLines, undated } from "./raw-line.ts";

let listener: Listener | undefined;
afterEach(async () => {
  closeLines();
  await listener?.close();
});

const captures = new Map(readCaptures().map((capture) => [capture.name, capture]));
const capture = (name: string): Capture => captures.get(name) as Capture;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const bodyOf = ({ response }: Capture): Buffer => response.subarray(response.lastIndexOf("\r\n\r\n") + 4);

/** What these were not read long enough to show: the preface goes on with what is no request. */
const after: Readonly<Record<string, string>> = { "http-h2-prior": LATER_400 };

/** OGL, as far as these captures ask it. */
function ogl({ method, path }: ExchangeRequest): Script {
  const allow = (methods: string): Header[] => [["allow", methods]];
  if (path === "/v1/models") return asgiResponse(405, json({ detail: "Method Not Allowed" }), allow("GET"));
  if (path === "/health" && method === "GET") return asgiResponse(200, json({ status: "ok" }));
  if (path === "/v1/chat/completions") return asgiResponse(200, bodyOf(capture("http-expect-100")));
  return asgiResponse(404, json({ detail: "Not Found" }));
}
const gateway = createGateway({
  spec: specOf("0.4.1"),
  sources: [{ answer: (exchange) => ({ by: { kind: "ogl" }, script: ogl(exchange) }) }],
  speed: 1,
});
async function serve(): Promise<Listener> {
  listener = await listen(gateway, { host: "127.0.0.1", port: 0 });
  return listener;
}

it.each([
  "http-bad-method",
  "http-garbage",
  "http-h2-prior",
  "http-lf-only",
  "http-http10-nohost",
  "http-http10-keepalive",
  "http-http11-nohost",
  "http-conn-close",
  "http-expect-100",
  "http-upgrade-h2c",
])("%s: what the real server sent", async (name) => {
  const { request, response, end } = capture(name);
  const expected = undated(response.toString("latin1")) + (after[name] ?? "");
  const line = new Line(await serve()).send(request.toString("latin1"));
  const closes = end.includes("EOF") || after[name] !== undefined;
  expect(await (closes ? line.end() : line.has(expected))).toBe(expected);
  expect(line.ended !== undefined).toBe(closes);
});

it("http-pipelined: two answers, of which the capture has the first", async () => {
  const { request, response } = capture("http-pipelined");
  const answer = undated(response.toString("latin1"));
  const line = new Line(await serve()).send(request.toString("latin1"));
  expect(await line.has(answer + answer)).toBe(answer + answer);
});
