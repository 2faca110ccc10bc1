/**
 * Builds `dist`: `npm run build`, and npm itself before a package is made. The compiler writes into a folder beside it, which
 * then takes its place: a gatetape that is started meanwhile finds the old files or the new ones, never some of each.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const fresh = mkdtempSync(join(root, "dist-"));
const old = `${fresh}-old`;
try {
  execFileSync("tsc", ["-p", join(root, "tsconfig.build.json"), "--outDir", fresh], { stdio: "inherit" });
  chmodSync(join(fresh, "cli", "main.js"), 0o755);
  chmodSync(fresh, 0o755);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
}
