import type { Verdict } from "../suites/index.ts";

/** Whether a verdict fails its run. Records of older versions do not say so: there fails and hangs of no MAY do. */
export function failsRun({ fails, result, level }: Verdict): boolean {
  return fails ?? (result === "fail" || (result === "hang" && level !== "may"));
}
