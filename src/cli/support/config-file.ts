import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, resolve } from "node:path";
import { UsageError } from "./errors.ts";
import { statNamed } from "./read-file.ts";

const MODULES = new Set([".mts", ".mjs", ".js", ".ts"]);

/**
 * Loads a config file without checking it: its JSON, or its default export.
 * @throws UsageError if the file does not load
 */
export async function loadConfigFile(file: string): Promise<unknown> {
  const stat = statNamed(file, "--config");
  if (stat === undefined)
    throw new UsageError("not-found", { file }, "no such file", "give --config the config's name");
  if (!stat.isFile()) throw new UsageError("wrong-kind", { file }, "is not a file", "give --config a file");
  const kind = extname(file);
  if (kind === ".json") return parseConfigJson(file);
  if (!MODULES.has(kind))
    throw new UsageError("config", { file }, "a config is .mts, .mjs, .js or .json", "rename it");
  const exported = loadModule(file);
  if (exported === undefined)
    throw new UsageError("not-found", { file }, "has no default export", "write export default { … }");
  return await exported;
}

function parseConfigJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw new UsageError(
      "config",
      { file },
      `is not JSON: ${(error as Error).message.replaceAll("\n", "\\n")}`,
      "correct the JSON; use a .mts file for comments",
    );
  }
}

/** Loads a module. Node itself strips the types of a `.mts`; `require` takes ES modules without top-level `await`. */
function loadModule(file: string): unknown {
  const path = resolve(file);
  try {
    const loaded: unknown = createRequire(path)(path);
    const isModule = Object.prototype.toString.call(loaded) === "[object Module]";
    return isModule ? (loaded as { default?: unknown }).default : loaded;
  } catch (error) {
    throw new UsageError(
      "config",
      { file, ...lineInMessage(error, path) },
      messageWords(error),
      fixOf(error, file),
    );
  }
}

function messageWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === "ERR_REQUIRE_ASYNC_MODULE") return "uses await at its top level, which a config can't";
  return text.split("\n")[0] ?? text;
}

function fixOf(error: unknown, file: string): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === "ERR_REQUIRE_ASYNC_MODULE")
    return "do without await, or export a promise: export default load()";
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND")
    return /'gatetape'/.test(String(error))
      ? 'install gatetape from a tarball or a git URL (README), or leave the import out: export default { … } satisfies import("gatetape").Config'
      : "install it, or leave the import out";
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "Node only strips types: no enum, namespace or parameter property";
  if (code === "ERR_UNKNOWN_FILE_EXTENSION" || code === "ERR_NO_TYPESCRIPT")
    return "this Node does not strip types: use Node 22.18 or newer, or name it .mjs and leave the types out";
  if (error instanceof SyntaxError && /\bexport\b|\bimport\b/.test(error.message))
    return `in a commonjs package this is not an ES module: rename it to ${file.replace(/\.([jt]s)$/, ".m$1")}`;
  return "correct the config; it must load in Node without a build";
}

/** Line of an error that was thrown in the config itself. */
function lineInMessage(error: unknown, path: string): { line?: number } {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(`${path}:`);
  const line = at === -1 ? undefined : /^\d+/.exec(stack.slice(at + path.length + 1))?.[0];
  return line === undefined ? {} : { line: Number(line) };
}
