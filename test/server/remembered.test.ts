import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { splitTarget } from "../../src/cassette/index.ts";
import { exactKey } from "../../src/cassette/match/match-key.ts";
import type { ExchangeRequest, RequestHead } from "../../src/exchange/index.ts";
import { specOf } from "../../src/openapi/index.ts";
import { RememberedRequests } from "../../src/server/remembered.ts";
import { exchangeOf } from "../../src/server/request.ts";

const spec = specOf("0.4.5");

const BODIES = [
  '{"model":"a","messages":[{"role":"user","content":"hé"}]}',
  '{"model":"a","messages":[{"role":"user","content":"hé"}],"stream":true}',
  '{"messages":[{"content":"hé","role":"user"}],"model":"a"}',
  '{"model":"a","input":["x","y"]}',
  '{"model":1}',
  '{"__proto__":{"x":1},"model":"a","messages":[]}',
  "[1,2]",
  "null",
  "{",
  "",
  "x".repeat(20_000),
];
const TARGETS = [
  "/v1/chat/completions",
  "/v1/chat/completions?a=1",
  "/v1/embeddings",
  "/v1/models/x%2Fy",
  "/v1/nothing",
];
const TYPES = [
  undefined,
  "application/json",
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
];

const requests = fc.record({
  method: fc.constantFrom("POST", "POST", "POST", "GET"),
  target: fc.constantFrom(...TARGETS),
  session: fc.constantFrom("", "one"),
  type: fc.constantFrom(...TYPES),
  key: fc.constantFrom(undefined, "Bearer sk-1", "Bearer sk-2"),
  body: fc.constantFrom(...BODIES),
});

function headOf({
  method,
  target,
  session,
  type,
  key,
}: typeof requests extends fc.Arbitrary<infer R> ? R : never): RequestHead {
  const headers: [string, string][] = [];
  if (key !== undefined) headers.push(["Authorization", key]);
  if (type !== undefined) headers.push(["content-type", type]);
  return { method, target, session, headers, ...splitTarget(target) };
}

it("reads a request as it would without memory, whatever came before", async () => {
  const remembered = new RememberedRequests(spec);
  const seen = new Set<unknown>();
  let shared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 30, maxLength: 60, size: "max" }), async (list) => {
      for (const request of list) {
        const head = headOf(request);
        const body = Buffer.from(request.body);
        const fresh = await exchangeOf(spec, head, body);
        const known = await remembered.read(head, body);
        expect(known).toEqual(fresh);
        expect(known.headers).toBe(head.headers);
        expect(known.body).toBe(body);
        expect(exactKey(known)).toBe(exactKey(fresh));
        expect(exactKey({ ...known, query: [] })).toBe(exactKey({ ...fresh, query: [] }));
        if (typeof known.json === "object" && known.json !== null && seen.has(known.json)) shared++;
        seen.add(known.json);
      }
    }),
    { numRuns: 100 },
  );
  expect(shared).toBeGreaterThan(100); // else nothing was remembered
});

const chat = (content: string, key: "Bearer sk-1" | "Bearer sk-2" = "Bearer sk-1"): [RequestHead, Buffer] => {
  const head = headOf({
    method: "POST",
    target: "/v1/chat/completions",
    session: "",
    type: "application/json",
    key,
    body: "",
  });
  return [head, Buffer.from(JSON.stringify({ model: "a", messages: [{ role: "user", content }] }))];
};
const json = (remembered: RememberedRequests, ...args: Parameters<typeof chat>): object =>
  (remembered.read(...chat(...args)) as ExchangeRequest).json as object;

it("remembers a request that comes the second time, for all keys, until it is cleared", () => {
  const remembered = new RememberedRequests(spec);
  const first = json(remembered, "hello");
  const second = json(remembered, "hello");
  expect(second).not.toBe(first);
  expect(json(remembered, "hello", "Bearer sk-2")).toBe(second);
  remembered.clear();
  expect(json(remembered, "hello")).not.toBe(second);
});

it("shares nothing that could be changed", () => {
  const remembered = new RememberedRequests(spec);
  for (let i = 0; i < 3; i++) json(remembered, "hello");
  const shared = json(remembered, "hello") as { messages: { content: string }[] };
  expect(() => (shared.messages[0] = { content: "other" })).toThrow(TypeError);
  expect(() => Object.assign(shared.messages[0] ?? {}, { content: "other" })).toThrow(TypeError);
});

it("does not keep the buffer that a body is a view of", () => {
  const remembered = new RememberedRequests(spec);
  const [head, body] = chat("hello");
  const slab = Buffer.concat([body, Buffer.alloc(100)]);
  const view = slab.subarray(0, body.length);
  remembered.read(head, view);
  remembered.read(head, view);
  const kept = remembered.read(head, body) as ExchangeRequest;
  slab.fill("x");
  expect((remembered.read(head, body) as ExchangeRequest).json).toBe(kept.json);
  expect((remembered.read(head, view) as ExchangeRequest).json).toBeUndefined();
});

it("forgets the least used, and holds two generations of 2 MiB at most", () => {
  const remembered = new RememberedRequests(spec);
  const pad = "x".repeat(10_000);
  const [used, unused] = ["used", "unused"].map((text) => {
    json(remembered, text);
    return json(remembered, text);
  });
  // 200 of some 50 KB each are five generations.
  for (let i = 0; i < 200; i++) {
    json(remembered, `${pad}${i}`);
    json(remembered, `${pad}${i}`);
    expect(json(remembered, "used")).toBe(used);
  }
  expect(json(remembered, "unused")).not.toBe(unused);
});

/** Two bodies of one length with the same CRC-32, whatever seed that is made with. */
function collision(): [string, string] {
  const seen = new Map<number, string>();
  for (let n = 0; ; n++) {
    const text = Math.imul(n, 2_654_435_761).toString(16).padStart(9, "-");
    const body = `{"model":"a","messages":[{"role":"user","content":"${text}${n.toString(36).padStart(6, "-")}"}]}`;
    const hash = crc32(body);
    const before = seen.get(hash);
    if (before !== undefined) return [before, body];
    seen.set(hash, body);
  }
}

it("compares the bytes: another body with the same hash is read by itself", () => {
  const [one, other] = collision();
  const head = headOf({
    method: "POST",
    target: "/v1/chat/completions",
    session: "",
    type: "application/json",
    key: undefined,
    body: one,
  });
  const remembered = new RememberedRequests(spec);
  const read = (body: string): unknown => (remembered.read(head, Buffer.from(body)) as ExchangeRequest).json;
  for (let i = 0; i < 3; i++) read(one);
  expect(read(one)).toBe(read(one)); // remembered
  expect(read(other)).toEqual(JSON.parse(other));
  expect(read(one)).toEqual(JSON.parse(one));
});
