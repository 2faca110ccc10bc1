import { adapterDriver } from "../../src/suites/client/adapter/driver.ts";
import { runScenarios } from "../../src/suites/client/run.ts";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import type { ClientInfo } from "../../src/suites/model/driver.ts";
import type { Scenario } from "../../src/suites/model/scenario.ts";
import type { Result } from "../../src/suites/model/verdict.ts";
import { type RecordLine, traceRecord } from "../../src/suites/record/record.ts";
import { type ListedAdapter, ROOT } from "./installed.ts";
import type { Verdicts } from "./table.ts";

/** An adapter's run, as `gatetape client --jobs 4` makes it, with the trace of each scenario, passes too. */
export interface AdapterRun {
  readonly client: ClientInfo;
  readonly verdicts: Verdicts;
  readonly problems: readonly string[];
  /** Scenario to its trace and verdict. */
  readonly lines: ReadonlyMap<string, readonly RecordLine[]>;
  readonly ms: number;
}

const JOBS = 4;

/** Plays only these, one at a time: nothing that runs beside them can hold them up. */
export function playAlone(adapter: ListedAdapter, ids: ReadonlySet<string>): Promise<AdapterRun> {
  return playAdapter(
    adapter,
    SCENARIOS.filter(({ id }) => ids.has(id)),
    1,
  );
}

export async function playAdapter(
  { command, jobs: most = JOBS }: ListedAdapter,
  scenarios: readonly Scenario[],
  jobs: number = most,
): Promise<AdapterRun> {
  const started = performance.now();
  await using driver = await adapterDriver({ command, cwd: ROOT, runner: "gatetape verdicts", jobs });
  const verdicts: Record<string, Result> = {};
  const lines = new Map<string, RecordLine[]>();
  const all = await runScenarios(driver, {
    scenarios,
    jobs,
    onVerdict: (verdict, scenario, seen) => {
      const trace = seen === undefined ? [] : [{ trace: traceRecord(scenario, verdict, seen) }];
      lines.set(scenario.id, [...trace, { verdict }]);
    },
  });
  // In the order of the scenarios, whatever the order in which they ended.
  for (const { scenario, result } of all) if (result !== "pass") verdicts[scenario] = result;
  const { client, problems } = driver;
  return { client, verdicts, problems, lines, ms: performance.now() - started };
}
