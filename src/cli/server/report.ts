import { failureText, rerunCommand, summaryOf } from "../../report/index.ts";
import {
  Cleaner,
  type KnownFailure,
  type Result,
  type ServerCheck,
  type ServerRun,
  type ServerRunOptions,
  type ServerVerdict,
  type Verdict,
  isBad,
  isReached,
  markKnown,
  staleEntries,
} from "../../suites/index.ts";
import { version, visible } from "../../util/index.ts";
import { type RecordFile, coloured } from "../reporting/index.ts";
import { type Io, count, shellQuoted } from "../support/index.ts";
import type { ServerFlags } from "./flags.ts";

/** Results that are shown with the exchanges behind them. */
const SHOWN = new Set<Result>(["fail", "hang", "warn", "inconclusive"]);

/** Settings of a run that its report needs. */
export interface ReportedRun {
  readonly checks: readonly ServerCheck[];
  readonly flags: ServerFlags;
  readonly knownFailures: readonly KnownFailure[];
  readonly key: string | undefined;
}

/** Report of a run of the server suite: the record, the verdicts as they come, and the summary. */
export class ServerReport {
  readonly #record: RecordFile;
  readonly #run: ReportedRun;
  readonly #io: Io;
  readonly #verdicts: Verdict[] = [];
  readonly #started = performance.now();
  #rerun: { readonly before: string; readonly after: string } = { before: "", after: "" };

  constructor(record: RecordFile, run: ReportedRun, io: Io) {
    this.#record = record;
    this.#run = run;
    this.#io = io;
  }

  /** Writes the first line of the record. */
  begin(...[{ ogl }, subject]: Parameters<NonNullable<ServerRunOptions["onFacts"]>>): void {
    const { checks, flags } = this.#run;
    const [name = "", ...rest] = subject.split(" ");
    const url = ` --url ${shellQuoted(flags.url ?? "")}`;
    const key = flags.keyEnv === undefined ? "" : ` --key-env ${shellQuoted(flags.keyEnv)}`;
    this.#rerun = {
      before: `${this.#io.invocation ?? "gatetape"} server${url}${key}`,
      after: consentFlags(flags),
    };
    this.#record.add({
      run: {
        record: 2,
        gatetape: version(),
        ogl,
        client: { name, version: rest.join(" ") },
        startedAt: new Date().toISOString(),
        scenarios: checks.length,
        ...(flags.profile === undefined ? {} : { profile: flags.profile }),
        judges: "server",
        rerun: this.#rerun,
      },
    });
  }

  /** Adds a verdict to the record and shows it. @param keys keys that the run has made */
  add(judged: ServerVerdict, keys: readonly string[]): void {
    const { flags, knownFailures, key } = this.#run;
    const cleaner = new Cleaner([...(key === undefined ? [] : [key]), ...keys]);
    const plain = markKnown(judged.verdict, knownFailures);
    const marked = { ...plain, fails: isBad(plain, flags.failOn) };
    const { verdict, trace } = cleaner.verdict({
      verdict: marked,
      ...(judged.trace === undefined ? {} : { trace: judged.trace }),
    });
    if (trace !== undefined && verdict.result !== "pass") this.#record.add({ trace });
    this.#record.add({ verdict });
    this.#verdicts.push(verdict);
    if (flags.quiet === true || flags.json === true) return;
    const { result, scenario, findings, reason } = verdict;
    if (SHOWN.has(result)) {
      const again = rerunCommand([{ rerun: this.#rerun }], verdict)?.trimEnd();
      this.#io.stdout.write(`${coloured(failureText(verdict, trace, again), this.#io)}\n`);
    } else if (result === "known" || result === "tolerated")
      this.#io.stdout.write(
        `${result}  ${scenario}: ${visible(reason ?? findings.map(({ message }) => message).join("; "))}\n`,
      );
    else if (flags.verbose === true && result !== "pass")
      this.#io.stdout.write(`${result}  ${scenario}: ${reason ?? ""}\n`);
  }

  /** Ends the record, prints the summary, and returns the exit code. */
  end({ subject, spent, cleaned }: ServerRun): number {
    const { flags, knownFailures, checks } = this.#run;
    const problems = [
      ...(this.#verdicts.some(isReached) ? [] : [NOTHING_JUDGED]),
      ...staleEntries(knownFailures, this.#verdicts, checks).map(
        (stale) => `${flags.knownFailures}: ${stale}`,
      ),
    ];
    const fails = problems.length > 0 || this.#verdicts.some((verdict) => isBad(verdict, flags.failOn));
    const exitCode = fails ? 1 : 0;
    const ms = Math.round(performance.now() - this.#started);
    this.#record.add({ end: { ms, exitCode, problems } });
    this.#record.finish();
    if (flags.json === true) return exitCode;
    const skipped = Map.groupBy(
      this.#verdicts.filter(({ result }) => result === "skipped"),
      ({ reason = "" }) => reason,
    );
    const lines = [
      ...cleaned.map((name) => `deleted what an earlier run had left: ${name}`),
      `${visible(subject)}: ${count(this.#verdicts.length, "check")} by ${count(spent.requests, "request")} in ${(ms / 1000).toFixed(1)} s: ${summaryOf(this.#verdicts)}`,
      ...[...skipped].map(([reason, of]) => `  ${of.length} skipped: ${reason}`),
      ...problems.map((problem) => `  problem: ${visible(problem)}`),
    ];
    this.#io.stdout.write(`${lines.join("\n")}\n`);
    return exitCode;
  }

  /** Ends the output of a run that a signal has ended; its record gets no end line, so that readers see it. */
  cut(signal: NodeJS.Signals): void {
    this.#record.finish();
    if (this.#run.flags.json !== true)
      this.#io.stdout.write(`interrupted by ${signal}: ${summaryOf(this.#verdicts)}\n`);
  }
}

const NOTHING_JUDGED =
  "nothing was judged: the server has nothing of what these checks are about, or it was not allowed";

function consentFlags({
  allowLoad,
  allowWrites,
  faultModels,
  model,
  embeddingModel,
  ogl,
}: ServerFlags): string {
  return [
    ...(ogl === undefined ? [] : [`--ogl ${ogl}`]),
    ...(model === undefined ? [] : [`--model ${shellQuoted(model)}`]),
    ...(embeddingModel === undefined ? [] : [`--embedding-model ${shellQuoted(embeddingModel)}`]),
    ...(allowLoad ? ["--allow-load"] : []),
    ...(allowWrites ? ["--allow-writes"] : []),
    ...(faultModels ? ["--fault-models"] : []),
  ].join(" ");
}
