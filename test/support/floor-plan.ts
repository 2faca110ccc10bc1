/** What the source files may import of each other, read from their text. Pure functions: the test feeds them the real tree. */
import { posix } from "node:path";
import { code } from "./source-text.ts";

/** The folders of src; each imports only from those before it. */
export const FLOORS = [
  "util",
  "wire",
  "spec",
  "exchange",
  "cassette",
  "trace",
  "gateway",
  "mock",
  "recorder",
  "suites",
  "report",
  "config",
  "cli",
] as const;

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Leaves nothing behind in the compiled file. */
  readonly typeOnly: boolean;
}

/** A tree of source files: path (`src/http/sse.ts`) to text. */
export type Sources = ReadonlyMap<string, string>;

const STATIC =
  /^[ \t]*(?:import|export)\s+(?:(type)\s+(?!from\b))?(?:([\w$*{}\s,]+?)\s*from\s*)?"([^"\n]+)"/gm;
const DYNAMIC = /(?<![\w$.])(typeof\s+)?import\s*\(\s*(?:"([^"\n]+)"|[^)"])[^)]*\)(\s*\.\s*[A-Z])?/g;
const FILE_URL = /\bnew\s+URL\(\s*"([^"\n]+\.[mc]?[jt]s)"/g;

/**
 * Every import of a file: `import`, `export … from`, `import()` as a value and as a type, and files named by
 * `new URL("./worker.ts", import.meta.url)`. A computed `import()` has the specifier `""`.
 */
export function importsOf(source: string): Import[] {
  const text = code(source, { strings: true });
  const lineAt = (index: number): number => text.slice(0, index).split("\n").length;
  const found: Import[] = [];
  for (const match of text.matchAll(STATIC)) {
    const [whole, type, names = "", specifier = ""] = match;
    if (whole.trimStart().startsWith("export") && names === "") continue; // `export const x = …`
    const typeOnly = type !== undefined || inlineTypesOnly(names);
    found.push({ specifier, line: lineAt(match.index + whole.length - 1), typeOnly });
  }
  for (const match of text.matchAll(DYNAMIC)) {
    const [, type, specifier = "", member] = match;
    found.push({
      specifier,
      line: lineAt(match.index),
      typeOnly: type !== undefined || member !== undefined,
    });
  }
  for (const match of text.matchAll(FILE_URL)) {
    found.push({ specifier: match[1] ?? "", line: lineAt(match.index), typeOnly: false });
  }
  return found;
}

function inlineTypesOnly(names: string): boolean {
  const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.trim();
  return (
    inner !== undefined && inner !== "" && inner.split(",").every((name) => /^\s*(?:type\s|$)/.test(name))
  );
}

/** Where the floor plan is not kept. */
export function floorProblems(sources: Sources): string[] {
  return [...sources].flatMap(([file, source]) => [
    ...unknownFolder(file),
    ...importsOf(source).flatMap((found) =>
      importProblem(file, found).map((why) => `${file}:${found.line} ${why}`),
    ),
  ]);
}

function unknownFolder(file: string): string[] {
  const folder = folderOf(file);
  return folder === undefined || rankOf(folder) >= 0
    ? []
    : [`${file}: src/${folder} is not in the floor plan (${FLOORS.join(", ")})`];
}

function importProblem(file: string, { specifier, typeOnly }: Import): string[] {
  if (specifier === "") return ["imports what can't be read here: give import() a plain string"];
  if (!specifier.startsWith(".")) return [];
  const target = resolve(file, specifier);
  if (!target.startsWith("src/")) return [`imports ${target}, which leads out of src`];
  const from = folderOf(file);
  const to = folderOf(target);
  if (from === to) return [];
  if (to === undefined) return [`imports the public entry ${target}; import the folder that has it`];
  const problems =
    target === `src/${to}/index.ts` ? [] : [`reaches into ${target}; import src/${to}/index.ts`];
  if (from === undefined)
    return to === "cli" ? [...problems, "a public entry imports the command line"] : problems;
  if (rankOf(to) >= rankOf(from)) problems.push(`imports ${to}, which is not above ${from}`);
  if (from === "report" && to === "suites" && !typeOnly)
    problems.push("report imports more than types of suites");
  return problems;
}

/** Files that import each other in a circle, each circle once: `src/a.ts -> src/b.ts -> src/a.ts`. */
export function cycles(sources: Sources): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const found = new Set<string>();
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at !== -1) found.add(circle(path.slice(at)));
    if (at !== -1 || done.has(file)) return;
    path.push(file);
    for (const { specifier } of importsOf(sources.get(file) ?? "")) {
      const target = specifier.startsWith(".") ? resolve(file, specifier) : undefined;
      if (target !== undefined && sources.has(target)) visit(target);
    }
    path.pop();
    done.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return [...found];
}

/** A circle, begun at the same file wherever it was entered. */
function circle(files: readonly string[]): string {
  const start = files.indexOf(files.toSorted()[0] ?? "");
  const turned = [...files.slice(start), ...files.slice(0, start)];
  return [...turned, turned[0]].join(" -> ");
}

/** Packages that the source needs, and the published package does not bring or ask for. */
export function undeclaredPackages(sources: Sources, declared: ReadonlySet<string>): string[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source).flatMap(({ specifier, line }) => {
      if (specifier === "" || /^(?:\.|node:)/.test(specifier)) return [];
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      return declared.has(name)
        ? []
        : [`${file}:${line} imports ${name}, which is no dependency of the package`];
    }),
  );
}

function resolve(file: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier));
}

/** `wire` of `src/wire/a/b.ts`; `undefined` at the top level. */
function folderOf(file: string): string | undefined {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}

function rankOf(folder: string): number {
  return (FLOORS as readonly string[]).indexOf(folder);
}
