/** Cassettes exported as HARs, and imported again. */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBody, encodeBody } from "../../src/cassette/format/codec.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import { matchRequestOf } from "../../src/cassette/format/request.ts";
import type { Cassette, Interaction } from "../../src/cassette/format/types.ts";
import { exportHar } from "../../src/cassette/har/export.ts";
import { findCassettes } from "../../src/cassette/library/find.ts";
import { bundledLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { PINNED_VERSIONS } from "../../src/openapi/document/versions.ts";
import { harProblems } from "../support/har-shape.ts";
import { scaled } from "../support/scaled.ts";
import { type Json, bytesOf, imported, only, writesOf } from "./hars.ts";

const BASE = "http://127.0.0.1:4010";
const library = findCassettes(PINNED_VERSIONS.map(bundledLibrary)).map((file) => loadCassette(file));

const exported = (cassette: Cassette): string =>
  JSON.stringify(exportHar(cassette, noSideFiles, { base: BASE, version: "1.0.0" }));
function noSideFiles(): never {
  throw new Error("none here");
}

describe("export", () => {
  it.each(library)("of $file is HAR 1.2", ({ cassette }) => {
    expect(harProblems(JSON.parse(exported(cassette)))).toEqual([]);
  });

  it("is held to the specification by a test that sees what is missing, wrong, unknown or given twice", () => {
    const har = JSON.parse(exported(library[0]?.cassette as Cassette)) as {
      log: { entries: { request: Json; timings: Json; response: Json; time: number }[] };
    };
    const entry = har.log.entries[0] as (typeof har.log.entries)[number];
    delete entry.request["cookies"];
    entry.response["status"] = "200";
    entry.timings["more"] = 1;
    entry.request["postData"] = { mimeType: "", text: "", params: [] };
    expect(harProblems(har)).toEqual([
      "/log/entries/0/request/cookies: missing",
      "/log/entries/0/request/postData: text and params exclude each other, one is there",
      expect.stringMatching(/^\/log\/entries\/0\/response\/status: no size/),
      "/log/entries/0/timings/more: not in the specification",
    ]);
    const late = JSON.parse(exported(library[0]?.cassette as Cassette)) as typeof har;
    (late.log.entries[0] as typeof entry).time += 1;
    expect(harProblems(late)).toEqual([expect.stringContaining("is not the sum of the timings")]);
  });

  it("says what viewers show: times, sizes, the body, and values that a sink computes", () => {
    const { cassette } =
      library.find(({ file }) => file.endsWith("0.4.1/chat-stream.cassette.json")) ?? fail();
    const stream = cassette.interactions.find(({ name }) => name === "stream-plain") ?? fail();
    const har = exportHar(cassette, noSideFiles, { base: BASE, version: "1.0.0" });
    const entry = har.log.entries.find(({ comment }) => comment === "stream-plain") ?? fail();
    const text = bytesOf(stream);
    expect(entry.request.url).toBe(`${BASE}/v1/chat/completions`);
    expect(entry.response.content).toMatchObject({ size: Buffer.byteLength(text), text });
    expect(entry.response.bodySize).toBe(Buffer.byteLength(text));
    expect(entry.response.headers.map(({ name }) => name)).toEqual(
      stream.response.headers?.map(([name]) => name),
    );
    const values = Object.fromEntries(entry.response.headers.map(({ name, value }) => [name, value]));
    expect(values["Transfer-Encoding"]).toBe("chunked");
    expect(values["date"]).toBe(new Date(entry.startedDateTime).toUTCString());
    expect(entry.timings.wait).toBe(stream.response.wait);
    expect(entry).toMatchObject({
      _eventSourceMessages: expect.arrayContaining([expect.objectContaining({ data: "[DONE]" })]) as unknown,
    });
    expect(entry.startedDateTime.startsWith("2026-11-21")).toBe(true);
  });

  it("has bytes that are no text as base64, and an exchange without a response as status 0", async () => {
    const interactions: Interaction[] = [
      {
        name: "cut",
        request: {
          method: "GET",
          target: "/v1/x",
          headers: [["content-type", "application/octet-stream"]],
          hex: "ff00",
        },
        response: {
          status: 200,
          framing: "chunked",
          headers: [["Transfer-Encoding", null]],
          body: [{ wait: 0, text: "a" }, { hex: "e2" }],
          end: { how: "truncate" },
        },
        waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
      },
      { name: "gone", request: { method: "GET", target: "*" }, response: { wait: 5, end: { how: "reset" } } },
    ];
    const cassette: Cassette = {
      cassette: 1,
      about: { title: "t", origin: "written", ogl: "0.4.5" },
      interactions,
    };
    const har = JSON.parse(exported(cassette)) as ReturnType<typeof exportHar>;
    expect(harProblems(har)).toEqual([]);
    const [cut, gone] = har.log.entries;
    expect(cut?.response).toMatchObject({
      content: { encoding: "base64", text: "YeI=", size: 2 },
      _error: "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
    });
    expect(cut?.request.postData).toMatchObject({ text: "/wA=", _encoding: "base64" });
    expect(gone?.response).toMatchObject({ status: 0, _error: "net::ERR_CONNECTION_RESET" });
    expect(printCassette((await imported(har)).cassette)).toBe(printCassette(cassette));
  });

  it("spells side files out", async () => {
    const body = [{ wait: 3, flush: true, file: "a".repeat(64) }, { text: "!" }];
    const interaction: Interaction = {
      name: "n",
      request: { method: "GET", target: "/v1/x" },
      response: { status: 404, framing: "length", headers: [["content-length", null]], body },
      waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
    };
    const about = { title: "t", origin: "written", ogl: "0.4.5" } as const;
    const har = exportHar(
      { cassette: 1, about, interactions: [interaction] },
      () => Buffer.from([0x41, 0xff]),
      {
        base: BASE,
        version: "1.0.0",
      },
    );
    const { response } = only(await imported(har));
    expect(encodeBody(response.body ?? [])).toEqual([
      { wait: 3, flush: true, bytes: Buffer.from([0x41, 0xff, 0x21]) },
    ]);
  });
});

describe("export, then import", () => {
  it.each(library)("gives $file again, byte for byte", async ({ file, cassette }) => {
    const { cassette: again, exact, adjusted, skipped } = await imported(exported(cassette));
    expect(printCassette(again)).toBe(readFileSync(file, "utf8"));
    expect({ exact, adjusted, skipped }).toEqual({
      exact: cassette.interactions.length,
      adjusted: [],
      skipped: {},
    });
  });

  it("gives every interaction again, however its body is cut, timed and ended", async () => {
    const all = library.flatMap(({ cassette }) =>
      cassette.interactions.map((interaction) => ({ about: cassette.about, interaction })),
    );
    const cuts = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3000 }), fc.boolean()), { maxLength: 6 });
    const kind = fc.constantFrom("sse", "json", "other");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        cuts,
        kind,
        fc.nat({ max: 99 }),
        async ({ about, interaction }, locations, as, wait) => {
          const recut = recutBody(interaction, locations, as);
          const response = { ...interaction.response, wait, ...(recut.length > 0 ? { body: recut } : {}) };
          const waivers = [{ pointer: "", reason: "cut anew" }];
          const cassette: Cassette = {
            cassette: 1,
            about,
            interactions: [{ ...interaction, response, waivers }],
          };
          const again = await imported(exported(cassette));
          expect(again.exact).toBe(1);
          expect(printCassette(again.cassette)).toBe(printCassette(cassette));
        },
      ),
      { numRuns: scaled(150) },
    );
  });

  it("gives the same bytes where a tool took the extensions out, and the times of the events", async () => {
    for (const { cassette } of library) {
      const har = JSON.parse(exported(cassette)) as { log: Json & { entries: Json[] } };
      delete har.log["_gatetape"];
      for (const entry of har.log.entries) delete entry["_gatetape"];
      const { cassette: again, exact } = await imported(har, { ogl: cassette.about.ogl });
      expect(exact).toBe(0);
      expect(again.about.origin).toBe("derived");
      for (const interaction of again.interactions) {
        const key = JSON.stringify(matchRequestOf(interaction.request).json) + interaction.request.target;
        const sources = cassette.interactions.filter(
          ({ request }) => JSON.stringify(matchRequestOf(request).json) + request.target === key,
        );
        expect(sources.map(bytesOf)).toContain(bytesOf(interaction));
        expect(sources.map(({ response }) => response.headers)).toContainEqual(interaction.response.headers);
      }
    }
    const { cassette } =
      library.find(({ file }) => file.endsWith("0.4.1/chat-stream.cassette.json")) ?? fail();
    const plain = cassette.interactions.find(({ name }) => name === "stream-plain") ?? fail();
    const har = JSON.parse(exported({ ...cassette, interactions: [plain] })) as { log: { entries: Json[] } };
    delete (har.log.entries[0] as Json)["_gatetape"];
    expect(writesOf(only(await imported(har, { ogl: "0.4.1" })))).toEqual(writesOf(plain));
  });

  it("takes what the HAR shows where somebody changed that, and says so", async () => {
    const { cassette } =
      library.find(({ file }) => file.endsWith("0.4.5/written-chat.cassette.json")) ?? fail();
    const har = exported({ ...cassette, interactions: cassette.interactions.slice(0, 2) }).replaceAll(
      "Paris",
      "Lyons",
    );
    const same = await imported(har);
    expect(same.exact).toBe(2); // both sides were changed alike
    const changed = await imported(
      har.replace('"status":200,"statusText":"OK"', '"status":201,"statusText":"Created"'),
    );
    expect(changed.exact).toBe(1);
    expect(changed.cassette.interactions[0]?.response.status).toBe(201);
    expect(changed.adjusted[0]).toMatchObject({
      pointer: "/log/entries/0",
      what: expect.stringContaining("changed since gatetape exported it") as string,
    });
  });

  it("replaces secrets that somebody put into an exported archive", async () => {
    const { cassette } =
      library.find(({ file }) => file.endsWith("0.4.5/written-chat.cassette.json")) ?? fail();
    const har = exported({ ...cassette, interactions: cassette.interactions.slice(0, 1) }).replaceAll(
      "capitale",
      "a@bcd.fr", // of the same length: sizes stay
    );
    const { cassette: clean, exact } = await imported(har);
    expect(exact).toBe(1);
    expect(printCassette(clean)).not.toContain("bcd.fr");
    expect(printCassette(clean)).toContain("user-1@example.org");
    expect(clean.about.sanitized).toContain("email");
  });
});

/** The same bytes in other writes, cut anywhere. */
function recutBody(
  { response }: Interaction,
  locations: readonly (readonly [number, number, boolean])[],
  kind: "sse" | "json" | "other",
): ReturnType<typeof decodeBody> {
  const bytes = Buffer.concat(encodeBody(response.body ?? []).map((write) => write.bytes));
  if (bytes.length === 0) return [];
  const ends = [...new Set([...locations.map(([at]) => 1 + (at % bytes.length)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  const writes = ends.map((end, i) => ({
    wait: locations[i]?.[1] ?? 0,
    bytes: bytes.subarray(ends[i - 1] ?? 0, end),
    ...(locations[i]?.[2] ? { flush: true } : {}),
  }));
  return decodeBody(writes, kind);
}

function fail(): never {
  throw new Error("the library lacks what this test is about");
}
