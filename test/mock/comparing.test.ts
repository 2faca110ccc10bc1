/** What of a request is compared, and by which rules. */
import { describe, expect, it } from "vitest";
import { scaled } from "../support/scaled.ts";
import { type Asked, exchange, on, p, post, wants, mocksOf } from "./mocks.ts";

const mockOf = mocksOf("comparing");

describe("paths and queries", () => {
  it("are compared decoded", async () => {
    const mock = await mockOf([
      on({ target: "/v1/models/org%2Fcoder%20alias" }, "a"),
      on({ target: "/v1/models/é" }, "b"),
      on({ target: "/v1/models/100%" }, "c"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/models/org/coder%20alias" },
        { target: "/v1/models/%6frg%2fcoder%20alias" },
        { target: "/v1/models/%C3%A9" },
        { target: "/v1/models/100%25" },
        { target: "/v1/models/100%" },
      ),
    ).toEqual(["a", "a", "b", "c", "c"]);
  });

  it("are decoded once, and a plus in a path is a plus", async () => {
    const mock = await mockOf([
      on({ target: "/v1/models/a%2520b" }, "once"),
      on({ target: "/v1/models/a+b" }, "plus"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/models/a%2520b" },
        { target: "/v1/models/a%20b" },
        { target: "/v1/models/a%2Bb" },
      ),
    ).toEqual(["once", "miss", "plus"]);
  });

  it("are not normalised", async () => {
    const mock = await mockOf([
      on({ target: "/v1/models/../admin" }, "dots"),
      on({ target: "/v1/admin" }, "admin"),
      on({ target: "//v1//models" }, "slashes"),
      on({ target: "/v1/models/" }, "slash"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/models/../admin" },
        { target: "/v1/admin" },
        { target: "/v1/models/%2e%2e/admin" },
        { target: "//v1//models" },
        { target: "/v1/models" },
        { target: "/v1/models/" },
      ),
    ).toEqual(["dots", "admin", "dots", "slashes", "miss", "slash"]);
  });

  it("do not mind the order of a query, but its values and their number", async () => {
    const mock = await mockOf([on({ target: "/v1/x?b=2&a=1&c=%20" }, "hit")]);
    expect(await wants(mock, { target: "/v1/x?a=1&b=2&c=+" }, { target: "/v1/x?c=%20&b=2&a=1" })).toEqual([
      "hit",
      "hit",
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/x?a=1&b=2" },
        { target: "/v1/x?a=1&a=1&b=2&c=+" },
        { target: "/v1/x?a=2&b=1&c=+" },
        { target: "/v1/x" },
      ),
    ).toEqual(["miss", "miss", "miss", "miss"]);
  });

  it("may have a query in a subset that says more", async () => {
    const mock = await mockOf([on({ target: "/v1/x?a=1" }, "hit", { body: "subset" })]);
    expect(await wants(mock, { target: "/v1/x?b=2&a=1" }, { target: "/v1/x?b=2" })).toEqual(["hit", "miss"]);
  });
});

describe("bodies", () => {
  it("are compared as JSON values", async () => {
    const mock = await mockOf([post({ a: 1, b: [true, null, "é"], c: { __x: 0 } }, "hit")]);
    const type = { "content-type": "application/json; charset=utf-8" };
    const body = (content: string): Asked => ({ target: "/v1/p", body: content, headers: type });
    expect(
      await wants(
        mock,
        body('{"c":{"__x":-0},"b":[true,null,"\\u00e9"],"a":1.0}'),
        body('\n{ "a" : 1e0, "b" : [true, null, "é"], "c": {"__x": 0.0} }'),
      ),
    ).toEqual(["hit", "hit"]);
    expect(
      await wants(
        mock,
        body('{"a":1,"b":[null,true,"é"],"c":{"__x":0}}'),
        body('{"a":"1","b":[true,null,"é"],"c":{"__x":0}}'),
        body("{}"),
        body("{"),
      ),
    ).toEqual(["miss", "miss", "miss", "miss"]);
  });

  it("nested beyond any use get an error, and the mock lives on", async () => {
    const mock = await mockOf([
      post({ a: 1 }, "hit"),
      post({ user: "user-1@example.org" }, "redacted"),
      post({ z: [[1]] }, "subset", { body: "subset" }),
      post({ z: [[2]], y: 1 }, "ignore", { ignore: ["/z/0/0"] }),
    ]);
    const headers = { "content-type": "application/json" };
    for (const levels of [5000, 100_000]) {
      const body = `{"z":${"[".repeat(levels)}${"]".repeat(levels)}}`;
      expect((await exchange(mock, { target: "/v1/p", body, headers })).status).toBeGreaterThanOrEqual(400);
    }
    expect(await wants(mock, p({ a: 1 }))).toEqual(["hit"]);
  });

  it("of what looks like one endless secret get a miss, and the mock lives on", async () => {
    const mock = await mockOf([post({ user: "user-1@example.org" }, "redacted")], { maxBody: 1 << 26 });
    const length = scaled(10_000_000);
    for (const secret of [`sk-${"a".repeat(length)}`, `x@${"a.".repeat(length)}1`])
      expect(await wants(mock, p({ user: secret }), { target: "/v1/p", body: secret })).toEqual([
        "miss",
        "miss",
      ]);
    expect(await wants(mock, p({ user: "ann@corp.example" }))).toEqual(["redacted"]);
  });

  it("that are no JSON are compared byte by byte", async () => {
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/p", text: '{"a":1}' }, "text"),
      on({ method: "POST", target: "/v1/p", hex: "ff00fe" }, "hex"),
      on({ method: "POST", target: "/v1/p" }, "empty"),
    ]);
    const body = (content: string | Buffer): Asked => ({ method: "POST", target: "/v1/p", body: content });
    expect(
      await wants(
        mock,
        body('{"a":1}'),
        body('{"a": 1}'),
        body(Buffer.from("ff00fe", "hex")),
        body(Buffer.from("ff00ff", "hex")),
        { method: "POST", target: "/v1/p" },
      ),
    ).toEqual(["text", "miss", "hex", "miss", "empty"]);
  });

  it("of a multipart form are compared by their parts, whatever the boundary", async () => {
    const file = { name: "file", filename: "a.wav", contentType: "audio/wav", hex: "00ff" };
    const mock = await mockOf([
      on({ method: "POST", target: "/v1/f", form: [{ name: "model", text: "m" }, file] }, "hit"),
    ]);
    const form = (boundary: string, model: string, bytes: string, filename = "a.wav"): Asked => ({
      target: "/v1/f",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
      body: Buffer.concat([
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: audio/wav\r\n\r\n`,
        ),
        Buffer.from(bytes, "hex"),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
    });
    expect(await wants(mock, form("xyz", "m", "00ff"), form("----WebKit77", "m", "00ff"))).toEqual([
      "hit",
      "hit",
    ]);
    expect(
      await wants(
        mock,
        form("xyz", "n", "00ff"),
        form("xyz", "m", "00fe"),
        form("xyz", "m", "00ff", "b.wav"),
      ),
    ).toEqual(["miss", "miss", "miss"]);
  });
});

describe("rules", () => {
  it("headers: those named have the recorded value, others do not matter", async () => {
    const headers = [
      ["X-Mode", "fast"],
      ["X-Other", "1"],
    ] as const;
    const mock = await mockOf([
      on({ target: "/v1/h", headers }, "fast", { headers: ["x-mode"] }),
      on({ target: "/v1/h" }, "plain"),
    ]);
    expect(
      await wants(
        mock,
        { target: "/v1/h", headers: { "X-MODE": "fast" } },
        { target: "/v1/h", headers: { "x-mode": "slow" } },
        { target: "/v1/h" },
      ),
    ).toEqual(["fast", "plain", "plain"]);
  });

  it("headers: one that was not recorded must not be there", async () => {
    const mock = await mockOf([on({ target: "/v1/h" }, "none", { headers: ["x-mode"] })]);
    expect(
      await wants(mock, { target: "/v1/h" }, { target: "/v1/h", headers: { "x-mode": "fast" } }),
    ).toEqual(["none", "miss"]);
  });

  it("ignore: what the pointers name is not compared, be it there or not", async () => {
    const mock = await mockOf([
      post({ a: 1, seed: 7, list: [{ id: "x", v: 1 }] }, "hit", { ignore: ["/seed", "/list/0/id"] }),
    ]);
    expect(
      await wants(mock, p({ a: 1, seed: 8, list: [{ id: "y", v: 1 }] }), p({ a: 1, list: [{ v: 1 }] })),
    ).toEqual(["hit", "hit"]);
    expect(
      await wants(
        mock,
        p({ a: 2, seed: 7, list: [{ id: "x", v: 1 }] }),
        p({ a: 1, seed: 7, list: [{ id: "x", v: 2 }] }),
      ),
    ).toEqual(["miss", "miss"]);
  });

  it("ignore: an element of an array keeps its place", async () => {
    const mock = await mockOf([post({ list: [1, 2] }, "hit", { ignore: ["/list/0"] })]);
    expect(await wants(mock, p({ list: [9, 2] }), p({ list: [2] }), p({ list: [9, 3] }))).toEqual([
      "hit",
      "miss",
      "miss",
    ]);
  });

  it("ignore: an array must not grow by what is ignored in it", async () => {
    const mock = await mockOf([post({ list: ["x"] }, "hit", { ignore: ["/list/0"] })]);
    expect(await wants(mock, p({ list: ["y"] }), p({ list: [] }))).toEqual(["hit", "miss"]);
  });

  it("what is ignored less wins", async () => {
    const mock = await mockOf([
      post({ a: 1, b: 1 }, "two", { ignore: ["/a", "/b"] }),
      post({ a: 1, b: 1 }, "one", { ignore: ["/a"] }),
      post({ a: 1, b: 1 }, "none"),
    ]);
    expect(await wants(mock, p({ a: 1, b: 1 }), p({ a: 2, b: 1 }), p({ a: 2, b: 2 }))).toEqual([
      "none",
      "one",
      "two",
    ]);
  });

  it("subset: objects may have more keys, arrays not more elements", async () => {
    const mock = await mockOf([
      post({ model: "m", messages: [{ role: "user" }] }, "hit", { body: "subset" }),
    ]);
    expect(await wants(mock, p({ model: "m", messages: [{ role: "user", content: "x" }], n: 1 }))).toEqual([
      "hit",
    ]);
    expect(
      await wants(
        mock,
        p({ model: "m" }),
        p({ model: "m", messages: [{ role: "user" }, {}] }),
        p({ model: "m", messages: [] }),
        p({ model: "m", messages: { 0: { role: "user" } } }),
      ),
    ).toEqual(["miss", "miss", "miss", "miss"]);
  });

  it("exact wins over subset, and a subset that says more over one that says less, in any order of the file", async () => {
    const all = [
      post({}, "none", { body: "subset" }),
      post({ a: 1 }, "one", { body: "subset" }),
      post({ a: 1, b: { c: [1, 2] } }, "more", { body: "subset" }),
      post({ a: 1, b: { c: [1, 2] }, d: 0 }, "exact"),
    ];
    for (const order of [all, all.toReversed()]) {
      const mock = await mockOf(order);
      expect(
        await wants(
          mock,
          p({ a: 1, b: { c: [1, 2] }, d: 0 }),
          p({ a: 1, b: { c: [1, 2] }, d: 1 }),
          p({ a: 1, b: 1 }),
          p({ x: 1 }),
        ),
      ).toEqual(["exact", "more", "one", "none"]);
    }
  });
});
