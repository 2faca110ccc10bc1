import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Trace } from "../../src/exchange/exchange.ts";
import { asgiResponse } from "../../src/asgi/index.ts";
import { Journal } from "../../src/trace/journal.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("journal");

const trace = (body: string, headers: Trace["request"]["headers"] = []): Trace => ({
  startedAt: 0,
  request: { method: "POST", target: "/v1/embeddings?key=1", headers, body: Buffer.from(body) },
  session: "",
  findings: [],
  answer: {
    by: { kind: "reply", from: "source", name: "test" },
    script: asgiResponse(200, Buffer.from("{}")),
  },
  delivery: { ended: "complete", writes: 1, bytes: 2, at: [0.123] },
  ms: 1.26,
});
const idsOf = (journal: Journal): number[] =>
  [...journal.lines()].map((line) => (JSON.parse(line) as { id: number }).id);

it("gives up the oldest when it is full, by bytes", () => {
  const journal = new Journal({ maxBytes: 100_000 });
  for (let i = 0; i < 1000; i++) journal.add(trace("x".repeat(1000)));
  const ids = idsOf(journal);
  expect(ids.at(-1)).toBe(1000);
  expect(ids.length).toBeGreaterThan(20);
  expect(ids.length).toBeLessThan(100);
  expect(ids).toEqual(Array.from(ids, (_, i) => (ids[0] ?? 0) + i));
});

it("does not hold the buffer that a body is a view of", () => {
  const slab = Buffer.alloc(1 << 20, "x");
  const journal = new Journal();
  journal.add({ ...trace(""), request: { ...trace("").request, body: slab.subarray(0, 10) } });
  slab.fill("y"); // a view would show it
  expect([...journal.lines()][0]).toContain('"body":"xxxxxxxxxx"');
});

it("keeps 80 KiB of a body, and prints 16 KiB of it", () => {
  const journal = new Journal();
  for (let i = 0; i < 50; i++) journal.add(trace("x".repeat(1_000_000)));
  const lines = [...journal.lines()].map((line) => JSON.parse(line) as { request: object });
  // 1 MiB of what is kept of each: of whole bodies that would be one, of printed parts some 60.
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.length).toBeLessThan(14);
  expect(lines[0]?.request).toMatchObject({ bytes: 1_000_000, body: "x".repeat(16 * 1024), cut: true });
});

it("replaces secrets before it cuts a body, and the same one by the same pseudonym", () => {
  const journal = new Journal();
  const key = "sk-0123456789abcdefghij";
  journal.add(
    trace(`${"x".repeat(16 * 1024 - 5)}${key}`, [
      ["Authorization", `Bearer ${key}`],
      ["Cookie", "session=abc"],
    ]),
  );
  journal.add(trace("", [["x-api-key", key]]));
  const text = [...journal.lines()].join("\n");
  expect(text).not.toMatch(/0123456789|session=abc/);
  expect(text).toContain('["Authorization","Bearer sk-1"]');
  expect(text).toContain('["x-api-key","sk-1"]');
  expect(text).toContain('"cut":true');
});

it("appends lines to a file and keeps that in bounds too", () => {
  const file = join(folder, "journal.ndjson");
  const journal = new Journal({ file, maxFileBytes: 20_000 });
  for (let i = 0; i < 200; i++) journal.add(trace("y".repeat(500)));
  journal.close();
  for (const name of [file, `${file}.1`]) {
    expect(statSync(name).size).toBeLessThanOrEqual(20_000);
    for (const line of readFileSync(name, "utf8").trim().split("\n"))
      expect(JSON.parse(line)).toMatchObject({ request: { bytes: 500 } });
  }
  const last = readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "";
  expect(JSON.parse(last)).toMatchObject({ id: 200, delivered: { at: [0.1], ms: 1.3 } });
});

it("begins a new run of the same file after the old lines", () => {
  const file = join(folder, "again.ndjson");
  for (const body of ["one", "two"]) {
    const journal = new Journal({ file });
    journal.add(trace(body));
    journal.close();
  }
  expect(readFileSync(file, "utf8").match(/"body":"(one|two)"/g)).toEqual(['"body":"one"', '"body":"two"']);
});

const cassette = { kind: "cassette", title: "t", file: "a.cassette.json", interaction: "i" } as const;

it("keeps an exchange as it was", () => {
  const journal = new Journal();
  const given: Trace = {
    ...trace("héllo", [
      ["X-é", "ü\n\u0000"],
      ["x-none", null],
      ["x-empty", ""],
    ]),
    startedAt: 1764309600000.125,
    session: "sé",
    operation: "embeddings.create",
    findings: [{ code: "schema", part: "body", pointer: "/input", message: "must be string" }],
    answer: {
      by: { kind: "synthesizer", how: "vectors" },
      faults: [{ fault: "reset@3", applied: false, why: "no such event" }],
      script: {
        wait: 12.5,
        early: true,
        head: {
          http: "1.0",
          status: 299,
          reason: "Fine",
          framing: "eof",
          headers: [
            ["date", null],
            ["x", "y"],
          ],
          informational: [{ status: 103, headers: [["link", "a"]] }],
          trailers: [["x-sum", "1"]],
        },
        ops: [{ op: "write", bytes: Buffer.from("naïve") }],
      },
    },
    delivery: { ended: "aborted", writes: 3, bytes: 6, at: [0.1, 2, 1e9] },
  };
  journal.add(given);
  expect([...journal.exchanges()][0]).toMatchObject({ trace: given, isWhole: true });
});

it("keeps a script without a head, and no body where none was read", () => {
  const journal = new Journal();
  const { body: _, ...request } = trace("").request;
  const reset: Trace["answer"] = {
    by: { kind: "reply", from: "fault" },
    script: { wait: 0, head: null, ops: [{ op: "reset" }] },
  };
  journal.add({ ...trace(""), request, answer: reset });
  const [line] = [...journal.lines()].map((text) => JSON.parse(text) as Record<string, object>);
  expect(line?.["request"]).not.toHaveProperty("bytes");
  expect(line?.["answer"]).toMatchObject({ status: null, headers: [], bytes: 0 });
});

it("gives no entry that new ones have overwritten to a reader under way", () => {
  const journal = new Journal({ maxBytes: 10_000 });
  for (let i = 0; i < 30; i++) journal.add(trace(`${i} `.repeat(50), [["x-id", String(i + 1)]]));
  const read: [number, string][] = [];
  for (const { line, trace: one } of journal.exchanges()) {
    // Each round of the reader is one of the writer, of several entries and of all sizes.
    for (let i = 0; i < 3; i++) journal.add(trace("z".repeat(read.length * 97), [["x-id", "later"]]));
    read.push([line().id, one.request.headers[0]?.[1] ?? ""]);
  }
  expect(read.length).toBeGreaterThan(2);
  for (const [id, own] of read) expect(own).toBe(String(id));
});

it("wraps at any size of entries, and drops the oldest alone", () => {
  const journal = new Journal({ maxBytes: 4096 });
  let state = 1;
  const random = (most: number): number => (state = (state * 48271) % 2147483647) % most;
  for (let i = 1; i <= 2000; i++) {
    const session = `s${random(3)}`;
    journal.add({ ...trace(`${i}`.padEnd(random(1500), "é")), session });
    const exchanges = [...journal.exchanges()];
    expect(exchanges.map(({ line }) => line().id)).toEqual(
      exchanges.map((_, at) => i - exchanges.length + 1 + at),
    );
    for (const [at, { trace: one }] of exchanges.entries())
      expect(Number.parseInt(Buffer.from(one.request.body ?? []).toString(), 10)).toBe(
        i - exchanges.length + 1 + at,
      );
    expect(journal.dropped()).toBe(i - exchanges.length);
    expect(journal.dropped("s0") + journal.dropped("s1") + journal.dropped("s2")).toBe(journal.dropped());
  }
});

it("keeps no exchange that is larger than all of its memory, and goes on", () => {
  const journal = new Journal({ maxBytes: 1000 });
  journal.add(trace("one"));
  journal.add({ ...trace("x".repeat(2000)), session: "large" });
  expect([idsOf(journal), journal.dropped(), journal.dropped("large")]).toEqual([[], 2, 1]);
  journal.add(trace("three"));
  expect(idsOf(journal)).toEqual([3]);
  // Three bytes for each character would be too much, the bytes that it takes are not.
  journal.add({ ...trace(""), session: "s".repeat(500) });
  expect(idsOf(journal)).toEqual([4]);
});

it("keeps nothing without memory, but writes its file", () => {
  const file = join(folder, "no-memory.ndjson");
  const journal = new Journal({ maxBytes: 0, file });
  for (let i = 0; i < 3; i++) journal.add(trace("x"));
  journal.close();
  expect([idsOf(journal), journal.dropped()]).toEqual([[], 3]);
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(3);
});

it("says how much memory is not there", () => {
  expect(() => new Journal({ maxBytes: 2 ** 52 })).toThrow(
    /^--journal-memory: there is no memory for a journal of 4503599627370496 bytes/,
  );
});

it("clears what it holds, also for a reader under way", () => {
  const journal = new Journal();
  for (let i = 0; i < 5; i++) journal.add(trace("x"));
  const reader = journal.lines();
  reader.next();
  journal.clear();
  journal.add(trace("y"));
  expect([reader.next().done, idsOf(journal), journal.dropped()]).toEqual([true, [6], 0]);
});

it("names a recorded answer, and copies all others and those of a library that is replaced", () => {
  const { script } = trace("").answer;
  const bytes = Buffer.from("recorded");
  const own = { ...script, ops: [{ op: "write", bytes }] } as const;
  const journal = new Journal();
  const answers: Trace["answer"][] = [
    { by: cassette, script: own },
    { by: cassette, script: { ...own }, faults: [{ fault: "delay:1", applied: true }] },
    { by: { ...cassette, file: "control API" }, script: { ...own } },
    { by: { kind: "ogl" }, script: { ...own } },
  ];
  for (const answer of answers) journal.add({ ...trace(""), answer });
  const bodies = (): string[] =>
    [...journal.lines()].map((line) => (JSON.parse(line) as { answer: { body: string } }).answer.body);
  bytes.write("REPLACED");
  expect(bodies()).toEqual(["REPLACED", "recorded", "recorded", "recorded"]);
  journal.copyAnswers();
  bytes.write("anything");
  expect(bodies()).toEqual(["REPLACED", "recorded", "recorded", "recorded"]);
  expect(idsOf(journal)).toEqual([1, 2, 3, 4]);
  const [first] = journal.exchanges();
  expect(first?.trace.answer.by).toBe(cassette); // identity is how the played check knows it
});

it("writes headers that come again, in the same list, as those that come once", () => {
  const journal = new Journal();
  const headers: Trace["request"]["headers"] = [
    ["Authorization", "Bearer sk-0123456789abcdefghij"],
    ["x-é", "ü"],
    ["x-none", null],
  ];
  const other: Trace["request"]["headers"] = [["x-other", "1"]];
  for (const list of [headers, other, headers, headers, other, headers, [...headers]])
    journal.add(trace("", list));
  expect([...journal.exchanges()].map(({ trace: one }) => one.request.headers)).toEqual([
    headers,
    other,
    headers,
    headers,
    other,
    headers,
    headers,
  ]);
  expect([...journal.lines()].join("")).not.toContain("0123456789");
});
