import { parseArgs } from "node:util";
import type { ThroughputOptions } from "./throughput.ts";
import { WORKLOAD_IDS, type WorkloadId } from "./workloads.ts";

export const HELP: string = `Usage: node bench/run.ts [--quick] [--json FILE] [--only PART]... [--connections N]...

Compares the mock, as built in dist/, with a plain node:http server.

  --quick            fewer and shorter rounds: about 20 s
  --json FILE        also write the figures there
  --only PART        ${WORKLOAD_IDS.join(", ")} or start; may be repeated
  --connections N    instead of 1 and 64; may be repeated
  --cpu-prof FOLDER  write a CPU profile of the mock under load there
  --mock FILE        another build's cli/main.js instead of dist/cli/main.js`;

export interface BenchOptions extends ThroughputOptions {
  readonly workloads: readonly WorkloadId[];
  readonly connections: readonly number[];
  /** How often each server is started; 0 for not at all. */
  readonly starts: number;
  readonly json: string | undefined;
  readonly cpuProfile: string | undefined;
  readonly mock: string | undefined;
  readonly help: boolean;
}

/** @throws Error with what is wrong with the arguments */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      only: { type: "string", multiple: true },
      connections: { type: "string", multiple: true, default: ["1", "64"] },
      "cpu-prof": { type: "string" },
      mock: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const only = values.only ?? [...WORKLOAD_IDS, "start"];
  const unknown = only.find((part) => part !== "start" && !isWorkload(part));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: use ${WORKLOAD_IDS.join(", ")} or start`);
  const connections = values.connections.map(Number);
  if (!connections.every((count) => Number.isInteger(count) && count > 0 && count <= 1000))
    throw new Error("--connections: a number from 1 to 1000");
  const pace = values.quick
    ? { rounds: 3, roundMs: 200, warmMs: 150, starts: 3 }
    : { rounds: 5, roundMs: 900, warmMs: 500, starts: 12 };
  return {
    ...pace,
    starts: only.includes("start") ? pace.starts : 0,
    workloads: only.filter(isWorkload),
    connections,
    json: values.json,
    cpuProfile: values["cpu-prof"],
    mock: values.mock,
    help: values.help,
  };
}

function isWorkload(part: string): part is WorkloadId {
  return (WORKLOAD_IDS as readonly string[]).includes(part);
}
