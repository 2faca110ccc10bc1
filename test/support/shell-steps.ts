/** The shell steps of a CI file, and how to run them. */
import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ran } from "./cli.ts";

/** The indented text under the first `|` of a CI file. */
export function stepsOf(text: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /(?:run: |- )\|$/.test(line)) + 1;
  const indent = /^ */.exec(lines[start] ?? "")?.[0] ?? "";
  const end = lines.findIndex((line, i) => i > start && !line.startsWith(indent));
  const step = lines.slice(start, end === -1 ? undefined : end).map((line) => line.slice(indent.length));
  return `${step.join("\n").trimEnd()}\n`;
}

/** Writes a program of the shell. */
export function writeProgram(file: string, text: string): void {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/**
 * Runs steps as a CI does: from a file, in a shell of their own.
 *
 * @param shell the shell and its flags: `["bash", "-e"]`
 */
export function runSteps(
  shell: readonly string[],
  steps: string,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ran> {
  const file = join(cwd, "steps.sh");
  writeFileSync(file, steps);
  const [program = "sh", ...args] = shell;
  return new Promise((done, fail) => {
    const child = spawn(program, [...args, file], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}
