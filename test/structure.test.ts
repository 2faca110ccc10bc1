import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cycles, floorProblems, importsOf, type Sources, undeclaredPackages } from "./support/floor-plan.ts";
import { aboutOf, mapOf, withMap } from "./support/map.ts";
import { code, escapes, lineCount, localNames } from "./support/source-text.ts";
import { bareOpenings, repeatedFunctions, retiredNames, undocumented } from "./support/words.ts";

const MAX_LINES = 400;
const MEDIAN_LINES = 120;

/**
 * A fix that is printed by hand, the word that `fix` has replaced, or an error whose message or class name is looked into. Words
 * that only hold the letters (`recommend`, `trimEnd`) are none of it.
 */
const PARSED_OR_PRINTED =
  /(?:\\n|["'`]) {2}fix:|\bmend|\b(?:error|problem|failure)\.(?:message\.(?:startsWith|endsWith|includes|match|replace|slice|split)\(|name ===)|\.exec\((?:error|problem|failure)\.(?:message|reason)/i;

const root = fileURLToPath(new URL("../", import.meta.url));
const files = tracked();
const sources: Sources = new Map(
  files.filter((file) => /^src\/.*\.ts$/.test(file)).map((file) => [file, readFileSync(root + file, "utf8")]),
);

/** What git has, and what it would take up: a rule that is broken shows before the commit. */
function tracked(): string[] {
  // A clone that belongs to another user, as in some build machines, is read all the same.
  const list = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0");
  return [...new Set(names)].filter((name) => name !== "" && existsSync(root + name));
}

function tree(...entries: [file: string, source: string][]): Sources {
  return new Map(entries);
}

describe("the source", () => {
  it("is there", () => {
    expect(sources.size).toBeGreaterThan(30);
    expect([...sources.values()].flatMap(importsOf).length).toBeGreaterThan(100);
  });

  it("keeps to the floor plan", () => {
    expect(floorProblems(sources)).toEqual([]);
  });

  it("has no files that import each other in a circle", () => {
    expect(cycles(sources)).toEqual([]);
  });

  it("imports only packages that the bundle takes in, or that the published package brings or asks for", () => {
    const {
      name,
      dependencies,
      devDependencies,
      peerDependencies = {},
    } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
      name: string;
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
      peerDependencies?: Record<string, string>;
    };
    // The build fails if one of `devDependencies` stays outside the bundle.
    const declared = new Set([
      name,
      ...Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
    ]);
    expect(undeclaredPackages(sources, declared)).toEqual([]);
  });

  it("has no any and no switched-off type check", () => {
    expect([...sources].flatMap(([file, source]) => escapes(source).map((why) => `${file}:${why}`))).toEqual(
      [],
    );
  });

  it("makes texts of errors in one place, and never decides by them", () => {
    const found = [...sources].flatMap(([file, source]) =>
      file === "src/util/errors.ts"
        ? []
        : source
            .split("\n")
            .flatMap((line, i) => (PARSED_OR_PRINTED.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });

  it("extends Error only for signals between functions, never for what a user is to read", () => {
    const classes = [...sources.values()].flatMap((source) =>
      [...source.matchAll(/\bclass (\w+)[^{]*?\bextends (?:Error|TypeError|RangeError|SyntaxError)\b/g)].map(
        ([, name]) => name,
      ),
    );
    expect(classes.toSorted()).toEqual([
      "Crash",
      "GatetapeError",
      "LimitFailure",
      "NestedErrors",
      "NoValue",
      "Refusal",
      "Skip",
      "SyntaxFailure",
      "Unprintable",
      "ValidatorFailure",
    ]);
  });

  it.each([
    ["no retired word in its names", retiredNames],
    ["no doc comment that opens without a noun or a verb", bareOpenings],
    ["a doc comment for each exported function", undocumented],
  ])("has %s", (_, find) => {
    expect([...sources].flatMap(([file, source]) => find(source).map((why) => `${file}:${why}`))).toEqual([]);
  });

  it("has no two functions of one name, but for public entries that do the same by other ways", () => {
    const same = /^withCassette: src\/nock\.ts, src\/recorder\/with-cassette\.ts$/;
    expect(repeatedFunctions(sources).filter((line) => !same.test(line))).toEqual([]);
  });

  it(`has no file of ${MAX_LINES} lines or more, and half of them have ${MEDIAN_LINES} lines at most`, () => {
    const sizes = [...sources]
      .map(([file, source]) => ({ file, lines: lineCount(source) }))
      .toSorted((a, b) => a.lines - b.lines);
    const at = (share: number): number => sizes[Math.floor((sizes.length - 1) * share)]?.lines ?? 0;
    const longest = sizes.at(-1);
    console.log(
      `src: ${sizes.length} files, median ${at(0.5)} lines, p90 ${at(0.9)}, longest ${longest?.file} ${longest?.lines}`,
    );
    expect(sizes.filter(({ lines }) => lines >= MAX_LINES)).toEqual([]);
    expect(at(0.5)).toBeLessThanOrEqual(MEDIAN_LINES);
  });
});

describe("ARCHITECTURE.md", () => {
  it("has the map of src; npm run map writes it", () => {
    const page = readFileSync(`${root}ARCHITECTURE.md`, "utf8");
    expect(page).toBe(withMap(page, mapOf(sources)));
  });

  it("has a sentence for every folder", () => {
    const bare = [...sources].filter(([file, text]) => /\/.+\/index\.ts$/.test(file) && aboutOf(text) === "");
    expect(bare.map(([file]) => file)).toEqual([]);
  });
});

describe("the pages for who comes next", () => {
  const PAGES = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    ...files.filter((file) => file.startsWith("decisions/")),
  ];

  it.each(PAGES)("%s names files that are there", (page) => {
    const text = readFileSync(root + page, "utf8").replaceAll(/^```[^]*?^```$/gm, "");
    const named = [...text.matchAll(/`([\w@./-]+\/[\w./-]*|[\w.-]+\.(?:md|json|yml))`/g)].map(
      ([, name = ""]) => name,
    );
    const there = (name: string): boolean => ["", "src/"].some((folder) => existsSync(root + folder + name));
    expect(named.filter((name) => !there(name) && !/^(?:@|gatetape\/)/.test(name))).toEqual([]);
  });

  it("twelve questions have answers that are there", () => {
    const questions = JSON.parse(readFileSync(`${root}test/questions.json`, "utf8")) as {
      question: string;
      files: string[];
    }[];
    expect(questions).toHaveLength(12);
    for (const { question, files: answers } of questions)
      expect([question, answers.filter((file) => !existsSync(root + file))]).toEqual([question, []]);
  });
});

describe("the files in git", () => {
  it("name no folder of the machine they were written on, and no registry", () => {
    const found = files.flatMap((file) => {
      const text = readFileSync(root + file);
      return text.includes(0) ? [] : localNames(text.toString("utf8")).map((why) => `${file}:${why}`);
    });
    expect(found).toEqual([]);
  });
});

describe("importsOf", () => {
  it.each<[string, [specifier: string, typeOnly: boolean][]]>([
    ['import "./a.ts";', [["./a.ts", false]]],
    ['import a from "./a.ts";', [["./a.ts", false]]],
    ['import * as a from "./a.ts";', [["./a.ts", false]]],
    ['import a, { b } from "./a.ts";', [["./a.ts", false]]],
    ['import type { A } from "./a.ts";', [["./a.ts", true]]],
    ['import type from "./a.ts";', [["./a.ts", false]]],
    ['import { type A, type B } from "./a.ts";', [["./a.ts", true]]],
    ['import { type A, b } from "./a.ts";', [["./a.ts", false]]],
    ['import {\n  type A,\n  type B,\n} from "./a.ts";', [["./a.ts", true]]],
    ['export { a } from "./a.ts";', [["./a.ts", false]]],
    ['export * from "./a.ts";', [["./a.ts", false]]],
    ['export type { A } from "./a.ts";', [["./a.ts", true]]],
    ['import a from "./a.json" with { type: "json" };', [["./a.json", false]]],
    ['const { a } = await import("./a.ts");', [["./a.ts", false]]],
    ["const a = await import(name);", [["", false]]],
    ["const a = await import(`./${name}.ts`);", [["", false]]],
    ['let a: import("./a.ts").A;', [["./a.ts", true]]],
    ['let a: typeof import("./a.ts");', [["./a.ts", true]]],
    ['new Worker(new URL("./worker.ts", import.meta.url));', [["./worker.ts", false]]],
    ['/* import a from "./a.ts"; */ // import("./b.ts")', []],
    ['const text = `\nimport a from "./a.ts";\n`;', []],
    ['export const a = "./a.ts";', []],
    ['export function f() {}\nf("./a.ts");', []],
    ['export type A = "a" | "b";', []],
    ["const here = import.meta.url;", []],
  ])("reads %j", (source, expected) => {
    expect(importsOf(source).map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual(expected);
  });

  it("knows the line", () => {
    expect(importsOf('\n// one\nimport {\n  a,\n} from "./a.ts";')[0]?.line).toBe(5);
  });
});

describe("floorProblems", () => {
  it.each([
    ["src/openapi/a.ts", 'import { b } from "../http/index.ts";'],
    ["src/http/a.ts", 'import { b } from "./b.ts";'],
    ["src/http/a.ts", 'import { b } from "./deep/index.ts";'],
    ["src/mock/deep/a.ts", 'import { b } from "../other/index.ts"; import { c } from "../../http/index.ts";'],
    ["src/mock/deep/index.ts", 'export { b } from "./b.ts";'],
    ["src/report/a.ts", 'import type { B } from "../suites/index.ts";'],
    ["src/report/a.ts", 'import { type B } from "../suites/index.ts";'],
    ["src/cli/a.ts", 'import { b } from "../suites/index.ts"; import c from "node:fs"; import d from "ajv";'],
    ["src/index.ts", 'export { b } from "./mock/index.ts";'],
    ["src/vitest.ts", 'import { b } from "./index.ts";'],
  ])("lets %s have %s", (file, source) => {
    expect(floorProblems(tree([file, source]))).toEqual([]);
  });

  it.each([
    ["src/http/a.ts", 'import { b } from "../openapi/index.ts";', "not above"],
    ["src/http/a.ts", 'import type { B } from "../openapi/index.ts";', "not above"],
    ["src/http/a.ts", 'let b: import("../openapi/index.ts").B;', "not above"],
    ["src/http/a.ts", 'const b = await import("../openapi/index.ts");', "not above"],
    ["src/mock/a.ts", 'import { b } from "../http/sse.ts";', "reaches into"],
    ["src/mock/deep/a.ts", 'import { b } from "../../http/sse.ts";', "reaches into"],
    ["src/mock/deep/a.ts", 'import { b } from "../other/b.ts";', "reaches into"],
    ["src/mock/a.ts", 'import { b } from "./deep/b.ts";', "reaches into"],
    ["src/mock/a.ts", 'import { b } from "./deep/deeper/index.ts";', "reaches into"],
    ["src/mock/a.ts", 'import { b } from "../cassette/deep/index.ts";', "reaches into"],
    ["src/mock/deep/a.ts", 'import { b } from "../b.ts";', "beside its folder"],
    ["src/mock/a.ts", 'import { b } from "./index.ts";', "own folder"],
    ["src/mock/deep/a.ts", 'import { b } from "../index.ts";', "own folder"],
    ["src/index.ts", 'export { b } from "./mock/mock.ts";', "reaches into"],
    ["src/index.ts", 'export { b } from "./cli/index.ts";', "command line"],
    ["src/report/a.ts", 'import { b } from "../suites/index.ts";', "more than types"],
    ["src/cli/a.ts", 'import { b } from "../index.ts";', "public entry"],
    ["src/cli/a.ts", 'import { b } from "../../test/b.ts";', "out of src"],
    ["src/cli/a.ts", "await import(b);", "can't be read"],
    ["src/attic/a.ts", "", "not in the floor plan"],
  ])("holds against %s %s", (file, source, why) => {
    expect(floorProblems(tree([file, source]))).toEqual([expect.stringContaining(why)]);
  });

  it("holds against folders that import each other in a circle, and names the imports", () => {
    const problems = floorProblems(
      tree(
        ["src/mock/one/a.ts", '\nimport type { B } from "../two/index.ts";'],
        ["src/mock/two/b.ts", 'import { c } from "../three/index.ts";'],
        ["src/mock/three/c.ts", 'import { a } from "../one/index.ts";'],
      ),
    );
    expect(problems).toEqual([
      "src/mock: folders import each other in a circle: one (src/mock/one/a.ts:2), three (src/mock/three/c.ts:1), two (src/mock/two/b.ts:1)",
    ]);
  });

  it("holds against a folder of 21 files", () => {
    const names = Array.from({ length: 21 }, (_, n): [string, string] => [`src/mock/f${n}.ts`, ""]);
    expect(floorProblems(tree(...names.slice(1)))).toEqual([]);
    expect(floorProblems(tree(...names))).toEqual(["src/mock has 21 files, more than 20"]);
  });
});

describe("cycles", () => {
  it("finds each circle once, of types too", () => {
    const found = cycles(
      tree(
        ["src/http/c.ts", 'import { a } from "./a.ts";'],
        ["src/http/a.ts", 'import { b } from "./b.ts";'],
        ["src/http/b.ts", 'import type { C } from "./c.ts"; import { d } from "./d.ts";'],
        ["src/http/d.ts", 'import "./d.ts";'],
      ),
    );
    expect(found.toSorted()).toEqual([
      "src/http/a.ts -> src/http/b.ts -> src/http/c.ts -> src/http/a.ts",
      "src/http/d.ts -> src/http/d.ts",
    ]);
  });

  it("takes two ways to one file for no circle", () => {
    expect(
      cycles(
        tree(
          ["src/a.ts", 'import "./b.ts"; import "./c.ts";'],
          ["src/b.ts", 'import "./c.ts";'],
          ["src/c.ts", ""],
        ),
      ),
    ).toEqual([]);
  });
});

describe("undeclaredPackages", () => {
  it("finds what is not declared", () => {
    const source =
      'import "node:fs";\nimport "ajv/dist/2020.js";\nimport "@hono/node-server/x";\nimport "nock";';
    expect(undeclaredPackages(tree(["src/a.ts", source]), new Set(["ajv", "@hono/node-server"]))).toEqual([
      "src/a.ts:4 imports nock, which is no dependency of the package",
    ]);
  });
});

describe("code", () => {
  it.each([
    ["a // b\nc", "a     \nc"],
    ["a /* b\n */ c", "a     \n    c"],
    ['a = /[/"]/g; b', "a =       ; b"],
    ["a / b / c", "a / b / c"],
    ["(a) / 2 // c", "(a) / 2     "],
    ["a = `b ${c + `d ${{ e }}`} f` + g", "a =      c +      { e }     + g"],
    ["a = `\\`` + b", "a =      + b"],
    ["a(\"b // c\", 'd')", "a(        ,    )"],
  ])("of %j", (source, expected) => {
    expect(code(source, { strings: false })).toHaveLength(source.length);
    expect(code(source, { strings: false }).replaceAll(/ +/g, " ").trim()).toBe(
      expected.replaceAll(/ +/g, " ").trim(),
    );
  });

  it("keeps strings where they are wanted", () => {
    expect(code('a("b") // c', { strings: true })).toBe('a("b")     ');
  });
});

describe("escapes", () => {
  it.each([
    "let a: any;",
    "f<any>()",
    "let a: any[];",
    "a as any",
    "let a: string | any;",
    "type A = any;",
    "// @ts-ignore",
    "/* @ts-nocheck */",
  ])("finds %s", (source) => {
    expect(escapes(source)).toHaveLength(1);
  });

  it.each([
    'const play = "any";',
    "// any: of them",
    "Promise.any(all)",
    "/: any/",
    "type A = { any: string };",
    "company = any(1)",
    "// @ts-expect-error",
  ])("lets %s pass", (source) => {
    expect(escapes(source)).toEqual([]);
  });
});

describe("retiredNames", () => {
  it.each([
    ["const tapeOf = 1;", ['1 has "tape" in tapeOf: log (recording log)']],
    ['x({ "mend": 1 });', ['1 has "mend" in mend: fix']],
    ["const TAPE_SUFFIX = 1;", ['1 has "tape" in TAPE_SUFFIX: log (recording log)']],
    ["text.replaceAll(1); frontend(); // tape", []],
    ['say("mend");', []],
  ])("of %s", (source, expected) => {
    expect(retiredNames(source)).toEqual(expected);
  });
});

describe("repeatedFunctions", () => {
  it("finds functions of one name in two files", () => {
    const two = tree(
      ["src/a.ts", "function textOf() {}\nfunction textOf(a) {}\nexport function b() {}"],
      ["src/c.ts", "export async function textOf() {}"],
    );
    expect(repeatedFunctions(two)).toEqual(["textOf: src/a.ts, src/c.ts"]);
  });
});

describe("bareOpenings", () => {
  it("finds comments that begin without a noun or a verb", () => {
    expect(bareOpenings("/** What it is. */\n/** The log. */\n/**\n * Told of it. */")).toEqual([
      '1 opens a comment with "What"',
      '3 opens a comment with "Told"',
    ]);
  });
});

describe("undocumented", () => {
  it("finds exported functions without a doc comment", () => {
    const source = "/** A. */\nexport function a() {}\n\nexport async function b() {}\nfunction c() {}";
    expect(undocumented(source)).toEqual(["4 exports b without a doc comment"]);
  });
});

describe("localNames", () => {
  // Put together here, so that this file does not name them itself.
  it.each([
    ["", "work", "main"],
    ["", "root", ".cargo"],
    ["", "home", "me", "src"],
    ["..", "shared", "a.md"],
    ["https:", "", ["registry", "npmjs", "org"].join("."), "a"],
  ])("finds %s/%s/%s", (...parts) => {
    expect(localNames(`one\n"${parts.join("/")}"`)).toEqual([expect.stringMatching(/^2 names /)]);
  });

  it.each(["./work/main", "net/work/", "https://example.org/home/me/x", "/v1/root", "crates.io"])(
    "lets %s pass",
    (text) => {
      expect(localNames(text)).toEqual([]);
    },
  );
});
