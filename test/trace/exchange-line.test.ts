/** The serialised form of an exchange: all that is printed keeps to the schema, and is read again as it was. */
import { describe, expect, it } from "vitest";
import type { AnsweredBy } from "../../src/exchange/answered-by.ts";
import type { Trace } from "../../src/exchange/exchange.ts";
import { asgiResponse } from "../../src/asgi/index.ts";
import { type ExchangeLine, parseExchangeLine } from "../../src/trace/exchange-line.ts";
import { Journal } from "../../src/trace/journal.ts";
import { exchangeLineOf } from "../../src/trace/line-of.ts";

const TRACE: Trace = {
  startedAt: 1_760_000_000_123,
  request: {
    method: "POST",
    target: "/v1/embeddings",
    headers: [["content-type", "application/json"]],
    body: Buffer.from('{"model":"m"}'),
  },
  session: "s",
  operation: "embeddings.create",
  findings: [
    { code: "schema", part: "body", pointer: "/input", message: "is missing", missing: "input", offset: 1 },
  ],
  answer: { by: { kind: "upstream" }, script: asgiResponse(200, Buffer.from("{}")) },
  delivery: { ended: "complete", writes: 1, bytes: 2, at: [0.5] },
  ms: 1.5,
};

function lineOf(more: Partial<Trace>): string {
  const journal = new Journal();
  journal.add({ ...TRACE, ...more });
  return [...journal.lines()][0] ?? "";
}

const LINE = JSON.parse(lineOf({})) as ExchangeLine;

describe("a line", () => {
  it.each<AnsweredBy>([
    { kind: "reply", from: "respond" },
    { kind: "reply", from: "respond", refused: 503 },
    { kind: "reply", from: "reply", id: 3 },
    { kind: "reply", from: "reply", id: 3, refused: 429 },
    { kind: "reply", from: "fault" },
    { kind: "reply", from: "fault-header" },
    { kind: "reply", from: "cors" },
    { kind: "reply", from: "scenario", name: "stream/plain" },
    { kind: "reply", from: "source", name: "mine" },
    {
      kind: "cassette",
      title: '"two" (recorded, a.cassette.json)',
      file: "a.cassette.json",
      interaction: "two",
    },
    { kind: "ogl" },
    { kind: "ogl", refused: 422 },
    { kind: "synthesizer", how: "health" },
    { kind: "upstream" },
    { kind: "miss", detail: "no cassette has it" },
    { kind: "failed", error: "Error: x" },
  ])("says who answered: %j", (by) => {
    const read = parseExchangeLine(lineOf({ answer: { ...TRACE.answer, by } }));
    expect(read).toMatchObject({ answer: { by } });
  });

  it.each<[string, Partial<Trace>]>([
    ["was answered before its body was read", { request: { method: "GET", target: "/", headers: [] } }],
    ["has an empty body", { request: { ...TRACE.request, body: new Uint8Array(0) } }],
    ["got no head", { answer: { by: { kind: "upstream" }, script: { wait: 0, head: null, ops: [] } } }],
    [
      "has headers that were computed, and faults",
      {
        answer: {
          by: { kind: "ogl" },
          script: asgiResponse(200, Buffer.from("{}"), [["date", null]]),
          faults: [
            { fault: "reset@3", applied: true },
            { fault: "x", applied: false, why: "not allowed" },
          ],
        },
      },
    ],
    ["was broken off", { delivery: { ended: "aborted", writes: 0, bytes: 0, at: [] } }],
    ["is no text", { request: { ...TRACE.request, body: Buffer.from([0xff, 0]) } }],
    ["is long", { request: { ...TRACE.request, body: Buffer.alloc(20_000, "x") } }],
  ])("of an exchange that %s keeps to the schema", (_, more) => {
    const line = lineOf(more);
    expect(parseExchangeLine(line)).toEqual(JSON.parse(line));
  });

  it("of a run has the writes with their times, and who ended it", () => {
    const line = exchangeLineOf(TRACE, { id: 1, maxBody: 1, run: { start: 7.04, endedBy: "client" } });
    expect(parseExchangeLine(JSON.stringify(line))).toMatchObject({
      start: 7,
      answer: {
        reason: "OK",
        framing: "length",
        bytes: 2,
        writes: [{ at: 0.5, bytes: 2, body: "{", cut: true }],
      },
      delivered: { by: "client", ended: "complete" },
    });
  });

  it.each<[string, object]>([
    ["a text for who answered", { answer: { ...LINE.answer, by: "upstream" } }],
    ["an unknown kind", { answer: { ...LINE.answer, by: { kind: "nobody" } } }],
    ["a kind without what it needs", { answer: { ...LINE.answer, by: { kind: "cassette", title: "x" } } }],
    ["no time", { at: "yesterday" }],
    ["an unknown end", { delivered: { ...LINE.delivered, ended: "gone" } }],
    ["headers that are no pairs", { request: { ...LINE.request, headers: [["x"]] } }],
  ])("with %s is none", (_, wrong) => {
    expect(parseExchangeLine(JSON.stringify({ ...LINE, ...wrong }))).toMatchObject({ incomplete: false });
  });

  it("that a crash has cut is incomplete", () => {
    expect(parseExchangeLine(lineOf({}).slice(0, 50))).toMatchObject({ incomplete: true });
  });
});
