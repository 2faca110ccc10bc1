/** Hostile cassettes: where they are written, and what a refusal of them has to be like. */
import * as fs from "node:fs";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { CassetteError } from "../../../src/cassette/format/cassette-error.ts";
import { loadCassette } from "../../../src/cassette/library/load.ts";
import { createMock } from "../../../src/mock/mock.ts";
import { cpuMs } from "../../support/cpu.ts";
import { temporaryFolder } from "../../support/tmp.ts";

/** A folder for the files of a test file, and one beside it that no cassette may ever make gatetape read or tell. */
export function hostileFolder(name: string): {
  readonly root: string;
  readonly OUTSIDE: string;
  newFolder(): string;
  fileOf(content: string | Uint8Array): string;
} {
  const root = temporaryFolder(name);
  const OUTSIDE = join(root, "outside");
  mkdirSync(OUTSIDE);
  writeFileSync(join(OUTSIDE, "passwd"), "root:x:0:0:the content of a file outside\n");
  let count = 0;
  const newFolder = (): string => {
    const folder = join(root, `tape-${count++}`);
    mkdirSync(folder);
    return folder;
  };
  const fileOf = (content: string | Uint8Array): string => {
    const file = join(newFolder(), "x.cassette.json");
    writeFileSync(file, content);
    return file;
  };
  // Packages are loaded for the first cassette: whatever is opened after this, a cassette has asked for.
  loadCassette(fileOf(cassette({})));
  return { root, OUTSIDE, newFolder, fileOf };
}

/** CPU time (ms). Each of these takes a few ms; this only says that none of them takes for ever. */
export const SOON = 10_000;

export interface Seen {
  readonly error: unknown;
  /** CPU time. */
  readonly ms: number;
  /** Paths that were opened. */
  readonly opened: string[];
}

/** Runs something and notes what it opens and writes: node:fs itself is watched, nothing of gatetape is replaced. */
export function watch(run: () => unknown): Seen {
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

export interface Expected {
  readonly code: string;
  readonly says: RegExp;
  /** A line; `some` for any; none where the file as a whole is wrong. */
  readonly line?: number | "some";
  /** The place is there or below it. */
  readonly pointer?: string;
}

/** What is wrong with the refusal of a file: it has to tell a person file, place, reason and fix, and touch nothing. */
export function complaints(
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

export function treeOf(folder: string): unknown {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const stat = fs.lstatSync(join(folder, entry.name));
    return [entry.name, stat.size, stat.mtimeMs];
  });
}

export const ABOUT = { title: "t", origin: "written", ogl: "0.4.5" };
export const WAIVERS: readonly object[] = [{ pointer: "", reason: "not about the OpenAPI" }];
export const REQUEST = { method: "GET", target: "/v1/x" };
export const RESPONSE: Part = {
  status: 200,
  framing: "length",
  headers: [["content-length", null]],
  body: [{ text: "x" }],
};
export type Part = Record<string, unknown>;
export const INTERACTION: Part = { name: "n", request: REQUEST, response: RESPONSE, waivers: WAIVERS };
export const cassette = (interaction: Part = {}, top: Part = {}): string =>
  JSON.stringify(
    { cassette: 1, about: ABOUT, interactions: [{ ...INTERACTION, ...interaction }], ...top },
    null,
    1,
  );
export const JSON_TYPE: readonly (readonly [string, string])[] = [["content-type", "application/json"]];
export const withRequest = (more: Part): string => cassette({ request: { ...REQUEST, ...more } });
export const withResponse = (more: Part): string => cassette({ response: { ...RESPONSE, ...more } });
export const withElement = (element: Part): string => withResponse({ body: [element] });

/** What a mock with that cassette answers to a JSON body. */
export async function statusOf(file: string, body: string): Promise<number> {
  const { gateway } = createMock({ cassettes: [file], world: "off", policy: "observe" });
  const request = new Request("http://mock/v1/x", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return (await gateway.fetch(request)).status;
}

export const KEY = "sk-abcdefgh12345678";
export const OGL_KEY: string = `sk-eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoxfQ.${"c2lnbmF0dXJl".repeat(3)}`;
export const JWT: string = `eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoxfQ.${"c2lnbmF0dXJl".repeat(3)}`;
export const MAIL = "jane.doe+tag@corp.example.com";
export const SECRETS: [string, string, RegExp][] = [
  ["an API key", KEY, /an API key/],
  ["a key of OGL", OGL_KEY, /an API key/],
  ["a JWT", JWT, /JSON Web Token/],
  ["an e-mail address", MAIL, /e-mail/],
];
