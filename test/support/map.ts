/** The map of src in ARCHITECTURE.md, made of the comments that open the folders' index files. */
import { posix } from "node:path";
import { ROOMS, type Sources } from "./floor-plan.ts";

const BEGIN = "<!-- map: npm run map -->\n```\n";
const END = "```\n<!-- end of map -->";

/** The map: a line for each folder, rooms in their order, subfolders by name, with the first sentence of each index. */
export function mapOf(sources: Sources): string {
  const folders = [...sources.keys()]
    .filter((file) => /^src\/.+\/index\.ts$/.test(file))
    .map((file) => posix.dirname(file));
  const rank = (folder: string): number => (ROOMS as readonly string[]).indexOf(folder.split("/")[1] ?? "");
  const ordered = folders.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return ordered
    .map((folder) => {
      const depth = folder.split("/").length - 2;
      const name = `${"  ".repeat(depth)}${depth === 0 ? folder : posix.basename(folder)}/`;
      return `${name.padEnd(20)} ${aboutOf(sources.get(`${folder}/index.ts`) ?? "")}`.trimEnd();
    })
    .join("\n");
}

/** The opening comment of an index file on one line; `""` if it has none. */
export function aboutOf(source: string): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  return comment.replaceAll(/\s*\n\s*\*\s?/g, " ").trim();
}

/** A page with its map replaced. @throws if the page has no marks of a map */
export function withMap(page: string, map: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end === -1) throw new Error("the page has no marks of a map");
  return `${page.slice(0, begin + BEGIN.length)}${map}\n${page.slice(end)}`;
}
