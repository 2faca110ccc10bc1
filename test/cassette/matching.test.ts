import { describe, expect, it } from "vitest";
import { type MatchRequest, jsonOf, matchRequestOf } from "../../src/cassette/format/request.ts";
import type { CassetteRequest, MatchRule } from "../../src/cassette/format/types.ts";
import { importExchanges } from "../../src/cassette/import/import.ts";
import type { Matchable } from "../../src/cassette/match/match-key.ts";
import { MatchIndex } from "../../src/cassette/match/match.ts";
import { bind, newBindings } from "../../src/cassette/match/redaction.ts";
import { scaled } from "../support/scaled.ts";

interface Named extends Matchable {
  readonly name: string;
}
const JSON_TYPE = [["content-type", "application/json"]] as const;
const request = (more: Partial<CassetteRequest>): MatchRequest =>
  matchRequestOf({ method: "POST", target: "/v1/p", headers: JSON_TYPE, ...more });
const named = (name: string, more: Partial<CassetteRequest>, match: MatchRule = {}): Named => ({
  name,
  request: request(more),
  match,
});
function indexOf(...items: Named[]): MatchIndex<Named> {
  const index = new MatchIndex<Named>();
  for (const item of items) index.add(item);
  return index;
}
const namesOf = (index: MatchIndex<Named>): string[][] =>
  index.ambiguities(10).map((pair) => pair.map(({ name }) => name));
/** All that take a request, in the order in which they are asked. */
function takers(index: MatchIndex<Named>, more: Partial<CassetteRequest>): string[] {
  const found: string[] = [];
  index.find(request(more), ({ members }) => void found.push(...members.map(({ name }) => name)));
  return found;
}
const subset: MatchRule = { body: "subset" };
const deep = (levels: number): string => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

describe("what is asked first", () => {
  it("is what ignores less, then real values, then what says more", () => {
    const index = indexOf(
      named("anything", { headers: [] }, subset),
      named("an object", { json: {} }, subset),
      named("one member", { json: { a: "user-1@example.org" } }, subset),
      named("one real member", { json: { a: "ann@corp.example" } }, subset),
      named("two ignored", { json: { a: "ann@corp.example", b: 1 } }, { ignore: ["/b", "/c"] }),
      named("one ignored, a shape", { json: { a: "user-1@example.org", b: 1 } }, { ignore: ["/b"] }),
      named("one ignored", { json: { a: "ann@corp.example", b: 1 } }, { ignore: ["/b"] }),
      named("a shape", { json: { a: "user-1@example.org", b: 1 } }),
      named("all", { json: { a: "ann@corp.example", b: 1 } }),
    );
    expect(takers(index, { json: { a: "ann@corp.example", b: 1 } })).toEqual([
      "all",
      "a shape",
      "one ignored",
      "one ignored, a shape",
      "two ignored",
      "one real member",
      "one member",
      "an object",
      "anything",
    ]);
    expect(namesOf(index)).toEqual([]);
  });

  it("is the first of the file where both are sequences, also of what is not equal but goes together", () => {
    const index = indexOf(
      named("a", { json: { a: 1 } }, { body: "subset", play: "sequence" }),
      named("b", { json: { b: 1 } }, { body: "subset", play: "sequence" }),
    );
    expect(namesOf(index)).toEqual([]);
    expect(takers(index, { json: { a: 1, b: 1 } })).toEqual(["a", "b"]);
  });
});

describe("what the same request could play", () => {
  it.each<[string, Named, Named, boolean]>([
    [
      "the same is ignored, in another order",
      named("a", { json: { a: 1, b: 1 } }, { ignore: ["/a", "/b"] }),
      named("b", { json: { a: 2, b: 2 } }, { ignore: ["/b", "/a", "/b"] }),
      true,
    ],
    [
      "other things are ignored, and the rest differs",
      named("a", { json: { a: 1, b: 1, c: 1 } }, { ignore: ["/a"] }),
      named("b", { json: { a: 1, b: 1, c: 2 } }, { ignore: ["/b"] }),
      false,
    ],
    [
      "a part of what the other ignores is ignored",
      named("a", { json: { a: { x: 1 } } }, { ignore: ["/a"] }),
      named("b", { json: { a: { x: 2, y: 3 } } }, { ignore: ["/a/x"] }),
      true,
    ],
    [
      "the headers contradict each other in one of two",
      named("a", { headers: [...JSON_TYPE, ["x-a", "1"]], json: 1 }, { headers: ["x-a", "x-b"] }),
      named("b", { headers: [...JSON_TYPE, ["x-a", "2"]], json: 1 }, { headers: ["X-A", "x-c"] }),
      false,
    ],
    [
      "one pseudonym, elsewhere in a subset",
      named("a", { json: { who: "user-1@example.org", a: 1 } }, subset),
      named("b", { json: { who: "user-1@example.org", b: 1 } }, subset),
      true,
    ],
    [
      "two pseudonyms at one place of a subset",
      named("a", { json: { who: "user-1@example.org", a: 1 } }, subset),
      named("b", { json: { who: "user-2@example.org", b: 1 } }, subset),
      false,
    ],
    [
      "two credentials",
      named("a", { headers: [["authorization", "Bearer sk-1"]] }, { headers: ["authorization"] }),
      named("b", { headers: [["authorization", "Bearer sk-2"]] }, { headers: ["authorization"] }),
      false,
    ],
    [
      "a text, and another",
      named("a", { headers: [], text: "a" }, subset),
      named("b", { headers: [], text: "b" }, subset),
      false,
    ],
  ])("%s", (_, one, other, ambiguous) => {
    expect(namesOf(indexOf(one, other))).toEqual(ambiguous ? [["a", "b"]] : []);
  });
});

describe("a subset", () => {
  it("compares a body that is no JSON as it is", () => {
    const index = indexOf(named("text", { headers: [], text: "abc" }, subset));
    expect(takers(index, { headers: [], text: "abc" })).toEqual(["text"]);
    expect(takers(index, { headers: [], text: "abcd" })).toEqual([]);
    expect(takers(index, { json: "abc" })).toEqual([]);
  });

  it("may have a redacted path", () => {
    const index = indexOf(named("who", { target: "/v1/users/user-1@example.org", json: {} }, subset));
    expect(takers(index, { target: "/v1/users/ann%40corp.example", json: { a: 1 } })).toEqual(["who"]);
    expect(takers(index, { target: "/v1/users/ann", json: { a: 1 } })).toEqual([]);
  });
});

describe("pseudonyms", () => {
  it("in keys of one object are told apart by what they hold", () => {
    const roles = (a: string, b: string): unknown => ({ [a]: "admin", [b]: "guest" });
    const recorded = request({ json: roles("user-1@example.org", "user-2@example.org") });
    const index = indexOf({ name: "roles", request: recorded, match: {} });
    const incoming = { json: { "bob@corp.example": "guest", "ann@corp.example": "admin" } };
    expect(takers(index, incoming)).toEqual(["roles"]);
    expect(takers(index, { json: { "bob@corp.example": "guest", "ann@corp.example": "guest" } })).toEqual([]);
    const bindings = newBindings();
    expect(bind(bindings, recorded, request(incoming))).toBe(true);
    expect([...bindings.byPseudonym]).toEqual([
      ["user-1@example.org", "ann@corp.example"],
      ["user-2@example.org", "bob@corp.example"],
    ]);
  });

  it.each([
    ["authorization", "Bearer sk-1", "Bearer hunter2", "Basic hunter2"],
    ["x-api-key", "sk-1", "my secret words", ""],
    ["cookie", "cookie-1", "session=1; a=b", ""],
    ["x-note", "by user-1@example.org", "by ann@corp.example", "by ann"],
  ])("in %s stand for any value of their kind", (name, recorded, alike, other) => {
    const item = named("hit", { headers: [[name, recorded]] }, { headers: [name] });
    const index = indexOf(item);
    expect(takers(index, { headers: [[name, alike]] })).toEqual(["hit"]);
    expect(takers(index, { headers: [[name, other]] })).toEqual([]);
    const bindings = newBindings();
    expect(bind(bindings, item.request, request({ headers: [[name, alike]] }), [name])).toBe(true);
    expect(bindings.byPseudonym.size).toBe(1);
  });

  it("stand for one value, whatever the order of a query in which names repeat", () => {
    const target = (query: string): MatchRequest => request({ target: `/v1/p?${query}`, headers: [] });
    const recorded = target("a=user-1@example.org&n=1&a=x&b=user-1@example.org");
    const bindings = newBindings();
    expect(bind(bindings, recorded, target("b=ann@corp.example&a=x&n=1&a=ann@corp.example"))).toBe(true);
    expect(bind(bindings, recorded, target("b=bob@corp.example&a=x&n=1&a=bob@corp.example"))).toBe(false);
  });

  it("are seen after an escape, and a pseudonym within a secret is part of it", () => {
    const index = indexOf(named("hit", { json: { a: "\nuser-1@example.org\\nsk-1" } }));
    expect(takers(index, { json: { a: "\nann@corp.example\\nsk-abcdefgh12345678" } })).toEqual(["hit"]);
    const odd = indexOf(named("hit", { json: { a: "to jwt-1@corp.example or sk-1" } }));
    expect(takers(odd, { json: { a: "to ann@corp.example or sk-abcdefgh12345678" } })).toEqual(["hit"]);
  });
});

describe("JSON that nests", () => {
  const read = (text: string): unknown => jsonOf(JSON_TYPE, Buffer.from(text));

  it("512 levels deep is read, compared and matched", () => {
    const json = JSON.parse(deep(512)) as unknown;
    expect(read(deep(512))).toEqual(json);
    expect(takers(indexOf(named("hit", { json })), { json })).toEqual(["hit"]);
  });

  it.each([
    ["513 levels", deep(513)],
    ["a million levels", deep(1_000_000)],
    ["a million levels after strings", `{"a\\\\":"\\"}]","b":${deep(1_000_000)}}`],
  ])("%s deep is no JSON", (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ["in strings", JSON.stringify({ a: "[{".repeat(2000), b: '\\"['.repeat(1000) })],
    ["side by side", JSON.stringify(Array.from({ length: 3000 }, () => [{}]))],
  ])("not at all, its brackets being %s, is read", (_, text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });
});

describe("an imported request", () => {
  const bodyOf = async (body: string): Promise<CassetteRequest> => {
    const bytes = Buffer.from(body);
    const head = `POST /v1/x HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n`;
    const made = await importExchanges(
      "raw.jsonl",
      [{ name: "n", request: head + body, response: "HTTP/1.1 204 No Content\r\n\r\n" }],
      { about: { title: "t", origin: "recorded", ogl: "0.4.5" } },
    );
    return made.interactions[0]?.request as CassetteRequest;
  };

  it.each<[string, string, Partial<CassetteRequest>]>([
    ["blanks", '{ "a" :\t[ 1,\r\n 2 ], "b c": "d  e\\" f" }', { json: { a: [1, 2], "b c": 'd  e" f' } }],
    ["a BOM", '\uFEFF{"a":1}', { text: '\uFEFF{"a":1}' }],
    ["a blank that JSON does not know", '{"a":\u00a01}', { text: '{"a":\u00a01}' }],
    ["a key twice", '{"a":1,"a":2}', { text: '{"a":1,"a":2}' }],
    ["a string without end", '{"a": "\\"\\"\\"', { text: '{"a": "\\"\\"\\"' }],
  ])("with %s", async (_, body, expected) => {
    expect(await bodyOf(body)).toMatchObject(expected);
  });

  it("with a string of many megabytes, or of as many escapes", async () => {
    for (const part of ["x".repeat(scaled(20_000_000)), "\\n".repeat(scaled(5_000_000))]) {
      const { json } = await bodyOf(`{ "a": "${part}" }`);
      expect((json as { a: string }).a).toHaveLength((JSON.parse(`"${part}"`) as string).length);
    }
  });
});
