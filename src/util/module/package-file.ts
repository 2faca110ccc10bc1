import { fileURLToPath } from "node:url";

/** File of a package as an `import` finds it. Other ways to load modules than Node's lack `import.meta.resolve`. */
export function packageFile(name: string): string {
  return fileURLToPath(import.meta.resolve(name));
}
