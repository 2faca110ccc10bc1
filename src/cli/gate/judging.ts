import { parseRate } from "../../config/index.ts";
import { type Command, Option } from "commander";
import { OGL_VERSIONS, type OglVersion, specOf } from "../../openapi/index.ts";
import {
  Cleaner,
  type Coverage,
  type EndRecord,
  type ExpectedParam,
  FAIL_ON,
  type KnownFailure,
  type LevelSetting,
  TRAFFIC_CHECKS,
  type Traffic,
  type TrafficVerdict,
  type Verdict,
  isBad,
  isReached,
  judgeTraffic,
  markKnown,
  matches,
  parseKnownFailures,
  staleEntries,
} from "../../suites/index.ts";
import { nearestWord, version } from "../../util/index.ts";
import { RecordFile, collectReport, parseCount } from "../reporting/index.ts";
import { type Io, UsageError, located, readTextFile } from "../support/index.ts";
import { type JudgingFlags, type LevelFlag, collectLevel, collectParam } from "./flags.ts";
import { showVerdict, sumLines } from "./screen.ts";

const MAX_ATTEMPTS = 10;

/** Adds the judging options that `gate` and `check` share. */
export function addJudgingOptions(command: Command): Command {
  return command
    .option(
      "--level <check=level>",
      "change the level of checks: must, should, may or off (* stands for any characters); may be repeated",
      collectLevel,
    )
    .option("--max-rps <n>", "fail if more requests come within a second", parseRate)
    .option("--max-attempts <n>", "how often one call may be tried", parseCount, MAX_ATTEMPTS)
    .option(
      "--param <[operation:]name=value>",
      "a member that request bodies must have, with its value (default operations: chat.create and chat.stream); may be repeated",
      collectParam,
    )
    .option("--known-failures <file>", "a file of `pattern   # reason`; an entry that passes fails the run")
    .addOption(
      new Option("--fail-on <result>", "the mildest result that fails the run")
        .choices([...FAIL_ON])
        .default("fail"),
    )
    .option(
      "--report <format=file>",
      "write a report: ndjson, json, junit, markdown, github or badge; may be repeated",
      collectReport,
    )
    .option("--json", "print the record as JSON Lines on stdout and nothing else there")
    .option("-q, --quiet", "print only the summary")
    .option("-v, --verbose", "also print the checks that could not be judged");
}

/** Traffic to judge, with the context of its verdicts. */
export interface Judged {
  readonly subject: string;
  readonly ogl: OglVersion;
  readonly traffic: Traffic;
  /** Absent for saved traffic. */
  readonly coverage?: Coverage;
  /** Verdicts in addition to those of the checks. */
  readonly more?: readonly TrafficVerdict[];
  /** Problems in addition to verdicts. */
  readonly problems?: readonly string[];
  /** Exit code whatever the verdicts are; a problem has its reason. */
  readonly exitCode?: number;
  readonly startedAt: string;
  readonly ms: number;
  /** Prints for people; the command's stdout is its own. */
  readonly print: (text: string) => void;
}

/** Judging as requested by flags, which are checked before anything is run. */
export class Judging {
  readonly #flags: JudgingFlags;
  readonly #io: Io;
  readonly #levels: ReadonlyMap<string, LevelSetting>;
  readonly #known: readonly KnownFailure[];
  readonly #record: RecordFile;

  /** @throws UsageError or SuiteError for invalid flags */
  constructor(flags: JudgingFlags, io: Io) {
    this.#io = io;
    this.#flags = flags;
    this.#levels = parseLevels(flags.level ?? []);
    if (flags.param !== undefined) checkParams(flags.param);
    this.#known = readKnownFailures(flags.knownFailures, io);
    const json = flags.json ? [{ format: "ndjson" as const, file: "-" }] : [];
    this.#record = new RecordFile([...(flags.report ?? []), ...json], io);
  }

  /** Judges traffic, prints the verdicts, writes the reports, and returns the exit code. */
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
    const problems = this.#problems(judged, plain).map((problem) => cleaner.text(problem));
    const fails = problems.length > 0 || plain.some((verdict) => isBad(verdict, flags.failOn));
    const exitCode = judged.exitCode ?? (fails ? 1 : 0);
    this.#record.add({ end: endRecord(judged, problems, exitCode) });
    if (!flags.quiet)
      for (const one of verdicts) showVerdict(one, flags.verbose ?? false, judged.print, this.#io);
    for (const line of sumLines(plain, problems, judged.coverage, traffic)) judged.print(`${line}\n`);
    this.#record.finish();
    return exitCode;
  }

  #marked({ verdict, trace }: TrafficVerdict): TrafficVerdict {
    const marked = markKnown(verdict, this.#known);
    const fails = isBad(marked, this.#flags.failOn);
    return { verdict: { ...marked, fails }, ...(trace === undefined ? {} : { trace }) };
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
    return [
      ...problems,
      ...(verdicts.some(isReached) ? [] : [NOTHING_JUDGED]),
      ...stale.map((entry) => `${this.#flags.knownFailures}: ${entry}`),
    ];
  }
}

const NOTHING_JUDGED =
  "nothing was judged: each check is switched off by --level, or saw nothing that it is about";

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

function parseLevels(given: readonly LevelFlag[]): Map<string, LevelSetting> {
  const levels = new Map<string, LevelSetting>();
  for (const { pattern, level } of given) {
    const named = TRAFFIC_CHECKS.filter(({ id }) => matches(pattern, id));
    if (named.length === 0)
      throw new UsageError(
        "not-found",
        {},
        `--level ${pattern}: there is no such check`,
        `use one of ${TRAFFIC_CHECKS.map(({ id }) => id).join(", ")}`,
      );
    for (const { id } of named) levels.set(id, level);
  }
  return levels;
}

/** @throws UsageError for the first parameter of an operation that no generation of OGL has */
function checkParams(params: readonly ExpectedParam[]): void {
  const known = OGL_VERSIONS.flatMap((ogl) => specOf(ogl).operations.list.map(({ id }) => id));
  const wrong = params.find(({ operation }) => !known.includes(operation));
  if (wrong === undefined) return;
  const near = nearestWord(wrong.operation, known);
  throw new UsageError(
    "not-found",
    { option: "--param" },
    `no operation is called ${JSON.stringify(wrong.operation)}`,
    near === undefined ? "gatetape spec show lists them" : `did you mean ${near}?`,
  );
}

function readKnownFailures(file: string | undefined, io: Io): KnownFailure[] {
  if (file === undefined) return [];
  return parseKnownFailures(readTextFile(located(io, file), "check the path of --known-failures"), file);
}
