import type { RunRecord, Verdict } from "../suites/index.ts";

/** Command that plays only this verdict's scenario, and those that it needs for the same verdict; `undefined` if unknown. */
export function rerunCommand(
  runs: readonly Pick<RunRecord, "rerun">[],
  { scenario, together = [] }: Verdict,
): string | undefined {
  const rerun = runs.find((run) => run.rerun !== undefined)?.rerun;
  if (rerun === undefined) return undefined;
  const only = [scenario, ...together].map((id) => `--only ${id}`).join(" ");
  return `${rerun.before} ${only} ${rerun.after}`;
}
