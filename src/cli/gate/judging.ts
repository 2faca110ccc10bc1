import { parseRate } from "../../config/index.ts";
import { type Command, Option } from "commander";
import { type OglVersion, specOf } from "../../openapi/index.ts";
import {
  Cleaner,
  type Coverage,
  type EndRecord,
  FAIL_ON,
  type KnownFailure,
  type LevelSetting,
  TRAFFIC_CHECKS,
  type Traffic,
  type TrafficVerdict,
  type Verdict,
  isBad,
  judgeTraffic,
  markKnown,
  matches,
  parseKnownFailures,
  staleEntries,
} from "../../suites/index.ts";
import { version } from "../../util/index.ts";
import {
  type Io,
  RecordFile,
  UsageError,
  collectReport,
  located,
  parseCount,
  readTextFile,
} from "../support/index.ts";
import { type JudgingFlags, type LevelFlag, collectLevel, collectParam } from "./flags.ts";
import { showVerdict, sumLines } from "./screen.ts";

const MAX_ATTEMPTS = 10;

/** The options of judging, for both commands that judge traffic. */
export function addJudgingOptions(command: Command): Command {
  return command
    .option(
      "--level <check=level>",
      "weigh checks otherwise: must, should, may or off (* stands for any characters); may be repeated",
      collectLevel,
    )
    .option("--max-rps <n>", "fail if more requests than that come within a second", parseRate)
    .option("--max-attempts <n>", "how often one call may be tried", parseCount, MAX_ATTEMPTS)
    .option(
      "--param <[operation:]name=value>",
      "a member that the requests must have, as it is (operation: chat.create and chat.stream); may be repeated",
      collectParam,
    )
    .option("--known-failures <file>", "a file of `pattern   # reason`; one that passes fails the run")
    .addOption(
      new Option("--fail-on <result>", "the least result that counts as a finding")
        .choices([...FAIL_ON])
        .default("fail"),
    )
    .option(
      "--report <format=file>",
      "write a report: ndjson, json, junit, markdown, github or badge; may be repeated",
      collectReport,
    )
    .option("--json", "print the record as JSON Lines on stdout and nothing else there")
    .option("-q, --quiet", "print only the sum")
    .option("-v, --verbose", "print what could not be judged, too");
}

/** What is judged, and how it is named. */
export interface Judged {
  readonly subject: string;
  readonly ogl: OglVersion;
  readonly traffic: Traffic;
  /** Absent for what was saved. */
  readonly coverage?: Coverage;
  /** Verdicts beside those of the checks. */
  readonly more?: readonly TrafficVerdict[];
  /** What is wrong beside verdicts. */
  readonly problems?: readonly string[];
  readonly startedAt: string;
  readonly ms: number;
  /** Where people read: the command's stdout is its own. */
  readonly print: (text: string) => void;
}

/** What is asked of judging, checked before anything is run. */
export class Judging {
  readonly #flags: JudgingFlags;
  readonly #io: Io;
  readonly #levels: ReadonlyMap<string, LevelSetting>;
  readonly #known: readonly KnownFailure[];
  readonly #record: RecordFile;

  /** @throws UsageError or SuiteError for what can't be done as asked */
  constructor(flags: JudgingFlags, io: Io) {
    this.#io = io;
    this.#flags = flags;
    this.#levels = levelsOf(flags.level ?? []);
    this.#known = knownFailuresIn(flags.knownFailures, io);
    const json = flags.json ? [{ format: "ndjson" as const, file: "-" }] : [];
    this.#record = new RecordFile([...(flags.report ?? []), ...json], io);
  }

  /** Judges, tells of it, writes the reports, and gives the exit code. */
  conclude(judged: Judged): number {
    const { traffic, ogl } = judged;
    const flags = this.#flags;
    const cleaner = new Cleaner(traffic.keys);
    const subject = cleaner.text(judged.subject);
    const verdicts = [
      ...judgeTraffic(traffic, {
        subject,
        levels: this.#levels,
        spec: specOf(ogl),
        maxAttempts: flags.maxAttempts,
        params: flags.param ?? [],
        ...(flags.maxRps === undefined ? {} : { maxRps: flags.maxRps }),
      }),
      ...(judged.more ?? []),
    ].map((one) => this.#marked(cleaner.verdict(one)));
    this.#write(judged, subject, verdicts);
    const plain = verdicts.map(({ verdict }) => verdict);
    const problems = this.#problems(judged, plain);
    const exitCode = problems.length > 0 || plain.some((verdict) => isBad(verdict, flags.failOn)) ? 1 : 0;
    this.#record.add({ end: endRecord(judged, problems, exitCode) });
    if (!flags.quiet)
      for (const one of verdicts) showVerdict(one, flags.verbose ?? false, judged.print, this.#io);
    for (const line of sumLines(plain, problems, judged.coverage, traffic)) judged.print(`${line}\n`);
    this.#record.finish();
    return exitCode;
  }

  #marked({ verdict, trace }: TrafficVerdict): TrafficVerdict {
    return { verdict: markKnown(verdict, this.#known), ...(trace === undefined ? {} : { trace }) };
  }

  #write(judged: Judged, subject: string, verdicts: readonly TrafficVerdict[]): void {
    this.#record.add({
      run: {
        record: 2,
        gatetape: version(),
        ogl: judged.ogl,
        client: { name: subject, version: "" },
        startedAt: judged.startedAt,
        scenarios: verdicts.length,
        judges: "traffic",
      },
    });
    for (const { verdict, trace } of verdicts) {
      if (trace !== undefined && verdict.result !== "pass") this.#record.add({ trace });
      this.#record.add({ verdict });
    }
  }

  #problems({ problems = [] }: Judged, verdicts: readonly Verdict[]): string[] {
    const catalogue = verdicts.map(({ scenario }) => ({ id: scenario }));
    const stale = staleEntries(this.#known, verdicts, catalogue);
    return [...problems, ...stale.map((entry) => `${this.#flags.knownFailures}: ${entry}`)];
  }
}

function endRecord(judged: Judged, problems: readonly string[], exitCode: number): EndRecord {
  const { traffic, coverage, ms } = judged;
  const { command } = traffic;
  return {
    ms,
    exitCode,
    problems,
    ...(coverage === undefined
      ? {}
      : {
          traffic: {
            requests: traffic.exchanges.length,
            coverage,
            ...(command === undefined ? {} : { command }),
          },
        }),
  };
}

function levelsOf(given: readonly LevelFlag[]): Map<string, LevelSetting> {
  const levels = new Map<string, LevelSetting>();
  for (const { pattern, level } of given) {
    const named = TRAFFIC_CHECKS.filter(({ id }) => matches(pattern, id));
    if (named.length === 0)
      throw new UsageError(
        "not-found",
        {},
        `--level ${pattern}: there is no such check`,
        `they are ${TRAFFIC_CHECKS.map(({ id }) => id).join(", ")}`,
      );
    for (const { id } of named) levels.set(id, level);
  }
  return levels;
}

function knownFailuresIn(file: string | undefined, io: Io): KnownFailure[] {
  if (file === undefined) return [];
  return parseKnownFailures(readTextFile(located(io, file), "check the path of --known-failures"), file);
}
