/**
 * Builds `dist`: `npm run build`, and npm itself before a package is made. A gatetape that runs or is started meanwhile finds the
 * files of one build: `bundle` says how.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { bundle } from "./bundle/bundle.ts";
import { writeWhole } from "./bundle/files.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
/** JSON Schemas that the package exports. */
const SCHEMAS = [
  "suites/client/adapter/adapter-1.schema.json",
  "cassette/format/cassette-1.schema.json",
  "trace/exchange-1.schema.json",
  "ogl/state/world-1.schema.json",
];

const { entries, files } = await bundle(dist);
chmodSync(join(dist, entries["cli/main"]), 0o755);

const types = mkdtempSync(join(root, "dist-types-"));
try {
  const flags = ["--declaration", "--emitDeclarationOnly", "--outDir", types];
  execFileSync("tsc", ["-p", join(root, "tsconfig.build.json"), ...flags], { stdio: "inherit" });
  replaceFolder(types, join(dist, "types"));
} finally {
  rmSync(types, { recursive: true, force: true });
}

for (const schema of SCHEMAS)
  writeWhole(join(dist, "schemas", basename(schema)), readFileSync(join(root, "src", schema)));

/** Makes a folder what another is, file by file: a second build may do the same meanwhile, and npm may pack it. */
function replaceFolder(from: string, to: string): void {
  const names = namesIn(from);
  for (const name of names) writeWhole(join(to, name), readFileSync(join(from, name)));
  const own = new Set(names);
  for (const name of namesIn(to))
    if (!own.has(name) && !isBeingWritten(name)) rmSync(join(to, name), { force: true });
}

/** The files of a folder, at any depth below it. */
function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

/** True for a file that another build is writing. */
function isBeingWritten(name: string): boolean {
  return /\.\d+$/.test(name);
}

/** What stands in `dist` now; anything else is left of another version's build. */
const built = new Set([
  "types",
  "schemas",
  "chunks",
  ".npmignore",
  ...files.map((file) => file.split("/")[0]),
]);
for (const name of readdirSync(dist))
  if (!built.has(name) && !isBeingWritten(name)) rmSync(join(dist, name), { recursive: true, force: true });
