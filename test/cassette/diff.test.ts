import { describe, expect, it } from "vitest";
import { diffCassettes } from "../../src/cassette/diff/diff.ts";
import type { CassetteDiff } from "../../src/cassette/diff/types.ts";
import { decodeBody, encodeBody } from "../../src/cassette/format/codec.ts";
import type { BodyElement, Cassette, Interaction } from "../../src/cassette/format/types.ts";
import { findCassettes } from "../../src/cassette/library/find.ts";
import { bundledLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { PINNED_VERSIONS } from "../../src/openapi/document/versions.ts";
import { cpuMs } from "../support/cpu.ts";

const ABOUT = { title: "t", origin: "written", ogl: "0.4.5" } as const;
const event = (content: string, more: object = {}): object => ({
  id: "c",
  created: 1,
  choices: [{ index: 0, delta: { content } }],
  ...more,
});
const stream = (name: string, body: readonly BodyElement[], more: object = {}): Interaction => ({
  name,
  request: { method: "POST", target: "/v1/chat/completions", json: { model: name } },
  response: {
    status: 200,
    framing: "chunked",
    headers: [
      ["date", null],
      ["content-type", "text/event-stream"],
      ["Transfer-Encoding", null],
    ],
    body,
    ...more,
  },
});
const answer = (name: string, response: object, request: object = {}): Interaction => ({
  name,
  request: { method: "GET", target: `/v1/${name}`, ...request },
  response: { status: 200, framing: "length", headers: [["content-length", null]], ...response },
});
const cassette = (...interactions: Interaction[]): Cassette => ({ cassette: 1, about: ABOUT, interactions });
function diff(before: Cassette | Interaction, after: Cassette | Interaction): CassetteDiff {
  const side = (one: Cassette | Interaction): Parameters<typeof diffCassettes>[0] => ({
    cassette: "interactions" in one ? one : cassette(one),
    readSideFile: () => Buffer.alloc(0),
  });
  return diffCassettes(side(before), side(after));
}
const changesOf = (found: CassetteDiff): unknown => found.interactions[0]?.changes;

describe("two cassettes that are the same", () => {
  it("have no difference: every cassette of the library with itself", () => {
    for (const file of findCassettes(PINNED_VERSIONS.map(bundledLibrary))) {
      const side = loadCassette(file);
      expect(diffCassettes(side, side)).toEqual({
        about: [],
        interactions: [],
        reordered: false,
        equal: side.cassette.interactions.length,
      });
    }
  });

  it("may have other waits, another day, and another spelling of the same bytes", () => {
    const json = event("Hé");
    const before = stream("a", [{ wait: 5, sse: json }], { wait: 1, end: { how: "complete", wait: 5 } });
    const after = stream("a", [{ wait: 9, text: `data: ${JSON.stringify(json)}\n` }, { hex: "0a" }], {
      wait: 2,
    });
    const later = { ...cassette(after), about: { ...ABOUT, recordedAt: "2026", recordedWith: "x" } };
    expect(diff(cassette(before), later)).toEqual({
      about: [],
      interactions: [],
      reordered: false,
      equal: 1,
    });
  });
});

describe("interactions are paired", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => answer(name, { body: [{ wait: 0, text: name }] })) as [
    Interaction,
    Interaction,
    Interaction,
  ];

  it("by name, and what is left over was added or removed", () => {
    const found = diff(cassette(a, b), cassette(b, c));
    expect(found.equal).toBe(1);
    expect(found.interactions.map(({ kind, name, pointers }) => [kind, name, pointers])).toEqual([
      ["removed", "a", { before: "/interactions/0" }],
      ["added", "c", { after: "/interactions/1" }],
    ]);
  });

  it("by equal request where the names differ", () => {
    const found = diff(cassette(a), cassette({ ...a, name: "z" }));
    expect(found.interactions).toEqual([
      expect.objectContaining({
        kind: "changed",
        name: "a",
        renamedTo: "z",
        changes: [{ part: "name", pointer: "", before: "a", after: "z" }],
      }),
    ]);
  });

  it("by request among those of one name", () => {
    const twin = { ...b, name: "a" };
    expect(diff(cassette(a, twin), cassette(twin, a))).toMatchObject({
      interactions: [],
      reordered: true,
      equal: 2,
    });
  });

  it("and their order is compared", () => {
    expect(diff(cassette(a, b, c), cassette(a, c, b)).reordered).toBe(true);
    expect(diff(cassette(a, b, c), cassette(a, c)).reordered).toBe(false);
  });
});

describe("a response", () => {
  it.each<[string, object, object, unknown]>([
    ["status", { status: 404 }, {}, [{ part: "status", pointer: "", before: 404, after: 200 }]],
    [
      "end",
      {},
      { end: { how: "reset" } },
      [{ part: "end", pointer: "", before: "complete", after: "reset" }],
    ],
    ["reason", { reason: "Fine" }, {}, [{ part: "reason", pointer: "", before: "Fine" }]],
    [
      "a header's value",
      {
        headers: [
          ["x", "1"],
          ["y", null],
        ],
      },
      {
        headers: [
          ["x", "2"],
          ["y", null],
        ],
      },
      [{ part: "headers", pointer: "/0", before: "1", after: "2", note: "x" }],
    ],
    [
      "headers that went and came",
      {
        headers: [
          ["x", "1"],
          ["y", "1"],
        ],
      },
      {
        headers: [
          ["y", "1"],
          ["z", null],
        ],
      },
      [
        { part: "headers", pointer: "/0", before: "x: 1" },
        { part: "headers", pointer: "/1", after: "z: (computed)" },
      ],
    ],
    [
      "the order of headers",
      {
        headers: [
          ["x", "1"],
          ["y", "1"],
        ],
      },
      {
        headers: [
          ["y", "1"],
          ["x", "1"],
        ],
      },
      [
        {
          part: "headers",
          before: ["x: 1", "y: 1"],
          after: ["y: 1", "x: 1"],
          note: expect.stringContaining("order"),
        },
      ],
    ],
    [
      "the case of a header",
      { headers: [["Date", null]] },
      { headers: [["date", null]] },
      [
        { part: "headers", pointer: "/0", before: "Date: (computed)" },
        { part: "headers", pointer: "/0", after: "date: (computed)" },
      ],
    ],
    [
      "JSON, by pointer",
      { body: [{ wait: 0, json: { a: [1, 2], b: 1 } }] },
      { body: [{ wait: 0, json: { a: [1, 3], c: null } }] },
      [
        { part: "body", pointer: "/a/1", before: 2, after: 3 },
        { part: "body", pointer: "/b", before: 1 },
        { part: "body", pointer: "/c", after: null },
      ],
    ],
    [
      "the spelling of equal JSON",
      { body: [{ wait: 0, text: '{"a":1.0}' }] },
      { body: [{ wait: 0, text: '{"a":1}' }] },
      [
        {
          part: "body",
          before: '{"a":1.0}',
          after: '{"a":1}',
          note: "the same value in other bytes, from byte 6",
        },
      ],
    ],
    [
      "text",
      { body: [{ wait: 0, text: "one two" }] },
      { body: [{ wait: 0, text: "one three" }] },
      [{ part: "body", before: "one two", after: "one three", note: "from byte 5" }],
    ],
  ])("differs in %s", (_, before, after, expected) => {
    expect(changesOf(diff(answer("a", before), answer("a", after)))).toEqual(expected);
  });

  it("and a request differ in line, headers, body and matching", () => {
    const before = {
      ...answer("a", {}, { json: { a: 1 }, headers: [["x", "1"]] }),
      match: { play: "once" } as const,
    };
    const after = answer("a", {}, { method: "PUT", json: { a: 2 }, headers: [["x", "2"]] });
    expect(changesOf(diff(before, after))).toEqual([
      { part: "request", pointer: "/method", before: "GET", after: "PUT" },
      { part: "request headers", pointer: "/0", before: "1", after: "2", note: "x" },
      { part: "request body", pointer: "/a", before: 1, after: 2 },
      { part: "match", pointer: "/play", before: "once" },
    ]);
  });
});

describe("a stream is compared by its events", () => {
  const list = ["a", "b", "c", "d"].map((content): BodyElement => ({ wait: 0, sse: event(content) }));
  const done: BodyElement = { wait: 0, sse: "[DONE]" };
  const before = stream("s", [...list, done]);

  it("changed, by pointer", () => {
    const after = stream("s", [
      ...list.slice(0, 2),
      { wait: 0, sse: event("x", { usage: null }) },
      list[3] as BodyElement,
      done,
    ]);
    expect(changesOf(diff(before, after))).toEqual([
      {
        part: "event",
        event: { before: 3, after: 3 },
        pointer: "/choices/0/delta/content",
        before: "c",
        after: "x",
      },
      { part: "event", event: { before: 3, after: 3 }, pointer: "/usage", after: null },
    ]);
  });

  it("added and removed, those after it not shifted against each other", () => {
    const after = stream("s", [{ wait: 0, sse: event("z") }, ...list, done]);
    expect(changesOf(diff(before, after))).toEqual([
      { part: "event", event: { after: 1 }, after: event("z") },
    ]);
    expect(changesOf(diff(after, before))).toEqual([
      { part: "event", event: { before: 1 }, before: event("z") },
    ]);
  });

  it("also where all events changed and one was left out", () => {
    const other = list.map(({ sse }): BodyElement => ({ wait: 0, sse: { ...(sse as object), created: 2 } }));
    const after = stream("s", [other[0] as BodyElement, ...other.slice(2), done]);
    expect(changesOf(diff(before, after))).toEqual([
      { part: "event", event: { before: 1, after: 1 }, pointer: "/created", before: 1, after: 2 },
      { part: "event", event: { before: 2 }, before: event("b") },
      { part: "event", event: { before: 3, after: 2 }, pointer: "/created", before: 1, after: 2 },
      { part: "event", event: { before: 4, after: 3 }, pointer: "/created", before: 1, after: 2 },
    ]);
  });

  it("by their fields", () => {
    const named = stream("s", [{ wait: 0, text: "event: ping\ndata: x\n\n" }]);
    const other = stream("s", [{ wait: 0, text: "event: pong\ndata: x\n\n" }]);
    expect(changesOf(diff(named, other))).toEqual([
      { part: "event", event: { before: 1, after: 1 }, pointer: "/event", before: "ping", after: "pong" },
    ]);
  });

  it("by their bytes where they say the same", () => {
    const spaced = stream("s", [{ ...(list[0] as BodyElement), style: "spaced" }, ...list.slice(1), done]);
    expect(changesOf(diff(before, spaced))).toEqual([
      expect.objectContaining({ part: "event", note: expect.stringContaining("other bytes") as unknown }),
    ]);
  });

  it("and by what stands between them and is none", () => {
    const after = stream("s", [...list, { wait: 0, text: '{"detail": "x"}' }]);
    expect(changesOf(diff(before, after))).toEqual([
      { part: "event", event: { before: 5 }, before: "[DONE]" },
      { part: "body", event: { after: 4 }, after: '{"detail": "x"}', note: "is not an event" },
    ]);
  });

  it("in time that a long stream can bear", () => {
    const long = (content: string): BodyElement[] =>
      Array.from({ length: 700 }, (_, i) => ({ wait: 0, sse: event(`${content}${i}`) }));
    const ms = cpuMs(() => {
      const { interactions } = diff(stream("s", long("a")), stream("s", long("b")));
      expect(interactions[0]?.changes).toHaveLength(700);
    });
    expect(ms).toBeLessThan(5000);
  });
});

describe("boundaries of writes", () => {
  const events: BodyElement[] = ["a", "b"].map((content) => ({ wait: 0, sse: event(content) }));
  const bytes = Buffer.concat(encodeBody(events).map((write) => write.bytes));
  const cut = (...ends: number[]): Interaction =>
    stream(
      "s",
      decodeBody(
        [...ends, bytes.length].map((end, i) => ({ wait: 0, bytes: bytes.subarray(ends[i - 1] ?? 0, end) })),
        "sse",
      ),
    );
  const whole = bytes.length / 2;

  it.each<[string, Interaction, string[]]>([
    ["two events in one write", cut(), ["2 writes, now 1", "event 1 no longer ends a write"]],
    [
      "an event in two writes",
      cut(5, whole),
      ["2 writes, now 3", "event 1 is whole, now is cut after 5 bytes"],
    ],
    [
      "another place",
      cut(whole - 1),
      [
        "2 writes, now 2",
        `event 1 is whole, now is cut after ${whole - 1} bytes`,
        "event 1 no longer ends a write",
      ],
    ],
  ])("are a note beside the changes: %s", (_, after, notes) => {
    const [found] = diff(stream("s", events), after).interactions;
    expect(found).toMatchObject({ changes: [], writes: notes });
  });

  it("do not differ by an event that was added", () => {
    const [found] = diff(stream("s", events), stream("s", [...events, { wait: 0, sse: "x" }])).interactions;
    expect(found?.writes).toEqual([]);
  });

  it("do not differ where a cut event changed and is cut as often", () => {
    const cutAt = (end: number, content: string): BodyElement[] => {
      const text = `data: ${JSON.stringify(event(content))}\n\n`;
      return [
        { wait: 0, text: text.slice(0, end) },
        { wait: 0, text: text.slice(end) },
      ];
    };
    const [found] = diff(stream("s", cutAt(9, "a")), stream("s", cutAt(12, "b"))).interactions;
    expect(found).toMatchObject({ changes: [expect.anything()], writes: [] });
  });

  it("differ by a segment of its own", () => {
    const flushed = events.map((element, i) => (i === 1 ? { ...element, flush: true } : element));
    const [found] = diff(stream("s", events), stream("s", flushed)).interactions;
    expect(found?.writes).toEqual(["write 2 now has a TCP segment of its own"]);
  });

  it("of a body that is no stream are compared by their bytes", () => {
    const [found] = diff(
      answer("a", {
        body: [
          { wait: 0, text: "ab" },
          { wait: 0, text: "c" },
        ],
      }),
      answer("a", {
        body: [
          { wait: 0, text: "a" },
          { wait: 0, text: "bc" },
        ],
      }),
    ).interactions;
    expect(found).toMatchObject({
      changes: [],
      writes: ["2 writes, now 2: write 1 ends at byte 2, now at 1"],
    });
  });
});
