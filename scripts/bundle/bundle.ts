import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type OutputChunk, type RolldownOutput, rolldown } from "rolldown";
import { builtins } from "./builtins.ts";
import { documents } from "./documents.ts";
import { type BuiltFile, writeFiles } from "./files.ts";
import { notices } from "./notices.ts";
import { programs } from "./programs.ts";
import { validators } from "./validators.ts";

const root = join(import.meta.dirname, "../..");

/** Entries of the package, as files of `src`: the command, and what `package.json` exports. */
const ENTRIES = ["cli/main", "index", "vitest", "nock", "testcontainers"] as const;
type Entry = (typeof ENTRIES)[number];

/** A bundle that was written. */
export interface Bundle {
  /** Files of the entries. */
  readonly entries: Readonly<Record<Entry, string>>;
  /** Files of the programs and threads that gatetape starts, by their source's path below the root. */
  readonly programs: Readonly<Record<string, string>>;
  /** All its files, below its folder. */
  readonly files: readonly string[];
}

export interface BundleOptions {
  /** True for entries named by a hash, too: bundles of several states of the source then stand side by side. */
  readonly hashedEntries?: boolean;
}

/**
 * Bundles the sources into a folder. Packages that users install with gatetape stay outside; those that are only needed to build it
 * are taken in. Chunks are named by hashes of their content, and written before the entries that need them: a program that is
 * started meanwhile, or runs, finds what it needs.
 */
export async function bundle(folder: string, { hashedEntries = false }: BundleOptions = {}): Promise<Bundle> {
  const { output } = await generate(hashedEntries);
  const chunks = output.filter((file) => file.type === "chunk");
  checkImports(chunks);
  const foreign = new Set(chunks.filter((chunk) => isForeign(chunk)).map(({ fileName }) => fileName));
  const files = output
    .filter(({ fileName }) => !foreign.has(fileName.replace(/\.map$/, "")) || foreign.has(fileName))
    .map((file): BuiltFile => ({
      name: file.fileName,
      content: file.type === "asset" ? file.source : codeOf(file, foreign.has(file.fileName)),
    }));
  files.push(notices(chunks.flatMap(({ moduleIds }) => moduleIds)));
  writeFiles(folder, files);
  const fileOf = (entry: Entry): string => chunks.find((chunk) => isOf(chunk, entry))?.fileName ?? "";
  const entries = Object.fromEntries(ENTRIES.map((entry) => [entry, fileOf(entry)])) as Record<Entry, string>;
  return { entries, programs: programsIn(chunks), files: files.map(({ name }) => name) };
}

function programsIn(chunks: readonly OutputChunk[]): Bundle["programs"] {
  return Object.fromEntries(
    chunks.flatMap(({ isEntry, facadeModuleId, fileName }) =>
      isEntry && facadeModuleId?.startsWith(join(root, "src"))
        ? [[relative(root, facadeModuleId), fileName]]
        : [],
    ),
  );
}

/** What the oldest Node that runs the package knows: no `using`, which is written out for it. */
const TARGET = "es2023";

async function generate(hashedEntries: boolean): Promise<RolldownOutput> {
  await using build = await rolldown({
    input: Object.fromEntries(ENTRIES.map((entry) => [entry, join(root, `src/${entry}.ts`)])),
    cwd: root,
    platform: "node",
    external: isExternal,
    plugins: [builtins(), validators(), documents(), programs()],
    transform: { target: TARGET },
    tsconfig: false,
    resolve: { mainFields: ["module", "main"] },
  });
  return await build.generate({
    format: "esm",
    entryFileNames: (chunk) =>
      ENTRIES.some((entry) => isOf(chunk, entry))
        ? `[name]${hashedEntries ? "-[hash]" : ""}.js`
        : "chunks/[name]-[hash].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    assetFileNames: "chunks/[name]-[hash][extname]",
    // One chunk for what all others import: else each would bring parts of it, and all of them would be loaded for one.
    codeSplitting: { groups: [{ name: "util", test: /\/src\/util\/(?!process\/watchdog-main)/ }] },
    // Text beyond Latin-1 anywhere in a chunk would double its size in memory, and the time to read it.
    charset: "ascii",
    comments: { jsdoc: false, annotation: false, legal: true },
    sourcemap: true,
  });
}

function isOf(
  { isEntry, facadeModuleId }: Pick<OutputChunk, "isEntry" | "facadeModuleId">,
  entry: Entry,
): boolean {
  return isEntry && facadeModuleId === join(root, `src/${entry}.ts`);
}

/** Whether a chunk has no line of gatetape's own: it needs no map to the sources. */
function isForeign({ moduleIds }: OutputChunk): boolean {
  return !moduleIds.some((id) => id.startsWith(join(root, "src")));
}

function codeOf({ code }: OutputChunk, foreign: boolean): string {
  return foreign ? code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n") : code;
}

const { dependencies, peerDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as Readonly<Record<"dependencies" | "peerDependencies", Readonly<Record<string, string>>>>;
const INSTALLED = Object.keys({ ...dependencies, ...peerDependencies });

/** What nearly every start needs, though it is installed, too: for its types, or for the rest of it. */
const TAKEN_IN = ["commander", "jsonc-parser", "ajv/dist/runtime/"];

/** Whether a package stays outside: what users install with gatetape, and what they bring themselves. */
function isExternal(specifier: string): boolean {
  return (
    INSTALLED.some((name) => specifier === name || specifier.startsWith(`${name}/`)) &&
    !TAKEN_IN.some((name) => specifier.startsWith(name))
  );
}

/** Holds that the bundle imports nothing that users do not have. */
function checkImports(chunks: readonly OutputChunk[]): void {
  const own = new Set(chunks.map(({ fileName }) => fileName));
  for (const { fileName, imports, dynamicImports } of chunks)
    for (const name of [...imports, ...dynamicImports])
      if (!own.has(name) && !isExternal(name) && !name.startsWith("node:"))
        throw new Error(`${fileName} imports ${name}, which is neither bundled nor installed with gatetape`);
}
