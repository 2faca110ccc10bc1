/** Request headers that are never matched stand once a cassette, and nothing of them is lost. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withClients, withoutClients } from "../../src/cassette/format/clients.ts";
import { checkFolded } from "../../src/cassette/format/load.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import type { Cassette, Interaction } from "../../src/cassette/format/types.ts";
import { scaled } from "../support/scaled.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("clients");
type Headers = NonNullable<Interaction["request"]["headers"]>;

function cassetteOf(lists: readonly Headers[], matched: readonly string[] = []): Cassette {
  return {
    cassette: 1,
    about: { title: "x", origin: "recorded", ogl: "0.4.5" },
    interactions: lists.map((headers, i) => ({
      name: `number ${i}`,
      request: { method: "GET", target: `/v1/x/${i}`, headers },
      ...(matched.length > 0 ? { match: { headers: matched } } : {}),
      response: { status: 500, framing: "none", headers: [] },
      waivers: [{ pointer: "/response", reason: "not the real answer" }],
    })),
  };
}

const sdk = (version: string, own: Headers = []): Headers => [
  ["User-Agent", `OpenAI/Python ${version}`],
  ["Accept", "application/json"],
  ["Authorization", "Bearer sk-1"],
  ["x-stainless-lang", "python"],
  ["x-stainless-package-version", version],
  ...own,
];

describe("headers of clients", () => {
  it("come back as they were, whatever they are", () => {
    const header = fc.tuple(
      fc.constantFrom(
        "User-Agent",
        "user-agent",
        "Accept",
        "Authorization",
        "Content-Type",
        "X-Id",
        "Cookie",
      ),
      fc.constantFrom("a", "b", "sk-1", "c", "d", "e", "f"),
    );
    const lists = fc.array(fc.array(header, { maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(lists, fc.constantFrom([], ["X-Id"], ["accept"]), (all, matched) => {
        const cassette = cassetteOf(all, matched);
        expect(withoutClients(withClients(cassette))).toEqual(cassette);
        expect(withClients(withoutClients(withClients(cassette)))).toEqual(withClients(cassette));
      }),
      { numRuns: scaled(3000) },
    );
  });

  it("stand once, but for credentials, types, matched headers, and ids", () => {
    const ids = Array.from({ length: 6 }, (_, i): Headers => [
      ["X-Request-Id", `id ${i}`],
      ["X-Tenant", "one"],
    ]);
    const { clients, interactions } = withClients(
      cassetteOf(
        ids.map((own) => sdk("1.0", own)),
        ["x-tenant"],
      ),
    );
    expect(clients).toHaveLength(1);
    expect(interactions[3]?.request).toEqual({
      method: "GET",
      target: "/v1/x/3",
      client: 1,
      headers: [
        ["Authorization", "Bearer sk-1"],
        ["X-Request-Id", "id 3"],
        ["X-Tenant", "one"],
      ],
    });
  });

  it("of a new version are a diff of their own lines", () => {
    const files = ["1.0", "1.1"].map((version) => {
      const file = join(folder, `${version}.cassette.json`);
      writeFileSync(file, printCassette(cassetteOf([1, 2, 3, 4, 5].map(() => sdk(version)))));
      return file;
    });
    const diff = spawnSync("git", ["diff", "--no-index", "--unified=0", ...files], { encoding: "utf8" });
    expect(
      diff.stdout
        .split("\n")
        .filter((line) => /^[-+] /.test(line))
        .map((line) => line.replaceAll(/ {2,}/g, "")),
    ).toEqual([
      '-["User-Agent", "OpenAI/Python 1.0"],',
      '+["User-Agent", "OpenAI/Python 1.1"],',
      '-["x-stainless-package-version", "1.0"]',
      '+["x-stainless-package-version", "1.1"]',
    ]);
  });

  it("are read back by the loader, which also reads cassettes without them", () => {
    const cassette = cassetteOf([sdk("1.0"), sdk("1.0"), [["Accept", "*/*"]]]);
    const text = printCassette(cassette);
    expect(text).toContain('"clients": [');
    expect(checkFolded("x", text).cassette.interactions).toEqual(cassette.interactions);
    expect(checkFolded("x", JSON.stringify(cassette)).cassette.interactions).toEqual(cassette.interactions);
    expect(printCassette(checkFolded("x", text).cassette)).toBe(text);
  });

  it("hide no secret from the loader, and an unknown client is an error with its location", () => {
    const text = printCassette(cassetteOf([sdk("1.0"), sdk("1.0")]));
    const secret = text.replace("OpenAI/Python 1.0", "sk-0123456789abcdefghijklmnopqrstuv");
    expect(() => checkFolded("x", secret)).toThrow("stands in the clear");
    const wrong = text.replace('"client": 1', '"client": 2');
    expect(() => checkFolded("x", wrong)).toThrow("the client is not in the list of clients");
  });
});
