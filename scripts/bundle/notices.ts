import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuiltFile } from "./files.ts";

/** The licenses of the packages that a bundle has taken in: they demand to stand beside copies of the code. */
export function notices(modules: readonly string[]): BuiltFile {
  const folders = new Set(modules.flatMap((module) => PACKAGE.exec(module)?.[0] ?? []));
  const texts = [...folders].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    ) as Readonly<Record<"name" | "version" | "license", string>>;
    const [file] = globSync("{LICENSE,LICENCE,license}*", { cwd: folder });
    if (file === undefined) throw new Error(`${name} is bundled, and its license is nowhere to be found`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return { name: "LICENSES.txt", content: texts.join(`\n${"-".repeat(80)}\n\n`) };
}

/** The folder of a module's package. */
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;
