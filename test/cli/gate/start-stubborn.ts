import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { MAIN } from "../../support/main.ts";

const STUBBORN = new URL("stubborn.ts", import.meta.url).pathname;

/**
 * Starts a gate around `stubborn.ts`.
 * @param detached whether the gate leads a group of its own
 * @returns the gate, and the pids of the command and of all that it has started
 */
export async function startStubborn(
  file: string,
  detached = false,
): Promise<{ gate: ChildProcess; pids: number[] }> {
  writeFileSync(file, "");
  const args = [MAIN, "gate", "-q", "--", process.execPath, STUBBORN, file];
  const gate = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"], detached });
  const lines: string[] = [];
  for await (const line of createInterface({ input: gate.stdout })) {
    lines.push(line);
    if (line.startsWith("up")) break;
  }
  const leader = Number(/^up (\d+)$/.exec(lines.at(-1) ?? "")?.[1]);
  const started = readFileSync(file, "utf8").trim().split("\n").map(Number);
  return { gate, pids: [leader, ...started] };
}

/** Exit code of a process, when it has ended. */
export async function endedBy(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}
