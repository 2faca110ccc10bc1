import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Folder of gatetape's package, in which `spec` and `cassettes` are: the nearest one above this file that has a package.json, in a
 * checkout as in an installed package.
 */
export const packageFolder: string = nearestPackage(dirname(fileURLToPath(import.meta.url)));

function nearestPackage(folder: string): string {
  const above = dirname(folder);
  return above === folder || existsSync(join(folder, "package.json")) ? folder : nearestPackage(above);
}
