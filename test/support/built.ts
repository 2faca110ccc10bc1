import { execFileSync } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What `dist` is made of; folders too, since a file that was removed leaves no other trace. */
const SOURCES = [
  "src",
  "src/**",
  "scripts/build.ts",
  "scripts/bundle",
  "scripts/bundle/**",
  "package-lock.json",
];

/** Makes `dist` what the sources are now: `npm ci` has just done so on a fresh clone. */
export function buildIfStale(): void {
  const built = statSync(join(root, "dist/cli/main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isNewer = (path: string): boolean => statSync(join(root, path)).mtimeMs >= built;
  if (globSync(SOURCES, { cwd: root }).some(isNewer))
    execFileSync(process.execPath, ["scripts/build.ts"], { cwd: root });
}
