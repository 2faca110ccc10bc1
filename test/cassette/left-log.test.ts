/** A recording that a killed recorder left is used by every command, and written by `gatetape record` alone. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
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
  writeFileSync(join(folder, "a.recording-log"), log("new", "newer"));
  writeFileSync(join(folder, "b.recording-log"), log("alone"));
});

/** Name, bytes and time of change of every file in the folder. */
const files = (): unknown[] =>
  readdirSync(folder)
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      return [name, readFileSync(path, "utf8"), statSync(path, { bigint: true }).mtimeNs];
    });

const NOTE =
  /^gatetape: .*a\.recording-log: 2 interactions that a killed recorder left .*gatetape record --out /m;

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
    expect([code, stderr]).toEqual([2, expect.stringContaining("a.recording-log")]);
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

describe("a recording log of another version", () => {
  const old = temporaryFolder("old-log");
  const NEWER = log("left").replace('{"recordingLog":2', '{"recordingLog":3');
  const OLDER = log("left")
    .replace('{"recordingLog":2', '{"tape":1')
    .replaceAll(/\{"entry":(.*)\}/g, "$1");

  it.each([
    ["of gatetape 0.1.0", "x.tape", OLDER, true],
    ["of gatetape 0.1.0 without a cassette", "x.tape", OLDER, false],
    ["under the new name", "x.recording-log", OLDER, true],
    ["of a newer gatetape", "x.recording-log", NEWER, true],
  ])("%s is refused by every command, and stays", async (title, name, text, beside) => {
    const root = join(old, title.replaceAll(" ", "-"));
    mkdirSync(root);
    const file = join(root, "x.cassette.json");
    if (beside)
      writeFileSync(file, printCassette({ cassette: 1, about, interactions: [interaction("old")] }));
    writeFileSync(join(root, name), text);
    const version = text === NEWER ? 3 : 1;
    const record = ["record", "--upstream", "http://127.0.0.1:9", "--port", "0"];
    for (const args of [
      ["cassette", "lint", root],
      ["cassette", "lint", file],
      ["cassette", "show", file],
      ["cassette", "scrub", root],
      ["mock", "--cassettes", root, "--port", "0"],
      ["mock", "--cassettes", file, "--port", "0"],
      [...record, "--out", root],
      [...record, "--out", file],
      [...record, "--out", file, "--mode", "none"],
    ]) {
      const { code, stdout, stderr } = await gatetape(args);
      expect([args, code]).toEqual([args, 2]);
      expect(stdout + stderr).toContain(join(root, name));
      expect(stdout + stderr).toContain(
        `is a recording log of format version ${version}, this gatetape reads version 2`,
      );
      expect(stdout + stderr).toMatch(
        /fix: to keep what is in it, run gatetape record --out \S+x\.cassette\.json with/,
      );
    }
    expect(readFileSync(join(root, name), "utf8")).toBe(text);
    expect(readdirSync(root)).toEqual(beside ? ["x.cassette.json", name] : [name]);
  });

  it("is not confused with another program's .tape", async () => {
    const root = join(old, "other");
    mkdirSync(root);
    writeFileSync(
      join(root, "x.cassette.json"),
      printCassette({ cassette: 1, about, interactions: [interaction("old")] }),
    );
    writeFileSync(join(root, "x.tape"), "Output demo.gif\n");
    expect((await gatetape(["cassette", "lint", root])).code).toBe(0);
  });
});
