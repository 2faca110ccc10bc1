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
