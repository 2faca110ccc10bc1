/**
 * Each option of each command that names a file or a folder, with paths that can't be used: an error with file and fix, exit
 * code 2, and nothing written. The bad paths are bad for the superuser, too.
 */
import { copyFileSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run } from "../../src/cli/cli.ts";
import { temporaryFolder } from "../support/tmp.ts";

const root = temporaryFolder("files");
const recorded = fileURLToPath(new URL("../../cassettes/0.4.5/models.cassette.json", import.meta.url));
const LONG = "x".repeat(300);

/** Makes a folder with the good and the bad files of a case. */
function makeFiles(): string {
  const folder = join(root, String(readdirSync(root).length));
  for (const name of ["", "folder", "folder.cassette.json", "other"]) mkdirSync(join(folder, name));
  copyFileSync(recorded, join(folder, "good.cassette.json"));
  const files: Readonly<Record<string, string | Uint8Array>> = {
    file: "x\n",
    empty: "",
    garbage: "{ not: json",
    binary: Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80]),
    "empty.cassette.json": "",
    "garbage.cassette.json": "{ not: json",
    "other/chat.json": "{}",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  symlinkSync("loop", join(folder, "loop"));
  symlinkSync("nowhere/x", join(folder, "dangling"));
  return folder;
}

/** All below a folder, with sizes. */
function listing(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() ? `${path} ${statSync(path).size}` : path;
    })
    .toSorted();
}

/** Runs a command in this process; one that serves is stopped as soon as it is ready. */
async function ranIn(cwd: string, args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const controller = new AbortController();
  let stdout = "";
  let stderr = "";
  const code = await run([process.execPath, "gatetape", ...args], {
    stdin: process.stdin,
    stdout: new Writable({
      write: (text: Buffer, _, done) => {
        stdout += text.toString();
        if (stdout.includes('{"ready"')) controller.abort("SIGTERM");
        done();
      },
    }),
    stderr: new Writable({
      write: (text: Buffer, _, done) => {
        stderr += text.toString();
        done();
      },
    }),
    env: { ...process.env, OPENAI_API_KEY: "sk-of-the-test" },
    cwd,
    signal: controller.signal,
  });
  return { code, stderr };
}

/** Paths at which there is nothing to read, or nothing that can be read. */
const NO_FILES = ["", "missing", "file/x", "folder", "loop", "dangling", LONG];
const BAD_CONTENT = ["empty", "garbage", "binary"];
const NO_CASSETTES = [
  ...NO_FILES,
  ...BAD_CONTENT,
  "empty.cassette.json",
  "garbage.cassette.json",
  "folder.cassette.json",
];
/** Paths at which no file can be written. */
const NO_TARGETS = ["", "file/x", "folder", "loop", LONG];
/** Paths at which no folder can be. */
const NO_FOLDERS = ["", "file", "file/x", "loop", LONG];

const MOCK = ["mock", "--port", "0", "--json"];
const GATE = ["gate", "--quiet"];
const RECORD = ["record", "-u", "http://127.0.0.1:9", "--port", "0", "--json"];
const CLIENT = ["client", "--only", "stream/clean-eof-midway"];

/** Commands with a path that is put in place of PATH, and the bad paths. */
const CASES: readonly (readonly [line: string, args: readonly string[], paths: readonly string[]])[] = [
  ["mock --cassettes", [...MOCK, "--cassettes", "PATH"], [...NO_CASSETTES, "other"]],
  ["mock --world", [...MOCK, "--world", "PATH"], [...NO_FILES, ...BAD_CONTENT]],
  ["mock --journal", [...MOCK, "--journal", "PATH"], NO_TARGETS],
  ["mock --config", [...MOCK, "--config", "PATH"], [...NO_FILES, ...BAD_CONTENT]],
  ["gate --cassettes", [...GATE, "--cassettes", "PATH", "--", "true"], [...NO_CASSETTES, "other"]],
  ["gate --world", [...GATE, "--world", "PATH", "--", "true"], [...NO_FILES, ...BAD_CONTENT]],
  ["gate --journal", [...GATE, "--journal", "PATH", "--", "true"], NO_TARGETS],
  ["gate --config", [...GATE, "--config", "PATH", "--", "true"], NO_FILES],
  ["gate --known-failures", [...GATE, "--known-failures", "PATH", "--", "true"], NO_FILES],
  [
    "gate --ca",
    [...GATE, "-u", "https://127.0.0.1:9", "--ca", "PATH", "--", "true"],
    [...NO_FILES, ...BAD_CONTENT],
  ],
  ["gate --report", [...GATE, "--report", "junit=PATH", "--", "true"], NO_TARGETS],
  ["gate --report of lines", [...GATE, "--report", "ndjson=PATH", "--", "true"], NO_TARGETS],
  ["check", ["check", "PATH"], [...NO_CASSETTES, "other"].filter((path) => path !== "empty")],
  ["check --report", ["check", "good.cassette.json", "--report", "junit=PATH"], NO_TARGETS],
  ["check --known-failures", ["check", "good.cassette.json", "--known-failures", "PATH"], NO_FILES],
  [
    "record --out",
    [...RECORD, "--out", "PATH"],
    [
      "",
      "file",
      "garbage",
      "file/x",
      "loop",
      LONG,
      "folder.cassette.json",
      "empty.cassette.json",
      "garbage.cassette.json",
    ],
  ],
  ["record --ca", [...RECORD, "--out", "new.cassette.json", "--ca", "PATH"], [...NO_FILES, ...BAD_CONTENT]],
  ["record --config", [...RECORD, "--out", "new.cassette.json", "--config", "PATH"], NO_FILES],
  ["client --report", [...CLIENT, "--report", "junit=PATH", "--", "true"], NO_TARGETS],
  ["client --known-failures", [...CLIENT, "--known-failures", "PATH", "--", "true"], NO_FILES],
  ["report merge", ["report", "merge", "PATH"], [...NO_FILES, ...BAD_CONTENT]],
  ["init --dir", ["init", "--yes", "--dir", "PATH"], NO_FOLDERS],
  ["cassette lint", ["cassette", "lint", "PATH"], [...NO_FILES, "other", "folder.cassette.json"]],
  ["cassette fmt", ["cassette", "fmt", "PATH"], [...NO_CASSETTES, "other"]],
  ["cassette fmt --check", ["cassette", "fmt", "--check", "PATH"], [...NO_CASSETTES, "other"]],
  ["cassette scrub", ["cassette", "scrub", "PATH"], [...NO_CASSETTES, "other"]],
  ["cassette scrub --check", ["cassette", "scrub", "--check", "PATH"], [...NO_CASSETTES, "other"]],
  [
    "cassette scrub --rules",
    ["cassette", "scrub", "good.cassette.json", "--rules", "PATH"],
    [...NO_FILES, ...BAD_CONTENT],
  ],
  ["cassette show", ["cassette", "show", "PATH"], NO_CASSETTES],
  ["cassette diff", ["cassette", "diff", "good.cassette.json", "PATH"], NO_CASSETTES],
  ["cassette split", ["cassette", "split", "PATH", "--out", "new"], NO_CASSETTES],
  ["cassette split --out", ["cassette", "split", "good.cassette.json", "--out", "PATH"], NO_FOLDERS],
  ["cassette export", ["cassette", "export", "PATH", "--out", "new.har"], NO_CASSETTES],
  [
    "cassette export --out",
    ["cassette", "export", "good.cassette.json", "--out", "PATH"],
    [...NO_TARGETS, "file/x.har", `${LONG}.har`],
  ],
  [
    "cassette export --to replay-fixture",
    ["cassette", "export", "good.cassette.json", "--to", "replay-fixture", "--out", "PATH"],
    ["", "file", "loop", LONG],
  ],
  [
    "cassette import",
    ["cassette", "import", "PATH", "--out", "new.cassette.json"],
    [...NO_FILES, ...BAD_CONTENT],
  ],
  [
    "cassette import --out",
    ["cassette", "import", "empty", "--out", "PATH"],
    ["", "file/x.cassette.json", "folder.cassette.json", `${LONG}.cassette.json`],
  ],
  ["spec import", ["spec", "import", "PATH", "--out", "new.json"], [...NO_FILES, ...BAD_CONTENT]],
];

describe.each(CASES)("gatetape %s", (_, args, paths) => {
  it.each(paths.map((path) => [path === LONG ? "a name too long" : JSON.stringify(path), path]))(
    "refuses %s",
    async (_name, path) => {
      const cwd = makeFiles();
      const before = listing(cwd);
      const { code, stderr } = await ranIn(
        cwd,
        args.map((arg) => arg.replace("PATH", path)),
      );
      expect(stderr).toMatch(/^gatetape: /);
      expect(stderr).not.toContain("gatetape: unexpected");
      expect(stderr).toContain(path);
      expect(stderr).toMatch(/\n {2}fix: \S|\nSee: gatetape .* --help/);
      expect(code).toBe(2);
      expect(listing(cwd)).toEqual(before);
    },
  );
});

it("a mock of a folder without cassettes names what might have been meant", async () => {
  const { stderr } = await ranIn(makeFiles(), [...MOCK, "--cassettes", "other"]);
  expect(stderr).toContain(
    "other: holds no cassette; it has chat.json, and the name of a cassette ends in .cassette.json",
  );
});

it("says of an empty path that it is empty", async () => {
  const { stderr } = await ranIn(makeFiles(), [...MOCK, "--cassettes", ""]);
  expect(stderr).toBe("gatetape: a path is empty\n  fix: name one; is a variable of the shell not set?\n");
});
