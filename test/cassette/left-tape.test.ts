/** A recording that a killed recorder left is used by every command, and written by `gatetape record` alone. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { printEntry, printLogHead } from "../../src/cassette/log/log.ts";
import { gatetape, ready, serve } from "../support/cli.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("left");
const cassette = join(folder, "a.cassette.json");
/** A recording whose cassette was never written. */
const alone = join(folder, "b.cassette.json");

const about = { title: "t", origin: "recorded", ogl: "0.4.5" } as const;
const interaction = (name: string): Interaction => ({
  name,
  request: { method: "GET", target: `/${name}` },
  response: { status: 200, framing: "length", headers: [["content-length", null]], body: [{ text: name }] },
  waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
});
const log = (...names: string[]): string =>
  printLogHead(about, { how: "replace" }) +
  names.map((name, id) => printEntry({ id, base: 0, interaction: interaction(name) })).join("");

beforeAll(() => {
  writeFileSync(cassette, printCassette({ cassette: 1, about, interactions: [interaction("old")] }));
  writeFileSync(join(folder, "a.tape"), log("new", "newer"));
  writeFileSync(join(folder, "b.tape"), log("alone"));
});

/** Name, bytes and time of change of every file in the folder. */
const files = (): unknown[] =>
  readdirSync(folder)
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      return [name, readFileSync(path, "utf8"), statSync(path, { bigint: true }).mtimeNs];
    });

const NOTE = /^gatetape: .*a\.tape: 2 interactions that a killed recorder left .*gatetape record --out /m;

describe("a recording that a killed recorder left", () => {
  it("is played by the mock, which writes nothing", async () => {
    const before = files();
    const mock = serve(["mock", "--cassettes", folder, "--world", "off", "--port", "0", "--json"]);
    const { url } = await ready(mock);
    for (const name of ["old", "new", "newer", "alone"])
      expect(await (await fetch(`${url}/${name}`)).text()).toBe(name);
    await mock.stop();
    expect(files()).toEqual(before);
  });

  it.each([
    ["lint", [folder], /2 cassettes, 4 interactions/, NOTE],
    ["show", [cassette], /newer/, NOTE],
    ["diff", [cassette, cassette], /./, NOTE],
    // It is about the file as it stands.
    ["fmt", ["--check", folder], /1 cassette, 0 not canonical/, /^$/],
  ])("is seen by cassette %s, which writes nothing and says so", async (command, args, expected, note) => {
    const before = files();
    const { stdout, stderr } = await gatetape(["cassette", command, ...args]);
    expect(stdout).toMatch(expected);
    expect(stderr).toMatch(note);
    expect(files()).toEqual(before);
  });

  it("is not scrubbed", async () => {
    const before = files();
    const { code, stderr } = await gatetape(["cassette", "scrub", folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("a.tape")]);
    expect(files()).toEqual(before);
  });

  it("is written into its cassette when a recorder starts", async () => {
    const upstream = ["--upstream", "http://127.0.0.1:9"];
    const recorder = serve(["record", ...upstream, "--out", folder, "--port", "0", "--json"]);
    await recorder.line((line) => line.startsWith('{"ready"'));
    await recorder.stop();
    expect(readdirSync(folder).toSorted()).toEqual(["a.cassette.json", "b.cassette.json"]);
    expect(readFileSync(cassette, "utf8")).toContain("/newer");
    expect(readFileSync(alone, "utf8")).toContain("/alone");
  });
});
