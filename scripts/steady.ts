/**
 * Verdicts that do not depend on the machine: plays adapters once on a quiet machine and then again and again beside busy
 * loops, and prints what differed. A verdict may become inconclusive under load, in up to one case in ten, and nothing else.
 *
 *     node scripts/steady.ts --runs 10 --load 4 --adapters fetch,openai-node
 *
 * The exit status is 1 if a verdict differed, or if too many of a run were inconclusive. `--only 'stream/*'` plays less.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { selectScenarios } from "../src/suites/client/select/select.ts";
import type { Scenario } from "../src/suites/model/scenario.ts";
import { type Result, tooManyInconclusive } from "../src/suites/model/verdict.ts";
import { type ListedAdapter, isInstalled, listedAdapters } from "./verdicts/installed.ts";
import { playAdapter } from "./verdicts/play.ts";
import { type Verdicts, resultOf } from "./verdicts/table.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10" },
    load: { type: "string", default: "4" },
    adapters: { type: "string", default: "fetch,openai-node" },
    only: { type: "string", multiple: true, default: [] },
  },
});

/** Program of a loop. It ends by itself some time after nobody could want it any more. */
const LOOP = "const end = Date.now() + 3_600_000; while (Date.now() < end);";

const names = values.adapters.split(",");
const adapters = listedAdapters().filter(({ name }) => names.includes(name));
const absent = names.filter((name) => !adapters.some((one) => one.name === name && isInstalled(one)));
const scenarios = selectScenarios({ only: values.only });

if (absent.length > 0) {
  console.log(`not installed: ${absent.join(", ")}; adapters/install puts them there`);
  process.exitCode = 2;
} else {
  const quiet = new Map<string, Verdicts>();
  for (const adapter of adapters) quiet.set(adapter.name, await played(adapter, "quiet"));
  const loops = Array.from({ length: Number(values.load) }, startLoop);
  let wrong = 0;
  try {
    for (let run = 1; run <= Number(values.runs); run++)
      for (const adapter of adapters)
        wrong += compared(
          adapter.name,
          quiet.get(adapter.name) ?? {},
          await played(adapter, `run ${run} of ${values.runs}, beside ${values.load} loops`),
        );
  } finally {
    for (const loop of loops) loop.kill("SIGKILL");
  }
  console.log(wrong === 0 ? "steady: no verdict differed" : `${wrong} differences`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

function startLoop(): ChildProcess {
  return spawn(process.execPath, ["-e", LOOP], { stdio: "ignore" });
}

async function played(adapter: ListedAdapter, how: string): Promise<Verdicts> {
  const { verdicts, problems, ms } = await playAdapter(adapter, scenarios);
  const inconclusive = idsOf(verdicts, "inconclusive");
  console.log(
    `${adapter.name}, ${how}: ${scenarios.length - Object.keys(verdicts).length} passes of ${scenarios.length}, ` +
      `${inconclusive.length} inconclusive, ${Math.round(ms / 1000)} s`,
  );
  for (const problem of problems) console.log(`  problem: ${problem}`);
  return verdicts;
}

function idsOf(verdicts: Verdicts, result: Result): string[] {
  return Object.keys(verdicts).filter((id) => verdicts[id] === result);
}

/** Prints what a run beside loops has other than the quiet one, and counts what counts. */
function compared(adapter: string, quiet: Verdicts, loaded: Verdicts): number {
  const differing = scenarios.filter(({ id }) => resultOf(quiet, id) !== resultOf(loaded, id));
  for (const { id } of differing)
    console.log(`  ${adapter} ${id}: quiet ${resultOf(quiet, id)}, loaded ${resultOf(loaded, id)}`);
  const wrong = differing.filter(({ id }) => ![quiet, loaded].some((run) => run[id] === "inconclusive"));
  const tooMany = tooManyInconclusive(
    scenarios.map(({ id }: Scenario) => ({ result: resultOf(loaded, id) })),
  );
  if (tooMany) console.log(`  ${adapter}: more than one in ten is inconclusive`);
  return wrong.length + (tooMany ? 1 : 0);
}
