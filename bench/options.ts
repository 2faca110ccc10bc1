import { parseArgs } from "node:util";
import { LOAD_ROW_IDS } from "./groups.ts";
import { START_ROW_IDS } from "./start.ts";
import type { Pace } from "./throughput.ts";

export const HELP: string = `Usage: node bench/run.ts [--quick] [--only ROW]... [--rounds N] [--check] [--json FILE]

Compares the mock, as built in dist/, with plain node:http, Hono and aimock. A run of all rows takes about ten minutes and
writes bench/table.md and bench/table.json; with --quick, --only or --check nothing is written there.

  --quick            fewer and shorter rounds: about two minutes
  --only ROW         rows whose id has this text in it (recorded, chat.stream, start/first); may be repeated
  --rounds N         rounds of each row under load
  --check            compares with bench/table.json; a row outside its bounds is measured once more, and then fails
  --list             prints the ids of all rows
  --json FILE        also write the figures there
  --no-aimock        without aimock, which else is installed into a temporary folder
  --cpu-prof FOLDER  write CPU profiles of the mock under load there
  --mock FILE        another build's cli/main.js instead of dist/cli/main.js`;

/** The ids of all rows. */
export const ROW_IDS: readonly string[] = [...LOAD_ROW_IDS, ...START_ROW_IDS, "memory", "paced"];

export interface BenchOptions {
  readonly quick: boolean;
  /** Texts of the ids of wanted rows; empty for all. */
  readonly only: readonly string[];
  readonly pace: Pace;
  /** How often each server is started. */
  readonly starts: number;
  /** How often each server plays the paced streams. */
  readonly pacedRuns: number;
  /** Load of each kind before memory is read, in ms. */
  readonly memoryMs: number;
  readonly check: boolean;
  readonly aimock: boolean;
  readonly json: string | undefined;
  readonly cpuProfile: string | undefined;
  readonly mock: string | undefined;
  readonly help: boolean;
  readonly list: boolean;
}

const FULL = {
  pace: { rounds: 8, roundMs: 500, warmMs: 400 },
  starts: 15,
  pacedRuns: 3,
  memoryMs: 2000,
} as const;
const QUICK = {
  pace: { rounds: 3, roundMs: 200, warmMs: 250 },
  starts: 4,
  pacedRuns: 1,
  memoryMs: 1000,
} as const;

/** @throws Error with what is wrong with the arguments */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      rounds: { type: "string" },
      check: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      json: { type: "string" },
      aimock: { type: "boolean", default: true },
      "cpu-prof": { type: "string" },
      mock: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
    allowNegative: true,
  });
  const unknown = values.only.find((text) => !ROW_IDS.some((id) => id.includes(text)));
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}: no row has that in its id; --list prints them`);
  const size = values.quick ? QUICK : FULL;
  const rounds = values.rounds === undefined ? size.pace.rounds : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new Error("--rounds: a number from 1 to 100");
  return {
    ...size,
    pace: { ...size.pace, rounds },
    quick: values.quick,
    only: values.only,
    check: values.check,
    list: values.list,
    aimock: values.aimock,
    json: values.json,
    cpuProfile: values["cpu-prof"],
    mock: values.mock,
    help: values.help,
  };
}
