import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CassetteError } from "../../src/cassette/format/cassette-error.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { loadLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { createMock } from "../../src/mock/mock.ts";
import { problemsOf } from "../../src/util/errors.ts";
import { cpuMs } from "../support/cpu.ts";
import { scaledCases } from "../support/scaled.ts";
import { growth } from "../support/growth.ts";
import { HANG_MS } from "../support/limits.ts";
import { temporaryFolder } from "../support/tmp.ts";

const root = temporaryFolder("hostile");

/** What no cassette may ever make gatetape read or tell. */
const OUTSIDE = join(root, "outside");
mkdirSync(OUTSIDE);
writeFileSync(join(OUTSIDE, "passwd"), "root:x:0:0:the content of a file outside\n");

let count = 0;
const newFolder = (): string => {
  const folder = join(root, `tape-${count++}`);
  mkdirSync(folder);
  return folder;
};
function fileOf(content: string | Uint8Array): string {
  const file = join(newFolder(), "x.cassette.json");
  writeFileSync(file, content);
  return file;
}

/** CPU time (ms). Each of these takes a few ms; this only says that none of them takes for ever. */
const SOON = 10_000;

interface Seen {
  readonly error: unknown;
  /** CPU time. */
  readonly ms: number;
  /** Paths that were opened. */
  readonly opened: string[];
}

/** Runs something and notes what it opens and writes: node:fs itself is watched, nothing of gatetape is replaced. */
function watch(run: () => unknown): Seen {
  const opened: string[] = [];
  const watched = [
    "readFileSync",
    "openSync",
    "writeFileSync",
    "appendFileSync",
    "mkdirSync",
    "rmSync",
    "renameSync",
    "createReadStream",
    "createWriteStream",
    "readFile",
    "writeFile",
  ] as const;
  const table = fs as unknown as { default: Record<string, unknown> };
  const originals = watched.map(
    (name) => [name, table.default[name] as (...args: unknown[]) => unknown] as const,
  );
  for (const [name, original] of originals) {
    table.default[name] = (...args: unknown[]): unknown => {
      opened.push(String(args[0]));
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  let error: unknown;
  const ms = cpuMs(() => {
    try {
      run();
    } catch (thrown) {
      error = thrown;
    }
  });
  for (const [name, original] of originals) table.default[name] = original;
  syncBuiltinESMExports();
  return { error, ms, opened };
}

interface Expected {
  readonly code: string;
  readonly says: RegExp;
  /** A line; `some` for any; none where the file as a whole is wrong. */
  readonly line?: number | "some";
  /** The place is there or below it. */
  readonly pointer?: string;
}

/** What is wrong with the refusal of a file: it has to tell a person file, place, reason and fix, and touch nothing. */
function complaints(
  file: string,
  { code, says, line, pointer }: Expected,
  run: () => unknown = () => loadCassette(file),
): string[] {
  const before = treeOf(dirname(file));
  const { error, ms, opened } = watch(run);
  if (!(error instanceof CassetteError)) return [`${String(error)} is no CassetteError`];
  const { message, location } = error;
  const strange = opened.filter(
    (path) => !path.startsWith(dirname(file)) && !/node_modules|\/spec\//.test(path),
  );
  return [
    ...(error.code === code ? [] : [`code is ${error.code}: ${message}`]),
    ...(says.test(message) ? [] : [`says ${message}`]),
    ...(message.startsWith(file) && location.file === file
      ? []
      : [`does not begin with the file: ${message}`]),
    ...(/: .+\n {2}fix: .+$/s.test(message) ? [] : [`has no reason or no fix: ${message}`]),
    ...(line === undefined || (line === "some" ? (location.line ?? 0) > 0 : location.line === line)
      ? []
      : [`line is ${location.line}: ${message}`]),
    ...(pointer === undefined || location.pointer === pointer || location.pointer?.startsWith(`${pointer}/`)
      ? []
      : [`pointer is ${location.pointer}: ${message}`]),
    ...(message.includes("the content of a file outside") ? ["tells what is in another file"] : []),
    ...(ms < SOON ? [] : [`took ${Math.round(ms)} ms`]),
    ...strange.map((path) => `touched ${path}`),
    ...(JSON.stringify(treeOf(dirname(file))) === JSON.stringify(before) ? [] : ["changed the folder"]),
  ];
}

function treeOf(folder: string): unknown {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const stat = fs.lstatSync(join(folder, entry.name));
    return [entry.name, stat.size, stat.mtimeMs];
  });
}

const ABOUT = { title: "t", origin: "written", ogl: "0.4.5" };
const WAIVERS = [{ pointer: "", reason: "not about the OpenAPI" }];
const REQUEST = { method: "GET", target: "/v1/x" };
const RESPONSE = {
  status: 200,
  framing: "length",
  headers: [["content-length", null]],
  body: [{ text: "x" }],
};
type Part = Record<string, unknown>;
const INTERACTION: Part = { name: "n", request: REQUEST, response: RESPONSE, waivers: WAIVERS };
const cassette = (interaction: Part = {}, top: Part = {}): string =>
  JSON.stringify(
    { cassette: 1, about: ABOUT, interactions: [{ ...INTERACTION, ...interaction }], ...top },
    null,
    1,
  );
const JSON_TYPE = [["content-type", "application/json"]];
const withRequest = (more: Part): string => cassette({ request: { ...REQUEST, ...more } });
const withResponse = (more: Part): string => cassette({ response: { ...RESPONSE, ...more } });
const withElement = (element: Part): string => withResponse({ body: [element] });

/** What a mock with that cassette answers to a JSON body. */
async function statusOf(file: string, body: string): Promise<number> {
  const { gateway } = createMock({ cassettes: [file], world: "off", policy: "observe" });
  const request = new Request("http://mock/v1/x", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return (await gateway.fetch(request)).status;
}

it("the cassette that all others here are made from is good", () => {
  expect(loadCassette(fileOf(cassette())).cassette.interactions).toHaveLength(1);
});

describe("a file that is no JSON", () => {
  it.each<[string, string | Uint8Array, number, RegExp]>([
    ["empty", "", 1, /ends before the JSON does/],
    ["blank", "\n\n  \n", 4, /ends before the JSON does/],
    ["with a comment", `{\n// why\n"cassette": 1}`, 2, /no comments/],
    ["with a block comment", `{ /* why */ "cassette": 1}`, 1, /no comments/],
    ["with a trailing comma", `{\n"cassette": 1,\n}`, 3, /not JSON/],
    ["with a trailing comma in an array", `{\n"interactions": [\n1,\n]}`, 4, /not JSON/],
    ["with single quotes", `{\n'cassette': 1}`, 2, /not JSON/],
    ["with something after its end", `${cassette()}\n}`, cassette().split("\n").length + 1, /not JSON/],
    ["with NUL bytes between", `{\n"cassette":\0 1}`, 2, /not JSON/],
    ["with a NUL byte in a string", `{\n"cassette": "\0"}`, 2, /not JSON|control character/i],
    ["with a line break in a string", `{\n"cassette": "a\nb"}`, 2, /not JSON|control character/i],
    ["with a tab in a string", `{\n"cassette": "a\tb"}`, 2, /not JSON|control character/i],
    ["with a bad escape", `{\n"cassette": "\\x"}`, 2, /not JSON/],
    ["with half an escape", `{\n"cassette": "\\u12"}`, 2, /not JSON/],
    ["with a number that is none", `{\n"cassette": 01}`, 2, /not JSON|number/i],
    ["with NaN", `{\n"cassette": NaN}`, 2, /not JSON/],
    ["with a plus", `{\n"cassette": +1}`, 2, /not JSON/],
    ["of a lone word", "\nhello", 2, /not JSON/],
    ["of NUL bytes alone", new Uint8Array(64), 1, /not JSON/],
  ])("%s", (_, content, line, says) => {
    expect(complaints(fileOf(content), { code: "not-json", says, line })).toEqual([]);
  });

  it("cut anywhere", () => {
    const whole = cassette();
    for (let size = 1; size < whole.length; size += 7) {
      expect(
        complaints(fileOf(whole.slice(0, size)), { code: "not-json", says: /not JSON/, line: "some" }),
      ).toEqual([]);
    }
  });

  it.each<[string, Uint8Array, number]>([
    ["a byte that is never UTF-8", Buffer.from(cassette().replace('"t"', '"\xff"'), "latin1"), 4],
    [
      "a character cut at the end of the file",
      Buffer.concat([Buffer.from(cassette()), Buffer.from([0xe2, 0x82])]),
      cassette().split("\n").length,
    ],
    ["UTF-16", Buffer.from(`\uFEFF${cassette()}`, "utf16le"), 1],
  ])("not UTF-8: %s", (_, content, line) => {
    expect(complaints(fileOf(content), { code: "not-utf8", says: /not UTF-8/, line })).toEqual([]);
  });

  it("may begin with a BOM", () => {
    expect(loadCassette(fileOf(`\uFEFF${cassette()}`)).cassette.cassette).toBe(1);
  });
});

describe("a file that nests too deep", () => {
  it.each<[string, string]>([
    ["5000 arrays", `{\n"a": ${"[".repeat(5000)}${"]".repeat(5000)}}`],
    ["5000 objects", `{\n"a": ${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`],
    ["a million arrays without end", `{\n"a": ${"[".repeat(1_000_000)}`],
  ])("%s", (_, content) => {
    expect(
      complaints(fileOf(content), { code: "too-deep", says: /deeper than \d+ levels/, line: 2 }),
    ).toEqual([]);
  });

  it("as a body that may be: 400 levels are read and printed again", () => {
    const file = fileOf(
      cassette({ request: { ...REQUEST, json: JSON.parse("[".repeat(400) + "]".repeat(400)) as unknown } }),
    );
    expect(printCassette(loadCassette(file).cassette)).toContain("[ [ ".trim().replace(" ", ""));
  });
});

describe("a key that stands twice", () => {
  it.each<[string, string, number]>([
    ["at the top", `{\n"cassette": 1,\n"cassette": 1}`, 3],
    ["in a body", `{"interactions": [{"request": {"json":\n{"a": 1,\n"a": 2}}}]}`, 3],
    ["under another spelling", `{\n"a": 1, "\\u0061": 2}`, 2],
    ["__proto__", `{\n"__proto__": 1,\n"__proto__": 2}`, 3],
  ])("%s", (_, content, line) => {
    expect(complaints(fileOf(content), { code: "duplicate-key", says: /stands twice/, line })).toEqual([]);
  });
});

describe("a file of another format", () => {
  it.each([2, 3, 1000])("of version %d", (version) => {
    expect(
      complaints(fileOf(cassette({}, { cassette: version, more: { to: ["come"] } })), {
        code: "newer-version",
        says: new RegExp(`version ${version}.*fix: update gatetape`, "s"),
        line: 2,
        pointer: "/cassette",
      }),
    ).toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    ["null", "null", "", /must be object/],
    ["an array", "[]", "", /must be object/],
    ["a string", '"cassette"', "", /must be object/],
    ["a number", "1", "", /must be object/],
    ["an empty object", "{}", "", /required property/],
    ["version 0", cassette({}, { cassette: 0 }), "/cassette", /must be 1/],
    ["version 1.5", cassette({}, { cassette: 1.5 }), "/cassette", /version 1\.5|must be 1/],
    ['version "1"', cassette({}, { cassette: "1" }), "/cassette", /must be 1/],
    ["an unknown member", cassette({}, { extra: 1 }), "", /unknown member "extra"/],
    [
      "an unknown member of an interaction",
      cassette({ reqest: {} }),
      "/interactions/0",
      /unknown member "reqest"/,
    ],
    [
      "an unknown OGL",
      cassette({}, { about: { ...ABOUT, ogl: "9.9.9" } }),
      "/about/ogl",
      /"0\.4\.1","0\.4\.5"/,
    ],
    ["interactions that are an object", cassette({}, { interactions: {} }), "/interactions", /must be array/],
    [
      "an interaction that is null",
      cassette({}, { interactions: [null] }),
      "/interactions/0",
      /must be object/,
    ],
    ["a method with a blank", withRequest({ method: "GET /" }), "/interactions/0/request/method", /pattern/],
    [
      "a method with a line break",
      withRequest({ method: "GET\r\nX: y" }),
      "/interactions/0/request/method",
      /pattern/,
    ],
    [
      "a target that is a URL",
      withRequest({ target: "http://x/v1" }),
      "/interactions/0/request/target",
      /pattern/,
    ],
    ["two bodies", withRequest({ json: 1, text: "1" }), "/interactions/0/request", /.+/],
    ["a status of text", withResponse({ status: "200" }), "/interactions/0/response/status", /integer/],
    ["a status of 99", withResponse({ status: 99 }), "/interactions/0/response/status", />= 200/],
    [
      "a header with a line break",
      withResponse({
        headers: [
          ["content-length", null],
          ["x", "a\r\nb: c"],
        ],
      }),
      "/interactions/0/response/headers/1/1",
      /.+/,
    ],
    [
      "a header name with a colon",
      withResponse({ headers: [["x:", "a"]] }),
      "/interactions/0/response/headers/0/0",
      /pattern/,
    ],
    [
      "a header of three",
      withResponse({ headers: [["x", "a", "b"]] }),
      "/interactions/0/response/headers/0",
      /2 items/,
    ],
    [
      "a reason with a line break",
      withResponse({ reason: "OK\r\nX: y" }),
      "/interactions/0/response/reason",
      /pattern/,
    ],
    [
      "an interim reason with a line break",
      withResponse({ informational: [{ status: 103, reason: "Hi\r\nX: y" }] }),
      "/interactions/0/response/informational/0/reason",
      /pattern/,
    ],
    [
      "a wait of text",
      withElement({ wait: "1", text: "x" }),
      "/interactions/0/response/body/0/wait",
      /number/,
    ],
    ["a negative wait", withElement({ wait: -1, text: "x" }), "/interactions/0/response/body/0/wait", />= 0/],
    [
      "a wait that no timer takes",
      withElement({ wait: 2 ** 31, text: "x" }),
      "/interactions/0/response/body/0/wait",
      /<= 2147483647/,
    ],
    [
      "a wait beyond numbers",
      cassette().replace('"text": "x"', '"text": "x", "wait": 1e400'),
      "/interactions/0/response/body/0/wait",
      /.+/,
    ],
    [
      "an element of two spellings",
      withElement({ text: "x", hex: "00" }),
      "/interactions/0/response/body/0",
      /exactly one of/,
    ],
    ["an element of none", withElement({ wait: 1 }), "/interactions/0/response/body/0", /exactly one of/],
    ["half a byte of hex", withElement({ hex: "abc" }), "/interactions/0/response/body/0/hex", /pattern/],
    [
      "an unknown end",
      withResponse({ end: { how: "explode" } }),
      "/interactions/0/response/end/how",
      /must be one of/,
    ],
    [
      "no head, and a complete end",
      cassette({ response: { end: { how: "complete" } } }),
      "/interactions/0/response",
      /.+/,
    ],
    [
      "a computed header that is none",
      withResponse({
        headers: [
          ["content-length", null],
          ["server", null],
        ],
      }),
      "/interactions/0/response/headers/1",
      /server can't be computed/,
    ],
    [
      "chunked without its header",
      withResponse({ framing: "chunked" }),
      "/interactions/0/response/framing",
      /Transfer-Encoding/,
    ],
    [
      "a pointer without its slash",
      cassette({ match: { ignore: ["seed"] } }),
      "/interactions/0/match/ignore/0",
      /pattern/,
    ],
    ["an empty name", cassette({ name: "" }), "/interactions/0/name", /1 character/],
  ])("%s", (_, content, pointer, says) => {
    const code = content.includes('"cassette": 1.5') ? "newer-version" : "schema";
    expect(complaints(fileOf(content), { code, says, line: "some", pointer })).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["at the top", cassette().replace("{", '{"__proto__": {"polluted": 1},'), ""],
    ["in about", cassette().replace('"title"', '"__proto__": {"polluted": 1}, "title"'), "/about"],
    [
      "in a response",
      cassette().replace('"status"', '"__proto__": {"status": 500}, "status"'),
      "/interactions/0/response",
    ],
    [
      "in a match",
      cassette({ match: { play: "once" } }).replace('"play"', '"__proto__": {"body": "subset"}, "play"'),
      "/interactions/0/match",
    ],
  ])("a member __proto__ %s", (_, content, pointer) => {
    expect(
      complaints(fileOf(content), { code: "schema", says: /unknown member "__proto__"/, pointer }),
    ).toEqual([]);
    expect("polluted" in {}).toBe(false);
  });

  it("a key __proto__ in a body is a key like others", async () => {
    const file = fileOf(
      cassette({ request: { ...REQUEST, method: "POST", headers: JSON_TYPE, json: "HERE" } }).replace(
        '"HERE"',
        '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
      ),
    );
    expect(printCassette(loadCassette(file).cassette)).toContain('"__proto__": { "polluted": 1 }');
    const same = '{"constructor":{"prototype":{"polluted":1}},"__proto__":{"polluted":1}}';
    expect([await statusOf(file, '{"__proto__":{"polluted":2}}'), await statusOf(file, same)]).toEqual([
      400, 200,
    ]);
    expect("polluted" in {}).toBe(false);
  });

  it("a rule that ignores what every object inherits takes nothing from objects", async () => {
    const inherited = [
      [Object.prototype, "propertyIsEnumerable"],
      [Array.prototype, "copyWithin"],
      [Array, "of"],
    ] as const;
    const saved = inherited.map(
      ([owner, key]) => Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor,
    );
    const ignore = ["/__proto__/propertyIsEnumerable", "/list/__proto__/copyWithin", "/list/constructor/of"];
    const file = fileOf(
      cassette({
        request: { ...REQUEST, method: "POST", headers: JSON_TYPE, json: { list: [] } },
        match: { ignore },
      }),
    );
    const status = await statusOf(file, '{"list":[]}').catch((error: unknown) => error);
    const lost = inherited.flatMap(([owner, key]) => (Object.hasOwn(owner, key) ? [] : [key]));
    for (const [i, [owner, key]] of inherited.entries())
      Object.defineProperty(owner, key, saved[i] as PropertyDescriptor);
    expect([lost, status]).toEqual([[], 200]);
  });
});

describe("a side file", () => {
  const bytes = Buffer.from("the body");
  const hash = createHash("sha256").update(bytes).digest("hex");
  const withFile = (name: string): string => fileOf(withElement({ file: name }));
  const filesOf = (file: string): string => {
    const folder = join(dirname(file), "files");
    mkdirSync(folder);
    return folder;
  };

  it("named by its hash is read", () => {
    const file = withFile(hash);
    writeFileSync(join(filesOf(file), hash), bytes);
    expect(Buffer.from(loadCassette(file).readSideFile(hash)).toString()).toBe("the body");
  });

  it.each([
    "../../etc/passwd",
    "../outside/passwd",
    "/etc/passwd",
    "files/../../x",
    `../${hash}`,
    `${hash}/../x`,
    hash.toUpperCase(),
    "",
    ".",
    `${hash}\0`,
  ])("named %j is none", (name) => {
    const file = withFile(name);
    filesOf(file);
    expect(
      complaints(file, {
        code: "schema",
        says: /pattern/,
        pointer: "/interactions/0/response/body/0/file",
      }),
    ).toEqual([]);
  });

  it.each<[string, RegExp, (folder: string) => void]>([
    ["is not there", /is not in/, () => {}],
    ["has another content", /another hash/, (folder) => writeFileSync(join(folder, hash), "other")],
    [
      "is a link that leads out",
      /leads out/,
      (folder) => symlinkSync(join(OUTSIDE, "passwd"), join(folder, hash)),
    ],
    [
      "is a link that leads nowhere",
      /is not in/,
      (folder) => symlinkSync(join(OUTSIDE, "nothing"), join(folder, hash)),
    ],
    ["is a link to itself", /.+/, (folder) => symlinkSync(hash, join(folder, hash))],
    ["is a folder", /.+/, (folder) => mkdirSync(join(folder, hash))],
  ])("that %s", (_, says, prepare) => {
    const file = withFile(hash);
    prepare(filesOf(file));
    expect(
      complaints(file, { code: "side-file", says, line: "some", pointer: "/interactions/0/response/body/0" }),
    ).toEqual([]);
  });

  it("that has a gigabyte is refused before it is read", () => {
    const file = withFile(hash);
    const big = join(filesOf(file), hash);
    writeFileSync(big, "");
    truncateSync(big, 2 ** 30);
    expect(
      complaints(file, { code: "side-file", says: /1024 MiB, the limit is 64 MiB/, line: "some" }),
    ).toEqual([]);
    expect(watch(() => loadCassette(file)).opened).not.toContain(big);
  });

  it("in a folder that is a link leading out is not read", () => {
    const file = withFile(hash);
    writeFileSync(join(OUTSIDE, hash), bytes);
    symlinkSync(OUTSIDE, join(dirname(file), "files"));
    expect(complaints(file, { code: "side-file", says: /leads out/ })).toEqual([]);
  });

  it("that is a pipe does not hang the start", () => {
    const file = withFile(hash);
    expect(spawnSync("mkfifo", [join(filesOf(file), hash)]).status).toBe(0);
    expect(inProcess(file)).toContain("CassetteError side-file");
  });

  it("with a secret in it is a leak", () => {
    const secret = Buffer.from("x sk-abcdefgh12345678 y");
    const name = createHash("sha256").update(secret).digest("hex");
    const file = withFile(name);
    writeFileSync(join(filesOf(file), name), secret);
    expect(
      complaints(file, { code: "leak", says: /API key/, pointer: "/interactions/0/response/body/0" }),
    ).toEqual([]);
  });
});

/** Loads in a process of its own, for what may hang; gives what it printed. */
function inProcess(path: string): string {
  const source = `
    import { loadLibrary } from ${JSON.stringify(new URL("../../src/cassette/library/library.ts", import.meta.url).href)};
    try { loadLibrary({ ogl: "0.4.5", paths: [process.argv[1]] }); console.log("loaded"); } catch (error) { console.log(error.name, error.code, error.message); }`;
  const { stdout, signal } = spawnSync(process.execPath, ["--input-type=module", "-e", source, path], {
    timeout: HANG_MS,
    killSignal: "SIGKILL",
    encoding: "utf8",
  });
  return signal === null ? stdout : `killed: ${signal}`;
}

describe("a path", () => {
  it("that has a sparse gigabyte is refused before it is read", () => {
    const file = fileOf("{");
    truncateSync(file, 2 ** 30);
    expect(complaints(file, { code: "too-large", says: /1024 MiB.*64 MiB/s })).toEqual([]);
    const { opened } = watch(() => loadCassette(file));
    expect(opened.filter((path) => path === file)).toEqual([]);
  });

  it("that is a folder named like a cassette", () => {
    const file = join(newFolder(), "x.cassette.json");
    mkdirSync(file);
    expect(complaints(file, { code: "unreadable", says: /is not a file/ })).toEqual([]);
    expect(
      complaints(file, { code: "unreadable", says: /is not a file/ }, () =>
        loadLibrary({ ogl: "0.4.5", paths: [dirname(file)] }),
      ),
    ).toEqual([]);
  });

  it("that is not there", () => {
    const file = join(newFolder(), "none.cassette.json");
    expect(complaints(file, { code: "not-found", says: /no such file/ })).toEqual([]);
    expect(
      complaints(file, { code: "not-found", says: /no such file/ }, () =>
        loadLibrary({ ogl: "0.4.5", paths: [file] }),
      ),
    ).toEqual([]);
  });

  it.each<[string, (file: string) => void]>([
    ["a link to itself", (file) => symlinkSync("x.cassette.json", file)],
    ["a link to nothing", (file) => symlinkSync("nothing", file)],
  ])("that is %s", (_, make) => {
    const file = join(newFolder(), "x.cassette.json");
    make(file);
    expect(complaints(file, { code: "not-found", says: /no such file/ })).toEqual([]);
    expect(
      complaints(file, { code: "not-found", says: /no such file/ }, () =>
        loadLibrary({ ogl: "0.4.5", paths: [file] }),
      ),
    ).toEqual([]);
    expect(
      complaints(file, { code: "not-found", says: /.+/ }, () =>
        loadLibrary({ ogl: "0.4.5", paths: [dirname(file)] }),
      ),
    ).toEqual([]);
  });

  it("with a NUL byte", () => {
    const file = join(newFolder(), "x\0.cassette.json");
    expect(complaints(file, { code: "not-found", says: /no such file/ })).toEqual([]);
    expect(
      complaints(file, { code: "not-found", says: /no such file/ }, () =>
        loadLibrary({ ogl: "0.4.5", paths: [file] }),
      ),
    ).toEqual([]);
  });

  it("that is a pipe", () => {
    const file = join(newFolder(), "x.cassette.json");
    expect(spawnSync("mkfifo", [file]).status).toBe(0);
    expect(inProcess(dirname(file))).toContain("CassetteError unreadable");
  });

  it.skipIf(process.getuid?.() === 0)("that may not be read (skipped for root, who may read all)", () => {
    const file = fileOf(cassette());
    chmodSync(file, 0);
    expect(complaints(file, { code: "unreadable", says: /can't be read/ })).toEqual([]);
  });
});

describe("a folder", () => {
  it("with a link to a cassette outside", () => {
    const outside = join(OUTSIDE, "real.cassette.json");
    writeFileSync(outside, cassette());
    const file = join(newFolder(), "link.cassette.json");
    symlinkSync(outside, file);
    expect(
      complaints(file, { code: "outside-folder", says: /leads out of/ }, () =>
        loadLibrary({ ogl: "0.4.5", paths: [dirname(file)] }),
      ),
    ).toEqual([]);
    // Named by itself it is what the user asked for.
    expect(loadLibrary({ ogl: "0.4.5", paths: [file] }).entries).toHaveLength(1);
  });

  it("with a link to a folder outside", () => {
    const folder = newFolder();
    const outside = newFolder();
    writeFileSync(join(outside, "a.cassette.json"), cassette());
    symlinkSync(outside, join(folder, "link"));
    expect(
      complaints(join(folder, "link"), { code: "outside-folder", says: /leads out of.*fix: name/s }, () =>
        loadLibrary({ ogl: "0.4.5", paths: [folder] }),
      ),
    ).toEqual([]);
    // Named by itself it is what the user asked for.
    expect(loadLibrary({ ogl: "0.4.5", paths: [outside] }).files).toHaveLength(1);
  });

  it("with links to what is in it has each cassette once", () => {
    const folder = newFolder();
    mkdirSync(join(folder, "b"));
    writeFileSync(join(folder, "b", "x.cassette.json"), cassette());
    symlinkSync("b", join(folder, "a"));
    symlinkSync(join("b", "x.cassette.json"), join(folder, "y.cassette.json"));
    symlinkSync(join(OUTSIDE, "passwd"), join(folder, "b", "notes.txt"));
    symlinkSync("nowhere", join(folder, "b", "broken.txt"));
    expect(loadLibrary({ ogl: "0.4.5", paths: [folder] }).files).toEqual([
      join(folder, "b", "x.cassette.json"),
    ]);
  });

  it("with links that go round and round is searched once", () => {
    const folder = newFolder();
    writeFileSync(join(folder, "a.cassette.json"), cassette());
    for (const name of ["one", "two", "three"]) symlinkSync(".", join(folder, name));
    expect(inProcess(folder)).toBe("loaded\n");
  });

  it("given twice is loaded once", () => {
    const file = fileOf(cassette());
    const folder = dirname(file);
    expect(
      loadLibrary({ ogl: "0.4.5", paths: [folder, file, `${folder}/`, `${folder}/./x.cassette.json`] })
        .entries,
    ).toHaveLength(1);
  });

  it("with other files leaves them alone", () => {
    const file = fileOf(cassette());
    writeFileSync(join(dirname(file), "notes.json"), "{");
    const { error, opened } = watch(() => loadLibrary({ ogl: "0.4.5", paths: [dirname(file)] }));
    expect(error).toBeUndefined();
    expect(opened.filter((path) => path.includes("notes"))).toEqual([]);
  });
});

const KEY = "sk-abcdefgh12345678";
const OGL_KEY = `sk-eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoxfQ.${"c2lnbmF0dXJl".repeat(3)}`;
const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoxfQ.${"c2lnbmF0dXJl".repeat(3)}`;
const MAIL = "jane.doe+tag@corp.example.com";
const SECRETS: [string, string, RegExp][] = [
  ["an API key", KEY, /an API key/],
  ["a key of OGL", OGL_KEY, /an API key/],
  ["a JWT", JWT, /JSON Web Token/],
  ["an e-mail address", MAIL, /e-mail/],
];

describe.each(SECRETS)("%s in the clear", (_, secret, says) => {
  const half = Math.floor(secret.length / 2);
  const sse = { wait: 0, sse: { a: `see ${secret}, please` } };
  it.each<[string, string, string]>([
    ["the target's path", withRequest({ target: `/v1/x/${secret}/y` }), "/interactions/0/request/target"],
    [
      "the target's query",
      withRequest({ target: `/v1/x?a=${secret}&b=1` }),
      "/interactions/0/request/target",
    ],
    [
      "the target, escaped",
      withRequest({
        target: `/v1/x?a=${encodeURIComponent(secret).replaceAll(/[-.]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
      }),
      "/interactions/0/request/target",
    ],
    [
      "a request header",
      withRequest({
        headers: [
          ["x-a", "b"],
          ["x-note", `by ${secret}`],
        ],
      }),
      "/interactions/0/request/headers/1",
    ],
    ["a request's JSON", withRequest({ json: { a: [`to ${secret}.`] } }), "/interactions/0/request"],
    ["a key of a request's JSON", withRequest({ json: { [secret]: 1 } }), "/interactions/0/request"],
    [
      "a request's JSON, after a line break",
      withRequest({ json: { a: `x\n${secret}` } }),
      "/interactions/0/request",
    ],
    ["a request's text", withRequest({ text: `a\n${secret}` }), "/interactions/0/request"],
    [
      "a request's hex",
      withRequest({ hex: Buffer.from(`\xff ${secret}`, "latin1").toString("hex") }),
      "/interactions/0/request",
    ],
    ["a request's form", withRequest({ form: [{ name: "a", text: secret }] }), "/interactions/0/request"],
    [
      "a file of a request's form",
      withRequest({
        form: [
          { name: "a", filename: "a.bin", hex: Buffer.from(`\xff ${secret}`, "latin1").toString("hex") },
        ],
      }),
      "/interactions/0/request",
    ],
    [
      "a response header",
      withResponse({
        headers: [
          ["content-length", null],
          ["x-user", secret],
        ],
      }),
      "/interactions/0/response/headers/1",
    ],
    [
      "an interim header",
      withResponse({ informational: [{ status: 103, headers: [["link", `<${secret}>`]] }] }),
      "/interactions/0/response/informational/0/headers/0",
    ],
    [
      "a trailer",
      withResponse({
        framing: "chunked",
        headers: [["Transfer-Encoding", null]],
        trailers: [["x-user", secret]],
      }),
      "/interactions/0/response/trailers/0",
    ],
    ["the reason phrase", withResponse({ reason: `Hello ${secret}` }), "/interactions/0/response/reason"],
    ["a response's text", withElement({ text: `{"a":"${secret}"}` }), "/interactions/0/response/body/0"],
    [
      "a response's JSON, after a line break",
      withElement({ json: { a: `x\n${secret}` } }),
      "/interactions/0/response/body/0/json",
    ],
    [
      "a response's JSON, after a tab",
      withElement({ json: { a: `x\t${secret}` } }),
      "/interactions/0/response/body/0/json",
    ],
    [
      "a response's text, after an escape",
      withElement({ text: `{"a":"\\u00e9${secret}"}` }),
      "/interactions/0/response/body/0",
    ],
    ["a response's JSON", withElement({ json: { a: secret } }), "/interactions/0/response/body/0/json"],
    [
      "an event",
      withResponse({ body: [{ wait: 0, sse: "[DONE]" }, sse] }),
      "/interactions/0/response/body/1/sse",
    ],
    [
      "a response's hex",
      withElement({ hex: Buffer.from(`\xff ${secret}`, "latin1").toString("hex") }),
      "/interactions/0/response/body/0",
    ],
    [
      "two writes",
      withResponse({
        body: [
          { text: "a" },
          { wait: 1, text: `b ${secret.slice(0, half)}` },
          { wait: 1, text: `${secret.slice(half)} c` },
        ],
      }),
      "/interactions/0/response/body/1",
    ],
    [
      "many writes",
      withResponse({ body: [...`b ${secret} c`].map((char) => ({ wait: 0, text: char })) }),
      "/interactions/0/response/body/2",
    ],
    ["the interaction's name", cassette({ name: `mail to ${secret}` }), "/interactions/0/name"],
    [
      "a waiver",
      cassette({ waivers: [{ pointer: "", reason: `because of ${secret}` }] }),
      "/interactions/0/waivers/0",
    ],
    ["the title", cassette({}, { about: { ...ABOUT, title: `of ${secret}` } }), "/about/title"],
  ])("in %s", (__, content, pointer) => {
    const file = fileOf(content);
    expect(complaints(file, { code: "leak", says, line: "some", pointer })).toEqual([]);
    const notified = problemsOf(watch(() => loadCassette(file)).error as CassetteError);
    expect(notified.map(({ message }) => message).join("\n")).not.toContain(secret);
  });
});

describe("a credential in a header", () => {
  it.each<[string, string]>([
    ["authorization", "Bearer hunter2"],
    ["Authorization", "Basic dXNlcjpwYXNz"],
    ["authorization", "hunter2"],
    ["Proxy-Authorization", "Bearer x"],
    ["X-API-Key", "hunter2"],
    ["x-api-key", "hunter2 sk-1"],
    ["api-key", "0"],
    ["Cookie", "a=b"],
    ["Set-Cookie", "session=1; HttpOnly"],
  ])("%s: %s", (name, value) => {
    expect(
      complaints(fileOf(withRequest({ headers: [[name, value]] })), {
        code: "leak",
        says: new RegExp(name),
        pointer: "/interactions/0/request/headers/0",
      }),
    ).toEqual([]);
    expect(
      complaints(
        fileOf(
          withResponse({
            headers: [
              ["content-length", null],
              [name, value],
            ],
          }),
        ),
        { code: "leak", says: new RegExp(name), pointer: "/interactions/0/response/headers/1" },
      ),
    ).toEqual([]);
  });
});

describe("what is no secret loads", () => {
  it.each([
    "sk-eyJhb...d1hDvuLI",
    "sk-abcd12345678...wxyz",
    "sk-abcd12345678***",
    "sk-abcd12345678\u2026wxyz",
    "sk-1 and sk-999999",
    "user-1@example.org",
    "jwt-3",
    "task-based-approach-1234",
    "a@b",
    "@decorator and x@ y",
    "risk-12345678",
  ])("%s", (text) => {
    for (const content of [
      withElement({ text }),
      withElement({ json: { text } }),
      withRequest({ json: { text } }),
      withRequest({ headers: [["x-note", Buffer.from(text).toString("latin1")]] }),
    ]) {
      expect(loadCassette(fileOf(content)).cassette.cassette).toBe(1);
    }
  });

  it("a credential that is a pseudonym, or none", () => {
    const headers = [
      ["authorization", "Bearer sk-1"],
      ["Authorization", ""],
      ["cookie", "cookie-2"],
      ["x-api-key", "sk-12"],
    ];
    expect(loadCassette(fileOf(withRequest({ headers }))).cassette.cassette).toBe(1);
  });
});

describe("many problems", () => {
  const leaking = (size: number): string =>
    JSON.stringify({
      cassette: 1,
      about: ABOUT,
      interactions: Array.from({ length: size }, (_, i) => ({
        ...INTERACTION,
        request: { ...REQUEST, target: `/v1/${i}/${KEY}` },
      })),
    });
  it.each(
    scaledCases<[string, number, (size: number) => string]>([
      ["interactions with a leak each", 250, leaking],
      [
        "addresses in a body",
        2000,
        (size) =>
          withElement({ text: Array.from({ length: size }, (_, i) => `u${i}@corp.example`).join(" ") }),
      ],
      [
        "elements with a secret at their end",
        5000,
        (size) =>
          withResponse({ body: [...Array.from({ length: size }, () => ({ text: "x " })), { text: KEY }] }),
      ],
      [
        "side by side events with a secret each",
        500,
        (size) =>
          withResponse({ body: Array.from({ length: size }, (_, i) => ({ sse: { id: `${KEY}${i}` } })) }),
      ],
      [
        "what looks like an address",
        250_000,
        (size) => withElement({ text: `${"a.".repeat(size)}@ ${MAIL}` }),
      ],
      [
        "what looks like a domain",
        250_000,
        (size) => withElement({ text: `x@${"a.".repeat(size)}1 ${MAIL}` }),
      ],
      [
        "what looks like a key",
        80_000,
        (size) => withElement({ text: `${"sk-eyJ".repeat(size)} ${KEY} ${MAIL}` }),
      ],
      [
        "key characters without a digit",
        250_000,
        (size) => withElement({ text: `sk-${"a-".repeat(size)}... ${"sk-a".repeat(size / 10)} ${MAIL}` }),
      ],
      [
        "escapes before a secret",
        80_000,
        (size) => withElement({ text: `${"\\".repeat(size)}n ${"\\u00e9\u00e9%".repeat(size)} ${MAIL}` }),
      ],
      [
        "backslashes that escape nothing",
        250_000,
        (size) => withElement({ text: `${"\\".repeat(size)}x ${MAIL}` }),
      ],
    ]),
  )("%s: their time grows with their number", (_, size, contentOf) => {
    const files = new Map([size, 4 * size].map((n) => [n, fileOf(contentOf(n))]));
    const load = (n: number): void => {
      const { error } = watch(() => loadCassette(files.get(n) ?? ""));
      expect((error as CassetteError).code).toBe("leak");
    };
    expect(growth(size, load)).toBeLessThan(12);
  });

  it.each(
    scaledCases<[string, string]>([
      ["a key", `sk-${"a".repeat(20_000_000)}1`],
      ["a JWT", `eyJ${"a".repeat(10_000_000)}.${"a".repeat(10_000_000)}.a`],
      ["an address", `x@${"a.".repeat(10_000_000)}corp`],
    ]),
  )("of twenty megabytes, %s: no regular expression's stack overflows", (_, secret) => {
    const file = fileOf(withElement({ text: `see ${secret} and ${MAIL}` }));
    const notified = problemsOf(watch(() => loadCassette(file)).error as CassetteError);
    expect(new Set(notified.map(({ code }) => code))).toEqual(new Set(["leak"]));
    expect(notified.at(-1)?.reason).toMatch(/e-mail/);
  });

  it("are none in a body of ten megabytes of hex", () => {
    const hex = "ab".repeat(10_000_000);
    expect(loadCassette(fileOf(withElement({ hex }))).cassette.interactions).toHaveLength(1);
  });

  it("are none in ten megabytes of hex for a process in which V8 optimizes no regular expression any more", () => {
    // So it does once their machine code takes 16 MB.
    const file = fileOf(withElement({ hex: "ab".repeat(10_000_000) }));
    const printed = execFileSync(
      process.execPath,
      [
        "--no-regexp-optimization",
        join(import.meta.dirname, "../../src/cli/main.ts"),
        "cassette",
        "lint",
        file,
      ],
      { encoding: "utf8" },
    );
    expect(printed).toContain("0 errors");
  });

  it("are all in the error, the first of them itself", () => {
    const interactions = ["a", "b", "c"].map((name) => ({
      ...INTERACTION,
      name,
      request: { ...REQUEST, target: `/v1/${KEY}` },
    }));
    const { error } = watch(() =>
      loadCassette(fileOf(JSON.stringify({ cassette: 1, about: ABOUT, interactions }))),
    );
    expect((error as CassetteError).reason).toContain('"a"');
    expect(problemsOf(error as CassetteError).map(({ location }) => location.pointer)).toEqual(
      [0, 1, 2].map((i) => `/interactions/${i}/request/target`),
    );
  });
});

describe("what is imported can be loaded", () => {
  const importOf = async (request: string, response: string): Promise<string> => {
    const [exchange] = parseExchanges(
      "raw.jsonl",
      JSON.stringify({ name: "n", request, response, end: "complete" }),
    );
    const made = await importExchanges("raw.jsonl", exchange ? [exchange] : [], {
      about: { title: "t", origin: "recorded", ogl: "0.4.5" },
    });
    return printCassette(made);
  };
  const all = [KEY, OGL_KEY, JWT, MAIL].join(" ");

  it("with the secrets replaced in every place", async () => {
    const body = JSON.stringify({ a: all, [MAIL]: 1 });
    const text = await importOf(
      `POST /v1/x/${KEY}?who=${MAIL}&enc=${encodeURIComponent(MAIL)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer hunter2\r\nx-api-key: my secret words\r\ncookie: a=b\r\nx-note: ${all}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      `HTTP/1.1 103 Early ${MAIL}\r\nlink: <${MAIL}>\r\nset-cookie: hunter2\r\n\r\nHTTP/1.1 200 Hello ${MAIL}\r\nset-cookie: session=hunter2\r\nx-note: ${all}\r\ntransfer-encoding: chunked\r\n\r\n5\r\njane.\r\n${(MAIL.length - 5).toString(16)}\r\n${MAIL.slice(5)}\r\n0\r\nx-trailer: ${all}\r\n\r\n`,
    );
    const secrets = [
      KEY,
      OGL_KEY,
      JWT,
      MAIL,
      encodeURIComponent(MAIL),
      "hunter2",
      "my secret",
      "corp.example",
    ];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    const file = fileOf(text);
    expect(loadCassette(file).cassette.about.sanitized).toEqual([
      "api-key",
      "authorization",
      "cookie",
      "email",
      "jwt",
    ]);
  });

  it.each(SECRETS)("with %s replaced after a line break, and JSON is still JSON", async (_, secret) => {
    const body = JSON.stringify({ a: `x\n${secret}\n${secret}` });
    const typed = `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const text = await importOf(`POST /v1/x HTTP/1.1\r\nhost: x\r\n${typed}`, `HTTP/1.1 200 OK\r\n${typed}`);
    const [{ request, response }] = (
      JSON.parse(text) as { interactions: [{ request: Part; response: { body: Part[] } }] }
    ).interactions;
    const clean = { a: expect.stringMatching(/^x\n(\S+)\n\1$/) as unknown };
    expect([request["json"], response.body[0]?.["json"]]).toEqual([clean, clean]);
    expect(text).not.toContain(secret);
  });

  it.each<[string, string, string]>([
    [
      "two addresses at the same place",
      "GET /v1/x?a=ann@corp.example HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET /v1/x?a=bob@corp.example HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
  ])("%s", async (_, one, two) => {
    const lines = [one, two]
      .map((request, i) =>
        JSON.stringify({
          name: String(i),
          request,
          response: "HTTP/1.1 204 No Content\r\n\r\n",
          end: "complete",
        }),
      )
      .join("\n");
    const made = await importExchanges("raw.jsonl", parseExchanges("raw.jsonl", lines), {
      about: { title: "t", origin: "recorded", ogl: "0.4.5" },
    });
    expect(loadLibrary({ ogl: "0.4.5", paths: [fileOf(printCassette(made))] }).entries).toHaveLength(2);
  });

  it.each<[string, string]>([
    ["bytes above 0x7f in a header", "x-note: caf\u0080\u00e9\u00a0\u00ff"],
    ["an empty header", "x-note:"],
  ])("with %s", async (_, header) => {
    const made = await importExchanges(
      "raw.jsonl",
      [
        {
          name: "n",
          request: "GET /v1/x HTTP/1.1\r\nhost: x\r\n\r\n",
          response: {
            base64: Buffer.from(
              `HTTP/1.1 200 OK\r\n${header}\r\ncontent-length: 0\r\n\r\n`,
              "latin1",
            ).toString("base64"),
          },
          end: "complete",
        },
      ],
      { about: { title: "t", origin: "recorded", ogl: "0.4.5" } },
    );
    const { cassette: loaded } = loadCassette(fileOf(printCassette(made)));
    expect(loaded.interactions[0]?.response.headers?.[0]).toEqual([
      "x-note",
      header.slice("x-note: ".length),
    ]);
  });
});

it("nothing of all this was written into", () => {
  expect(readFileSync(join(OUTSIDE, "passwd"), "utf8")).toContain("the content of a file outside");
  expect(statSync(OUTSIDE).isDirectory()).toBe(true);
});
