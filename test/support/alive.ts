import { readFileSync } from "node:fs";

/** Whether a process is there and has not ended: a zombie is nobody's trouble. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
