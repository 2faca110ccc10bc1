/** What the source files may import of each other, read from their text. Pure functions: the test feeds them the real tree. */
import { posix } from "node:path";
import { code } from "./source-text.ts";

/** The rooms of src, from bottom to top; each imports only rooms before it. ARCHITECTURE.md says what each holds. */
export const ROOMS = [
  "util",
  "http",
  "openapi",
  "exchange",
  "secrets",
  "cassette",
  "trace",
  "asgi",
  "ogl",
  "server",
  "mock",
  "recorder",
  "suites",
  "report",
  "config",
  "cli",
] as const;

/** The most files that a folder may hold. */
const MAX_FILES = 20;

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

/**
 * Violations of the floor plan: unknown rooms, imports that run upward, imports past an index, imports of an own index,
 * subfolders that import their parent's files, subfolders that import each other in a circle, folders with too many files.
 */
export function floorProblems(sources: Sources): string[] {
  const edges: FolderEdge[] = [];
  const problems = [...sources].flatMap(([file, source]) => [
    ...unknownRoom(file),
    ...importsOf(source).flatMap((found) => {
      const at = `${file}:${found.line}`;
      const edge = folderEdge(file, found, at);
      if (edge !== undefined) edges.push(edge);
      return importProblems(file, found).map((why) => `${at} ${why}`);
    }),
  ]);
  return [...problems, ...folderCircles(edges), ...crowdedFolders([...sources.keys()])];
}

function unknownRoom(file: string): string[] {
  const room = roomOf(file);
  return room === undefined || rankOf(room) >= 0
    ? []
    : [`${file}: src/${room} is not in the floor plan (${ROOMS.join(", ")})`];
}

function importProblems(file: string, { specifier, typeOnly }: Import): string[] {
  if (specifier === "") return ["imports what can't be read here: give import() a plain string"];
  if (!specifier.startsWith(".")) return [];
  const target = resolve(file, specifier);
  if (!target.startsWith("src/")) return [`imports ${target}, which leads out of src`];
  return [...indexProblems(file, target), ...rankProblems(file, target, typeOnly)];
}

/** Problems with the order of rooms. */
function rankProblems(file: string, target: string, typeOnly: boolean): string[] {
  const from = roomOf(file);
  const to = roomOf(target);
  if (from === to) return [];
  if (to === undefined) return [`imports the public entry ${target}; import the room that has it`];
  if (from === undefined) return to === "cli" ? ["a public entry imports the command line"] : [];
  if (rankOf(to) >= rankOf(from)) return [`imports ${to}, which is not above ${from}`];
  return from === "report" && to === "suites" && !typeOnly
    ? ["report imports more than types of suites"]
    : [];
}

/** Problems with the doors of folders: a folder is entered by its index alone, and never imports what stands around it. */
function indexProblems(file: string, target: string): string[] {
  const { common, from, to } = paths(file, target);
  const [entry = ""] = to;
  if (to.length > 1) {
    const door = [...common, entry, "index.ts"].join("/");
    return target === door ? [] : [`reaches into ${target}; import ${door}`];
  }
  if (entry === "index.ts" && common.length > 1) return [`imports ${target}, the index of its own folder`];
  return from.length > 1 && common.length > 1
    ? [`imports ${target}, which stands beside its folder; move one of them`]
    : [];
}

interface FolderEdge {
  readonly parent: string;
  readonly from: string;
  readonly to: string;
  /** The file and line of the import. */
  readonly at: string;
}

/** The edge between two subfolders of one folder that an import makes; rooms have an order of their own. */
function folderEdge(file: string, { specifier }: Import, at: string): FolderEdge | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const { common, from, to } = paths(file, resolve(file, specifier));
  if (common.length < 2 || from.length < 2 || to.length < 2) return undefined;
  return { parent: common.join("/"), from: from[0] ?? "", to: to[0] ?? "", at };
}

/** Subfolders of one folder that import each other in a circle, with an import for each step. */
function folderCircles(edges: readonly FolderEdge[]): string[] {
  const found = new Set<string>();
  for (const parent of new Set(edges.map((edge) => edge.parent))) {
    const inside = edges.filter((edge) => edge.parent === parent);
    const walk = (path: readonly FolderEdge[], folder: string): void => {
      const start = path.findIndex(({ from }) => from === folder);
      if (start !== -1) {
        const steps = path.slice(start).map(({ from, at }) => `${from} (${at})`);
        found.add(`${parent}: folders import each other in a circle: ${steps.toSorted().join(", ")}`);
        return;
      }
      const next = new Map(inside.filter(({ from }) => from === folder).map((edge) => [edge.to, edge]));
      for (const edge of next.values()) walk([...path, edge], edge.to);
    };
    for (const folder of new Set(inside.map(({ from }) => from))) walk([], folder);
  }
  return [...found];
}

function crowdedFolders(files: readonly string[]): string[] {
  const sizes = Map.groupBy(files, (file) => posix.dirname(file));
  return [...sizes]
    .filter(([, inside]) => inside.length > MAX_FILES)
    .map(([folder, inside]) => `${folder} has ${inside.length} files, more than ${MAX_FILES}`);
}

/** Two files seen from the deepest folder that both are in. */
function paths(file: string, target: string): { common: string[]; from: string[]; to: string[] } {
  const a = file.split("/");
  const b = target.split("/");
  let depth = 0;
  while (depth < a.length - 1 && depth < b.length - 1 && a[depth] === b[depth]) depth += 1;
  return { common: a.slice(0, depth), from: a.slice(depth), to: b.slice(depth) };
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

/** `http` of `src/http/a/b.ts`; `undefined` at the top level. */
function roomOf(file: string): string | undefined {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}

function rankOf(room: string): number {
  return (ROOMS as readonly string[]).indexOf(room);
}
