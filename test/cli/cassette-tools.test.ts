import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import { loadLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { fileNames } from "../../src/cli/cassette/file-names.ts";
import { type Ran, gatetape } from "../support/cli.ts";
import { harProblems } from "../support/har-shape.ts";

const root = mkdtempSync(join(tmpdir(), "gatetape-tools-"));
afterAll(() => rmSync(root, { recursive: true }));
let folder = "";
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});

const VERSION = (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
const STREAMS = "cassettes/0.4.1/chat-stream.cassette.json";
const HEALTH = "cassettes/0.4.5/written-health-models.cassette.json";
const cassette = (...args: string[]): Promise<Ran> => gatetape(["cassette", ...args]);
const path = (name: string): string => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(path(name), text);
  return path(name);
};
const read = (file: string): string => readFileSync(file, "utf8");
/** A good cassette as a person may have left it: other order, other blanks. */
const untidy = (): string => {
  const { $schema, ...rest } = JSON.parse(read(HEALTH)) as Record<string, unknown>;
  return JSON.stringify({ ...rest, $schema }, null, 4);
};

describe("gatetape cassette fmt", () => {
  it("prints in place and leaves what is canonical alone", async () => {
    const messy = write("a.cassette.json", untidy());
    const tidy = write("b.cassette.json", read(HEALTH));
    const before = lstatSync(tidy);
    const { code, stdout } = await cassette("fmt", folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${messy}\n2 cassettes, 1 changed\n` });
    expect(read(messy)).toBe(read(HEALTH));
    expect(lstatSync(tidy).mtimeMs).toBe(before.mtimeMs);
    expect((await cassette("fmt", "--check", folder)).code).toBe(0);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("keeps the bytes of bodies and the spelling of numbers", async () => {
    const text = read(STREAMS);
    const file = write("s.cassette.json", `${JSON.stringify(null)}`);
    // Blanks between tokens, none within strings: the lexemes stay what they are.
    writeFileSync(file, text.replaceAll(/^ +/gm, "\t").replaceAll(/ \}(,?)$/gm, "}$1"));
    expect(read(file)).not.toBe(text);
    expect((await cassette("fmt", file)).code).toBe(0);
    expect(read(file)).toBe(text);
  });

  it("only says which differ with --check", async () => {
    const file = write("a.cassette.json", untidy());
    const { code, stdout } = await cassette("fmt", "--check", file);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `${file}: is not printed canonically\n1 cassette, 1 not canonical\n`,
    });
    expect(read(file)).toBe(untidy());
    const json = await cassette("fmt", "--check", "--json", file);
    expect(JSON.parse(json.stdout)).toEqual({ files: 1, changed: [file], check: true, refused: [] });
  });

  it("refuses a file that does not load, and leaves it as it is", async () => {
    const bad = write("bad.cassette.json", '{ "cassette": 1 }');
    const messy = write("messy.cassette.json", untidy());
    const { code, stderr } = await cassette("fmt", folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/bad\.cassette\.json:1:1.*not a cassette[\s\S]*fix: /);
    expect(read(bad)).toBe('{ "cassette": 1 }');
    expect(read(messy)).not.toBe(untidy());
    const json = JSON.parse((await cassette("fmt", "--json", bad)).stdout) as { refused: unknown[] };
    expect(json.refused).toEqual([expect.objectContaining({ file: bad, code: "schema", line: 1 })]);
  });

  it("writes through a link", async () => {
    const file = write("a.cassette.json", untidy());
    symlinkSync(file, path("link.cassette.json"));
    await cassette("fmt", path("link.cassette.json"));
    expect(lstatSync(path("link.cassette.json")).isSymbolicLink()).toBe(true);
    expect((await cassette("fmt", "--check", file)).code).toBe(0);
  });
});

describe("gatetape cassette diff", () => {
  const changed = (): string => {
    const text = read(STREAMS);
    return text.replace('"content": "Hello"', '"content": "Salut"').replace('"wait": 42', '"wait": 4200');
  };

  it("is silent about waits, and 0 for equal cassettes", async () => {
    const other = write("b.cassette.json", read(STREAMS).replaceAll(/"wait": \d+/g, '"wait": 1'));
    const { code, stdout } = await cassette("diff", STREAMS, other);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "0 added, 0 removed, 0 changed, 30 interactions equal\n",
    });
  });

  it("shows events, for people and for programs", async () => {
    const other = write("b.cassette.json", changed());
    const people = await cassette("diff", STREAMS, other);
    expect(people.code).toBe(1);
    expect(people.stdout).toBe(
      [
        "~ stream-include-usage  (POST /v1/chat/completions)",
        '    event 2/choices/0/delta/content: "Hello" -> "Salut"',
        "",
        "0 added, 0 removed, 1 changed, 29 interactions equal",
        "",
      ].join("\n"),
    );
    const programs = await cassette("diff", "--json", STREAMS, other);
    expect(JSON.parse(programs.stdout)).toMatchObject({
      differ: true,
      equal: 29,
      interactions: [
        { kind: "changed", changes: [{ part: "event", before: "Hello", after: "Salut" }], writes: [] },
      ],
    });
  });

  it("notes boundaries of writes apart, and lets them be where asked", async () => {
    const joined = read(STREAMS).replace('{ "wait": 60, "sse"', '{ "sse"');
    const other = write("b.cassette.json", joined);
    const { code, stdout } = await cassette("diff", STREAMS, other);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /writes \(HTTP chunks\):\n {6}\d+ writes, now \d+\n {6}event 1 no longer ends a write\n/,
    );
    expect((await cassette("diff", "--ignore-writes", STREAMS, other)).code).toBe(0);
  });

  it("compares two interactions, by name or number", async () => {
    const { code, stdout } = await cassette("diff", `${STREAMS}#stream-plain`, `${STREAMS}#4`);
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        "~ (POST /v1/chat/completions)",
        '    request body/model: "t-ok" -> "t-slow"',
        '    events 1-7/model: "ok" -> "slow"',
        "    event 7/usage/cost: 0.000009 -> 0",
        "",
        "0 added, 0 removed, 1 changed, 0 interactions equal",
        "",
      ].join("\n"),
    );
    expect((await cassette("diff", `${STREAMS}#stream-plain`, `${STREAMS}#3`)).code).toBe(0);
  });

  it("says what is wrong with what it was given", async () => {
    const half = await cassette("diff", STREAMS, `${STREAMS}#stream-plain`);
    expect(half).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/one of the two is a cassette[\s\S]*fix:/) as string,
    });
    const nobody = await cassette("diff", `${STREAMS}#nope`, `${STREAMS}#stream-plain`);
    expect(nobody).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no interaction "nope"') as string,
    });
    const nothing = await cassette("diff", STREAMS, path("none.cassette.json"));
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining("no such file") as string });
  });
});

describe("gatetape cassette split", () => {
  it("makes one cassette an interaction, that play what the whole one did", async () => {
    const { code, stdout } = await cassette("split", STREAMS, "--out", folder);
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toBe(`${path("stream-include-usage.cassette.json")}: 1 interaction`);
    const whole = loadLibrary({ ogl: "0.4.1", paths: [STREAMS] });
    const parts = loadLibrary({ ogl: "0.4.1", paths: [folder] });
    const all = (library: typeof whole): string[] =>
      library.entries.map(({ interaction }) => JSON.stringify(interaction)).toSorted();
    expect(all(parts)).toEqual(all(whole));
    expect((await cassette("lint", folder)).stdout).toContain("0 errors, 0 warnings");
  });

  it("makes one an operation", async () => {
    const { stdout } = await cassette(
      "split",
      "cassettes/0.4.1/models.cassette.json",
      "--out",
      folder,
      "--by",
      "operation",
      "--json",
    );
    const { files } = JSON.parse(stdout) as { files: { file: string; interactions: string[] }[] };
    expect(files.map(({ file }) => file)).toEqual(
      expect.arrayContaining([path("models.list.cassette.json"), path("models.get.cassette.json")]),
    );
    expect(files.reduce((sum, { interactions }) => sum + interactions.length, 0)).toBe(
      loadCassette("cassettes/0.4.1/models.cassette.json").cassette.interactions.length,
    );
  });

  it("replaces nothing unless it is told to, and writes nothing then", async () => {
    const file = write("stream-up-crlf.cassette.json", "mine");
    const refused = await cassette("split", STREAMS, "--out", folder);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/stream-up-crlf.*nothing was written[\s\S]*--force/) as string,
    });
    expect(readdirSync(folder)).toHaveLength(1);
    expect(read(file)).toBe("mine");
    expect((await cassette("split", STREAMS, "--out", folder, "--force")).code).toBe(0);
    expect(read(file)).not.toBe("mine");
  });

  it("refuses a file for a folder", async () => {
    const { code, stderr } = await cassette("split", STREAMS, "--out", write("out", "mine"));
    expect(code).toBe(2);
    expect(stderr).toMatch(/out: is a file\n {2}fix: /);
  });

  it("takes side files along, and keeps the order of a sequence", async () => {
    const bytes = Buffer.from([0, 255, 1]);
    const hash = createHash("sha256").update(bytes).digest("hex");
    mkdirSync(path("files"));
    writeFileSync(path(`files/${hash}`), bytes);
    const one = (name: string, body: object[]): object => ({
      name,
      request: { method: "GET", target: "/v1/x" },
      match: { play: "sequence" },
      response: { status: 404, framing: "length", headers: [["content-length", null]], body },
      waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
    });
    const about = { title: "t", origin: "written", ogl: "0.4.5" };
    const source = {
      cassette: 1,
      about,
      interactions: [one("z first", [{ file: hash }]), one("a/second", [{ text: "2" }])],
    };
    const file = write("x.cassette.json", JSON.stringify(source));
    const out = path("out");
    expect((await cassette("split", file, "--out", out)).code).toBe(0);
    expect(readdirSync(out)).toEqual(["1-z-first.cassette.json", "2-a-second.cassette.json", "files"]);
    const { entries } = loadLibrary({ ogl: "0.4.5", paths: [out] });
    expect(entries.map(({ interaction }) => interaction.name)).toEqual(["z first", "a/second"]);
    expect(entries[0]?.script.ops[0]).toMatchObject({ op: "write", bytes });
  });
});

describe("names of files", () => {
  it.each<[string[], string[]]>([
    [
      ["a", "A", "a"],
      ["a", "A-2", "a-3"],
    ],
    [
      ["../../etc/passwd", "/", ".", ""],
      ["etc-passwd", "_", "_-2", "_-3"],
    ],
    [
      ["con", "COM1.x", "console"],
      ["_con", "_COM1.x", "console"],
    ],
    [
      ["GET /v1/models?x=1", "é\u0000\n'$(rm)`"],
      ["GET-v1-models-x-1", "e-rm"],
    ],
    [["x".repeat(300)], ["x".repeat(80)]],
  ])("for %j are safe and different", (titles, names) => {
    expect(fileNames(titles)).toEqual(names);
  });
});

describe("gatetape cassette scrub", () => {
  const RULES = { rules: [{ id: "city", pattern: "Paris", prefix: "city" }] };
  const CHAT = "cassettes/0.4.5/written-chat.cassette.json";

  it("replaces in several files by one numbering, and says where, not what", async () => {
    const rules = write("rules.json", JSON.stringify(RULES));
    cpSync(CHAT, path("a.cassette.json"));
    const leaky = write("b.cassette.json", read(HEALTH).replace('"green"', '"user.name@mail.example.com"'));
    const check = await cassette("scrub", folder, "--rules", rules, "--check");
    expect(check.code).toBe(1);
    expect(check.stdout).toContain(
      `${leaky} at /interactions/0/response/body/0/json/data/0/status: email would become user-1@example.org`,
    );
    expect(read(leaky)).toContain("user.name");
    const { code, stdout } = await cassette("scrub", folder, "--rules", rules);
    expect(code).toBe(0);
    expect(stdout).toMatch(/2 cassettes, \d+ secrets replaced\n$/);
    expect(stdout).not.toMatch(/user\.name|Paris/);
    expect(read(path("a.cassette.json"))).toContain("city-1");
    expect(read(path("a.cassette.json")) + read(leaky)).not.toMatch(/Paris|user\.name/);
    expect(loadCassette(path("a.cassette.json")).cassette.about.sanitized).toContain("city");
    expect((await cassette("scrub", folder, "--rules", rules, "--check", "--json")).stdout).toBe(
      `${JSON.stringify({ files: 2, check: true, replaced: [], findings: [], sideFiles: [] })}\n`,
    );
    expect(readdirSync(folder).toSorted()).toEqual(["a.cassette.json", "b.cassette.json", "rules.json"]);
  });

  it("writes nothing if one of the files would not load any more", async () => {
    const rules = write("rules.json", JSON.stringify({ rules: [{ id: "r", pattern: "/v1", prefix: "r" }] }));
    cpSync(CHAT, path("z.cassette.json"));
    const first = write("a.cassette.json", read(HEALTH).replace('"green"', '"user.name@mail.example.com"'));
    const { code, stderr } = await cassette("scrub", folder, "--rules", rules);
    expect(code).toBe(2);
    expect(stderr).toMatch(/would not load/);
    expect(read(first)).toContain("user.name");
    expect(read(path("z.cassette.json"))).toBe(read(CHAT));
  });

  it("refuses rules that are none, and a cassette that is wrong in another way", async () => {
    const rules = write("rules.json", '{ "rules": [\n{ "id": "x", "pattern": "(", "prefix": "x" }] }');
    const broken = await cassette("scrub", CHAT, "--rules", rules);
    expect(broken).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/rules\.json:2:\d+ at \/rules\/0\/pattern: /) as string,
    });
    const none = await cassette("scrub", CHAT, "--rules", path("none.json"));
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("no such file") as string });
    const wrong = write(
      "w.cassette.json",
      read(HEALTH).replace('"green"', '"a@b.example"').replace('"status": 200', '"status": 299'),
    );
    const refused = await cassette("scrub", wrong);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("/response/status") as string });
    expect(refused.stderr).not.toContain("a@b.example");
  });
});

describe("gatetape cassette export and import of a HAR", () => {
  it("give the same file again", async () => {
    const har = path("x.har");
    const out = await cassette("export", STREAMS, "--out", har);
    expect(out).toMatchObject({ code: 0, stdout: `${har}: 30 entries of 30 interactions\n` });
    expect(harProblems(JSON.parse(read(har)))).toEqual([]);
    const again = path("again.cassette.json");
    const { code, stdout } = await cassette("import", har, "--out", again);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${again}: 30 interactions; replaced: authorization; waivers: 13\nfrom a HAR by gatetape ${VERSION}; of 127.0.0.1:4010\n`,
    });
    expect(read(again)).toBe(read(STREAMS));
    const other = await cassette(
      "import",
      har,
      "--out",
      again,
      "--force",
      "--title",
      "mine",
      "--only",
      "stream-plain",
      "--json",
    );
    expect(JSON.parse(other.stdout)).toMatchObject({
      interactions: 1,
      exact: 1,
      host: "127.0.0.1:4010",
      adjusted: [],
    });
    expect(loadCassette(again).cassette.about.title).toBe("mine");
  });

  it("say what was adjusted and left out, and import what the extension does not name", async () => {
    const entry = {
      startedDateTime: "2026-11-20T10:00:00.000Z",
      request: {
        method: "GET",
        url: "https://llm.example.org/v1/models",
        headers: [{ name: ":path", value: "/v1/models" }],
      },
      response: {
        status: 200,
        headers: [{ name: "content-type", value: "application/json" }],
        content: { mimeType: "application/json", text: '{"object":"list","data":[]}' },
      },
    };
    const style = { ...entry, request: { ...entry.request, url: "https://cdn.example.org/a.css" } };
    const file = write("saved.txt", JSON.stringify({ log: { entries: [entry, style] } }));
    const out = path("o.cassette.json");
    const { code, stdout } = await cassette("import", file, "--from", "har", "--out", out);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "entry 1: request headers of HTTP/2 left out: :path",
        "entry 1: content-length added: nothing framed the body, as in HTTP/2",
        `${out}: 1 interaction; replaced: nothing; waivers: 0`,
        "from a HAR; of llm.example.org; passed over: 1 (another host)",
        "",
      ].join("\n"),
    );
    expect(printCassette(loadCassette(out).cassette)).toBe(read(out));
  });

  it("refuse what they can't use, and write nothing", async () => {
    const out = path("o.cassette.json");
    const file = write(
      "x.har",
      '{"log":{"entries":[{"request":{"method":"GET","url":"http://a.example/v1/x"},"response":{"status":0}}]}}',
    );
    const empty = await cassette("import", file, "--out", out);
    expect(empty).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /at \/log\/entries\/0\/response\/status: left out: has no response\n {2}fix: [\s\S]*nothing was written/,
      ) as string,
    });
    const host = await cassette("import", file, "--out", out, "--host", "b.example");
    expect(host).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no request went to b\.example[\s\S]*a\.example \(1\)/) as string,
    });
    const lines = await cassette("import", "test/captures/models.jsonl", "--out", out, "--host", "b.example");
    expect(lines).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("do not say their host") as string,
    });
    for (const args of [
      ["--out", path("x.json")],
      ["--out", file],
      ["--out", path("y.har"), "--base", "http://x/y"],
    ]) {
      const refused = await cassette("export", HEALTH, ...args);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/fix: /) as string });
    }
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder)).toEqual(["x.har"]);
  });
});
