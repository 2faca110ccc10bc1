/** Side files, paths and folders that lead elsewhere, are no files, or are far too large. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadLibrary } from "../../../src/cassette/library/library.ts";
import { loadCassette } from "../../../src/cassette/library/load.ts";
import { HANG_MS } from "../../support/limits.ts";
import { watch, complaints, cassette, withElement, hostileFolder } from "./files.ts";

const { OUTSIDE, newFolder, fileOf } = hostileFolder("hostile-paths");

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
    import { loadLibrary } from ${JSON.stringify(new URL("../../../src/cassette/library/library.ts", import.meta.url).href)};
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

it("nothing of all this was written into", () => {
  expect(readFileSync(join(OUTSIDE, "passwd"), "utf8")).toContain("the content of a file outside");
  expect(statSync(OUTSIDE).isDirectory()).toBe(true);
});
