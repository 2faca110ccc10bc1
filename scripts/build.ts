/**
 * Builds `dist`: `npm run build`, and npm itself before a package is made. A gatetape that runs or is started meanwhile finds the
 * files of one build: `bundle` says how.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { bundle } from "./bundle/bundle.ts";

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

mkdirSync(join(dist, "schemas"), { recursive: true });
for (const schema of SCHEMAS) cpSync(join(root, "src", schema), join(dist, "schemas", basename(schema)));

/** Makes a folder what another is, file by file: a second build may do the same meanwhile. */
function replaceFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const names = new Set(readdirSync(from, { recursive: true, encoding: "utf8" }));
  for (const name of readdirSync(to, { recursive: true, encoding: "utf8" }))
    if (!names.has(name)) rmSync(join(to, name), { recursive: true, force: true });
}

/** What stands in `dist` now; anything else is left of another version's build. */
const own = new Set(["types", "schemas", "chunks", ".npmignore", ...files.map((file) => file.split("/")[0])]);
for (const name of readdirSync(dist))
  if (!own.has(name)) rmSync(join(dist, name), { recursive: true, force: true });
