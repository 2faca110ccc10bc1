import type { Verdict } from "../../../src/suites/model/verdict.ts";
import type { RecordLine } from "../../../src/suites/record/record.ts";
import { type Ran, gatetape } from "../../support/cli.ts";

/** What a gate said in its record. */
export interface GateRun extends Ran {
  readonly lines: readonly RecordLine[];
  readonly verdicts: readonly Verdict[];
  readonly requests: number;
}

/** Runs `gatetape gate FLAGS --json -- COMMAND`. */
export async function gateRun(
  flags: readonly string[],
  command: readonly string[],
  options: { cwd?: string } = {},
): Promise<GateRun> {
  const ran = await gatetape(["gate", ...flags, "--json", "--", ...command], options);
  return { ...ran, ...readRecord(ran.stdout) };
}

export function readRecord(text: string): Pick<GateRun, "lines" | "verdicts" | "requests"> {
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordLine);
  const verdicts = lines.flatMap((line) => ("verdict" in line ? [line.verdict] : []));
  const requests = lines.flatMap((line) => ("end" in line ? [line.end.traffic?.requests ?? 0] : []))[0] ?? 0;
  return { lines, verdicts, requests };
}
