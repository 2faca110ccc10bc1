/** Requests that were redacted, and interactions between which nothing tells. */
import { describe, expect, it } from "vitest";
import type { Interaction, MatchRule } from "../../src/cassette/format/types.ts";
import { type Asked, JSON_TYPE, on, p, post, wants, mocksOf } from "./mocks.ts";

const mockOf = mocksOf("redacted");

describe("a request that was redacted", () => {
  const mail = (a: string, b: string): unknown => ({ input: `from ${a} to ${b}`, cc: [b] });
  const recorded = post(mail("user-1@example.org", "user-2@example.org"), "hit");

  it("takes any value of the kind, one to one within a session", async () => {
    const mock = await mockOf([recorded]);
    const by = (session: string, a: string, b: string): Asked =>
      p(mail(a, b), { "x-gatetape-session": session });
    expect(
      await wants(
        mock,
        by("s", "ann@corp.example", "bob@corp.example"),
        by("s", "ann@corp.example", "bob@corp.example"),
      ),
    ).toEqual(["hit", "hit"]);
    expect(
      await wants(
        mock,
        by("s", "bob@corp.example", "ann@corp.example"),
        by("s", "eve@corp.example", "bob@corp.example"),
      ),
    ).toEqual(["miss", "miss"]);
    expect(
      await wants(
        mock,
        by("t", "bob@corp.example", "ann@corp.example"),
        by("u", "ann@corp.example", "ann@corp.example"),
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("takes its own pseudonyms, and nothing that is not of the kind", async () => {
    const mock = await mockOf([recorded]);
    expect(
      await wants(
        mock,
        p(mail("user-1@example.org", "user-2@example.org")),
        p(mail("nobody", "user-2@example.org")),
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("keeps a session's pairs over several interactions", async () => {
    const about = (a: string): unknown => ({ who: a });
    const mock = await mockOf([
      recorded,
      post(about("user-1@example.org"), "one"),
      post(about("user-2@example.org"), "two"),
    ]);
    expect(
      await wants(
        mock,
        p(mail("ann@corp.example", "bob@corp.example")),
        p(about("bob@corp.example")),
        p(about("ann@corp.example")),
        p(about("eve@corp.example")),
      ),
    ).toEqual(["hit", "two", "one", "miss"]);
  });

  it("is less specific than one with real values", async () => {
    const mock = await mockOf([
      post({ who: "user-1@example.org" }, "any"),
      post({ who: "nobody" }, "nobody"),
    ]);
    expect(await wants(mock, p({ who: "nobody" }), p({ who: "ann@corp.example" }))).toEqual([
      "nobody",
      "any",
    ]);
  });

  it("may be redacted in path and query, whatever the order of the query", async () => {
    const mock = await mockOf([
      on({ target: "/v1/users/user-1@example.org?a=user-2@example.org&b=user-3@example.org" }, "hit"),
    ]);
    const target = (query: string): Asked => ({ target: `/v1/users/ann%40corp.example?${query}` });
    expect(
      await wants(
        mock,
        target("b=eve%40corp.example&a=bob%40corp.example"),
        target("a=bob%40corp.example&b=eve%40corp.example"),
        target("a=eve%40corp.example&b=bob%40corp.example"),
      ),
    ).toEqual(["hit", "hit", "miss"]);
  });

  it("may be redacted in a key of an object", async () => {
    const mock = await mockOf([post({ roles: { "user-1@example.org": "admin" } }, "hit")]);
    expect(
      await wants(mock, p({ roles: { "ann@corp.example": "admin" } }), p({ roles: { ann: "admin" } })),
    ).toEqual(["hit", "miss"]);
  });

  it("may be redacted in a body that is no JSON", async () => {
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/p", text: "to user-1@example.org!" }, "hit"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/p", body: "to ann@corp.example!" },
        { target: "/v1/p", body: "to ann!" },
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("may be redacted in a part of a form", async () => {
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/f", form: [{ name: "to", text: "user-1@example.org" }] }, "hit"),
    ]);
    const form = (value: string): Asked => ({
      target: "/v1/f",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body: `--b\r\nContent-Disposition: form-data; name="to"\r\n\r\n${value}\r\n--b--\r\n`,
    });
    expect(await wants(mock, form("ann@corp.example"), form("ann"))).toEqual(["hit", "miss"]);
  });

  it("may be redacted in a header that is compared", async () => {
    const headers = [["authorization", "Bearer sk-1"]] as const;
    const mock = await mockOf([on({ target: "/v1/h", headers }, "hit", { headers: ["authorization"] })]);
    expect(
      await wants(
        mock,
        { target: "/v1/h", headers: { authorization: "Bearer sk-abcdefgh12345678" } },
        { target: "/v1/h" },
      ),
    ).toEqual(["hit", "miss"]);
  });

  it("may be a subset, and may ignore", async () => {
    const mock = await mockOf([
      post({ who: "user-1@example.org" }, "sub", { body: "subset" }),
      post({ to: "user-1@example.org", seed: 1 }, "ign", { ignore: ["/seed"] }),
    ]);
    expect(
      await wants(mock, p({ who: "ann@corp.example", n: 1 }), p({ to: "ann@corp.example", seed: 2 })),
    ).toEqual(["sub", "ign"]);
  });
});

describe("what the same request could play, with nothing to tell which, is an error at the start", () => {
  const subset = (json: unknown, match: MatchRule = {}): Interaction =>
    post(json, "x", { body: "subset", ...match });
  const withHeader = (name: string): Interaction =>
    on({ target: "/v1/h", headers: [[name, "1"]] }, name, { headers: [name] });
  it.each<[string, Interaction, Interaction]>([
    ["two equal ones", post({ a: 1 }, "x"), post({ a: 1 }, "y")],
    [
      "equal by value",
      on({ method: "POST", target: "/v1/p?b=1&a=%31", headers: JSON_TYPE, json: { a: 1, b: 2 } }, "x"),
      on({ method: "POST", target: "/v1/p?a=1&b=1", headers: JSON_TYPE, text: '{"b":2.0, "a":1}' }, "y"),
    ],
    ["one for ever before a sequence", post({ a: 1 }, "x"), post({ a: 1 }, "y", { play: "sequence" })],
    ["equal in shape", post({ a: "user-1@example.org" }, "x"), post({ a: "user-1@example.org" }, "y")],
    ["two subsets that contradict each other nowhere", subset({ a: 1 }), subset({ b: 1 })],
    ["two subsets with objects that go together", subset({ o: { a: 1 } }), subset({ o: { b: 1 } })],
    ["two equal subsets", subset({ a: 1 }), subset({ a: 1 })],
    [
      "two that ignore as much, but other things",
      post({ a: 1, b: 1 }, "x", { ignore: ["/a"] }),
      post({ a: 1, b: 1 }, "y", { ignore: ["/b"] }),
    ],
    ["two that ask for as many headers, but others", withHeader("x-a"), withHeader("x-b")],
  ])("%s", async (_, one, two) => {
    const error = await mockOf([one, two]).then(
      () => "started",
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      name: "CassetteError",
      code: "ambiguous",
      location: { pointer: "/interactions/1" },
    });
    expect((error as Error).message).toContain('"play": "sequence"');
  });

  it.each<[string, Interaction, Interaction]>([
    ["other bodies", post({ a: 1 }, "x"), post({ a: 2 }, "y")],
    ["a sequence", post({ a: 1 }, "x", { play: "sequence" }), post({ a: 1 }, "y", { play: "sequence" })],
    ["once, then for ever", post({ a: 1 }, "x", { play: "once" }), post({ a: 1 }, "y")],
    [
      "other values of a header",
      on({ target: "/v1/h", headers: [["x-a", "1"]] }, "x", { headers: ["x-a"] }),
      on({ target: "/v1/h", headers: [["x-a", "2"]] }, "y", { headers: ["x-a"] }),
    ],
    ["exact and subset", post({ a: 1 }, "x"), subset({ a: 1 })],
    ["subsets of which one says more", subset({ a: 1 }), subset({ b: 1, c: 1 })],
    ["subsets that contradict each other", subset({ a: 1, b: 1 }), subset({ a: 2, c: 1 })],
    ["subsets with arrays of other lengths", subset({ a: [1, 2] }), subset({ a: [1], b: 1 })],
    ["other methods", on({ target: "/v1/p" }, "x"), on({ method: "DELETE", target: "/v1/p" }, "y")],
    ["other paths", on({ target: "/v1/p" }, "x"), on({ target: "/v1/p/" }, "y")],
  ])("but not %s", async (_, one, two) => {
    expect((await mockOf([one, two])).library.entries).toHaveLength(2);
  });
});
