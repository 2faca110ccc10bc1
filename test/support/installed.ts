import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./recipes.ts";

/** Environment of a user's shell: without the variables by which npm tells the tests that it started them. */
export function userEnvironment(project: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  return {
    ...Object.fromEntries(own),
    // The Node that was installed beside the package, as somebody has it whose own Node is new enough.
    PATH: `${join(project, "node_modules/.bin")}:${String(process.env["PATH"])}`,
    NO_COLOR: "1",
    npm_config_update_notifier: "false",
  };
}

/**
 * Packs the package and installs the tarball in a new project, as README says.
 *
 * @returns the folder of the project, and the lines that were typed for it
 */
export function installInProject(folder: string): { readonly project: string; readonly lines: string[] } {
  const project = join(folder, "project");
  mkdirSync(project, { recursive: true });
  writeFileSync(
    join(project, "package.json"),
    '{ "private": true, "type": "module", "allowScripts": { "node": true } }',
  );
  const lines: string[] = [];
  const type = (line: string, cwd: string, further = ""): void => {
    lines.push(line);
    execFileSync("sh", ["-c", `${line} ${further}`], { cwd, stdio: ["ignore", "ignore", "pipe"] });
  };
  type("npm pack", root, `--pack-destination '${project}'`);
  const quick = `node@${process.versions.node} --no-audit --no-fund --fetch-timeout=60000`;
  type("npm install --save-dev ./gatetape-0.1.0.tgz", project, quick);
  return { project, lines };
}
