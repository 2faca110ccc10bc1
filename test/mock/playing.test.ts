/** How often an interaction plays, to whom, and what a miss says. */
import { describe, expect, it } from "vitest";
import type { Interaction, MatchRule } from "../../src/cassette/format/types.ts";
import type { RunningMock } from "../../src/mock/mock.ts";
import { type Asked, JSON_TYPE, ask, exchange, on, p, post, wants, mocksOf } from "./mocks.ts";

const mockOf = mocksOf("playing");

describe("how often an interaction plays", () => {
  const play = (how: "any" | "once" | "sequence"): MatchRule => ({ play: how });

  it("any: for ever", async () => {
    const mock = await mockOf([post(1, "a", play("any"))]);
    expect(await wants(mock, p(1), p(1), p(1))).toEqual(["a", "a", "a"]);
  });

  it("once: once, then the next that takes the request, or a miss", async () => {
    const mock = await mockOf([
      post({ a: 1 }, "once", play("once")),
      post({ a: 1 }, "after"),
      post({ b: 1 }, "only", play("once")),
    ]);
    expect(await wants(mock, p({ a: 1 }), p({ a: 1 }), p({ a: 1 }))).toEqual(["once", "after", "after"]);
    expect(await wants(mock, p({ b: 1 }), p({ b: 1 }))).toEqual(["only", "miss"]);
  });

  it("sequence: in the order of the file, then a miss", async () => {
    const mock = await mockOf(["a", "b", "c"].map((answer) => post({ q: 1 }, answer, play("sequence"))));
    expect(await wants(mock, p({ q: 1 }), p({ q: 1 }), p({ q: 1 }), p({ q: 1 }))).toEqual([
      "a",
      "b",
      "c",
      "miss",
    ]);
  });

  it("a sequence that is used up leaves the request to a subset", async () => {
    const mock = await mockOf([
      post({ q: 1 }, "exact", play("sequence")),
      post({}, "subset", { body: "subset" }),
    ]);
    expect(await wants(mock, p({ q: 1 }), p({ q: 1 }))).toEqual(["exact", "subset"]);
  });
});

describe("sessions", () => {
  const pair = ["a", "b"].map((answer) => on({ target: "/v1/models" }, answer, { play: "sequence" }));
  const get = (target: string, session?: string): Asked => ({
    target,
    ...(session === undefined ? {} : { headers: { "X-Gatetape-Session": session } }),
  });

  it("have each its own place, by prefix, by header, and one for all else", async () => {
    const mock = await mockOf(pair);
    expect(
      await wants(
        mock,
        get("/v1/models"),
        get("/s/x/v1/models"),
        get("/s/y/v1/models"),
        get("/v1/models", "z"),
      ),
    ).toEqual(["a", "a", "a", "a"]);
    expect(
      await wants(
        mock,
        get("/s/y/v1/models"),
        get("/v1/models", "z"),
        get("/v1/models"),
        get("/s/x/v1/models"),
      ),
    ).toEqual(["b", "b", "b", "b"]);
    expect(await wants(mock, get("/v1/models"), get("/s/x/v1/models"), get("/s/new/v1/models"))).toEqual([
      "miss",
      "miss",
      "a",
    ]);
  });

  it("of the same name are the same by prefix and by header", async () => {
    expect(await wants(await mockOf(pair), get("/s/x/v1/models"), get("/v1/models", "x"))).toEqual([
      "a",
      "b",
    ]);
  });

  it("can be reset", async () => {
    const mock = await mockOf(pair);
    await wants(mock, get("/v1/models", "x"), get("/v1/models", "x"));
    mock.resetSession("x");
    expect(await wants(mock, get("/v1/models", "x"))).toEqual(["a"]);
  });

  it("need a whole segment: /s/x and /sx are paths like others", async () => {
    const mock = await mockOf([
      on({ target: "/" }, "root"),
      on({ target: "/sx/v1" }, "sx"),
      on({ target: "/s/" }, "s"),
    ]);
    expect(await wants(mock, get("/s/x"), get("/s/x/"), get("/sx/v1"), get("/s/"))).toEqual([
      "root",
      "root",
      "sx",
      "s",
    ]);
  });
});

async function detail(mock: RunningMock, requested: Asked): Promise<string> {
  const { status, headers, content } = await exchange(mock, requested);
  expect([status, headers["x-gatetape-miss"], headers["content-type"]]).toEqual([
    400,
    "1",
    "application/json",
  ]);
  return (JSON.parse(content) as { detail: string }).detail;
}

describe("a miss", () => {
  it("names the nearest interaction and what differs", async () => {
    const mock = await mockOf([
      post({ model: "m", messages: [{ content: "hello" }], n: 1 }, "far"),
      post({ model: "m", messages: [{ content: "hi" }] }, "near"),
    ]);
    const summary = await detail(mock, p({ model: "m", messages: [{ content: "ho" }] }));
    expect(summary).toContain("POST /v1/p");
    expect(summary).toContain('"answers near" (written,');
    expect(summary).toContain('/messages/0/content is "ho", recorded as "hi"');
    expect(summary).not.toContain("far");
  });

  it.each<[string, Interaction, Asked, RegExp]>([
    ["what is missing", post({ a: 1, b: 2 }, "x"), p({ a: 1 }), /\/b is missing, recorded as 2/],
    ["what is too much", post({ a: 1 }, "x"), p({ a: 1, b: 2 }), /\/b is 2, which was not recorded/],
    ["a query", on({ target: "/v1/p?a=1" }, "x"), { target: "/v1/p?a=2" }, /\?a is "2", recorded as "1"/],
    [
      "a header",
      on({ target: "/v1/p", headers: [["X-A", "1"]] }, "x", { headers: ["x-a"] }),
      { target: "/v1/p", headers: { "x-a": "2" } },
      /header x-a is "2", recorded as "1"/,
    ],
    [
      "a body that is no JSON for want of a content type",
      post({ a: 1 }, "x"),
      { target: "/v1/p", body: '{"a":1}' },
      /not read as JSON, check content-type/,
    ],
    [
      "that it was played",
      on({ target: "/v1/p" }, "x", { play: "once" }),
      { target: "/v1/q" },
      /no cassette has GET \/v1\/q/,
    ],
  ])("says %s", async (_, interaction, requested, expected) => {
    expect(await detail(await mockOf([interaction]), requested)).toMatch(expected);
  });

  it("says that all was played", async () => {
    const mock = await mockOf([on({ target: "/v1/p" }, "x", { play: "once" })]);
    await ask(mock, { target: "/v1/p" });
    expect(await detail(mock, { target: "/v1/p" })).toMatch(
      /GET \/v1\/p has been played 1 times? in this session/,
    );
  });

  it("says that a pseudonym stands for another value already, not that all was played", async () => {
    const mock = await mockOf([post({ who: "user-1@example.org" }, "x")]);
    await ask(mock, p({ who: "ann@corp.example" }));
    const summary = await detail(mock, p({ who: "bob@corp.example" }));
    expect(summary).not.toContain("has been played");
    expect(summary).toContain("user-1@example.org");
  });

  it("tells no secret, for it goes to logs, and nothing of what only differs by being redacted", async () => {
    const headers = [["authorization", "Bearer sk-1"]] as const;
    const json = { who: "user-1@example.org", n: 1, cc: ["nobody"] };
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/p", headers: [...headers, ...JSON_TYPE], json }, "x", {
        headers: ["authorization"],
      }),
    ]);
    const requested = { who: "ann@corp.example", n: 2, cc: ["bob@corp.example"], "eve@corp.example": 1 };
    const summary = await detail(mock, p(requested, { authorization: "Basic hunter2" }));
    expect(summary).not.toMatch(/corp\.example|hunter2|\/who/);
    expect(summary).toContain('/n is 2, recorded as 1; /cc/0 is "(secret)", recorded as "nobody"');
    expect(await detail(mock, p(json, { authorization: "Basic hunter2" }))).toContain(
      'header authorization is "Basic (secret)", recorded as "Bearer sk-1"',
    );
  });

  it("does not say again what a body holds: no more than a line", async () => {
    const mock = await mockOf([post({ input: "a".repeat(10_000) }, "x")]);
    expect((await detail(mock, p({ input: "b".repeat(10_000) }))).length).toBeLessThan(500);
  });
});
