import { DEFAULT_OGL_VERSION, type OglVersion, type Spec, specOf } from "../../openapi/index.ts";
import {
  ClientFailure,
  type Driver,
  type Level,
  type RunTrace,
  type Scenario,
  type Lease,
  type Result,
  Skip,
  type Verdict,
  type VerdictFinding,
  hangResult,
  judge,
  worstOf,
} from "../model/index.ts";
import { noResult } from "./adapter/index.ts";
import { type LatenessWatch, watchLateness } from "./lateness/index.ts";
import { Exposure } from "./exposure.ts";
import { reserve } from "./lease.ts";
import { type LiveGateway, liveForm } from "./live/index.ts";
import { type Played, play } from "./play.ts";
import { SCENARIOS } from "./scenarios/index.ts";

export interface RunOptions {
  /** @default all scenarios */
  readonly scenarios?: readonly Scenario[];
  /**
   * Number of scenarios played at once, as far as the client allows. Timed ones are played beside each other alone, and what is
   * not right there is played again by itself before it counts. @default 4
   */
  readonly jobs?: number;
  /** OGL version whose OpenAPI the requests are checked against. @default "0.4.5" */
  readonly ogl?: OglVersion;
  /** Live gateway whose answers take the place of the scenarios', as far as a good server can show them. */
  readonly live?: LiveGateway;
  /** Called when a scenario begins, and again when it is repeated. */
  readonly onStart?: (scenario: Scenario) => void;
  /**
   * Called with each verdict and the trace behind it; once more for a scenario if a later one shows that the client lost
   * a part of its answer.
   */
  readonly onVerdict?: (verdict: Verdict, scenario: Scenario, trace: RunTrace | undefined) => void;
  /** Ends the run early: scenarios that have not begun are not played. */
  readonly signal?: AbortSignal;
}

const DEFAULT_JOBS = 4;

/**
 * Maximum numbers of tries of a run that another run's crash or hang took down: beside other runs, and in all. A run that
 * still fails alone is at fault itself.
 */
const MAX_SHARED_TRIES = 3;
const MAX_TRIES = 6;
/** Number of further plays, alone, of a scenario that the machine was too late for. */
const MAX_LATE_TRIES = 2;
/** Number of scenarios at whose first call the client's process ended, without one result, after which the run ends. */
const MAX_DEATHS = 5;

/** Results of a timed scenario that count although others were played beside it. */
const RIGHT: ReadonlySet<Result> = new Set(["pass", "not-observable"]);

interface Task {
  readonly scenario: Scenario;
  readonly id: string;
  tries: number;
  /** Plays that ended in a hang without any request. */
  silentHangs: number;
  /** Plays that the machine was too late for. */
  latePlays: number;
}

/** Verdict that is held back until the client has shown that it can answer at all. */
interface Held {
  readonly task: Task;
  readonly verdict: Verdict;
  readonly played: Played;
}

/**
 * Plays the scenarios to a client and returns verdicts in the order of the scenarios, whatever the order of play.
 *
 * @example
 * ```ts
 * const verdicts = await runScenarios({
 *   client: { name: "my-client", version: "1.0.0" },
 *   operations: ["chat.stream"],
 *   capabilities: [],
 *   run: async ({ baseUrl, apiKey, params }) => ({ final: { text: await ask(baseUrl, apiKey, params) } }),
 * });
 * ```
 */
export function runScenarios(driver: Driver, options: RunOptions = {}): Promise<Verdict[]> {
  return new Run(driver, options).all();
}

class Run {
  readonly #driver: Driver;
  readonly #options: RunOptions;
  readonly #spec: Spec;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #side: Task[] = [];
  /** Timed scenarios: they wait most of their time, and disturb each other little. */
  readonly #timed: Task[] = [];
  readonly #alone: Task[] = [];
  /** Tasks may be under way beside each other. */
  #together = false;
  /** The tasks that may run beside others are done. */
  #onlyAlone = false;
  #answered = false;
  readonly #held: Held[] = [];
  #failed = false;
  readonly #exposure = new Exposure();

  constructor(driver: Driver, options: RunOptions) {
    this.#driver = driver;
    this.#options = options;
    this.#spec = specOf(options.ogl ?? DEFAULT_OGL_VERSION);
  }

  async all(): Promise<Verdict[]> {
    const scenarios = this.#options.scenarios ?? SCENARIOS;
    for (const [i, given] of scenarios.entries()) {
      const reason = whySkipped(this.#driver, given);
      const scenario = this.#options.live === undefined ? given : liveForm(given, this.#options.live);
      if (reason !== undefined) this.#leaveOut(given, "skipped", reason);
      else if (typeof scenario === "string") this.#leaveOut(given, "not-observable", scenario);
      else
        this.#queueOf(scenario).push({
          scenario,
          id: i.toString(36),
          tries: 0,
          silentHangs: 0,
          latePlays: 0,
        });
    }
    using watch = await watchLateness();
    try {
      await this.#workTogether(this.#side, watch);
      await this.#workTogether(this.#timed, watch);
      this.#together = false;
      this.#onlyAlone = true;
      if (this.#alone.length > 0) await this.#work(this.#alone, watch);
      this.#release();
    } catch (error) {
      this.#failed = true;
      if (this.#options.signal?.aborted !== true) throw error;
    }
    return scenarios.flatMap(({ id }) => this.#verdicts.get(id) ?? []);
  }

  #queueOf({ timing, environment }: Scenario): Task[] {
    // A process's environment is not changed beside others.
    if (environment !== undefined) return this.#alone;
    return timing ? this.#timed : this.#side;
  }

  /** Plays the tasks beside each other. */
  async #workTogether(tasks: Task[], watch: LatenessWatch): Promise<void> {
    const { jobs = DEFAULT_JOBS } = this.#options;
    const length = Math.min(jobs, this.#driver.concurrency ?? 1, tasks.length);
    this.#together = length > 1;
    // All are up before the first scenario's time runs: a start beside it would take its processor.
    const leases = await Promise.all(Array.from({ length }, () => reserve(this.#driver)));
    await Promise.all(leases.map((lease) => this.#work(tasks, watch, lease)));
  }

  /** Plays the tasks one after another. A client that has ended is replaced between two of them, on nobody's time. */
  async #work(tasks: Task[], watch: LatenessWatch, first?: Lease): Promise<void> {
    let lease = first;
    try {
      for (let task = tasks.shift(); task !== undefined && !this.#stopped; task = tasks.shift()) {
        if (lease === undefined || lease.gone) {
          lease?.release();
          lease = undefined;
          lease = await reserve(this.#driver);
        }
        this.#options.onStart?.(task.scenario);
        const played = await this.#play(task, lease, watch);
        if (this.#stopped) return;
        this.#judge(task, played);
      }
    } finally {
      lease?.release();
    }
  }

  get #stopped(): boolean {
    return this.#failed || this.#options.signal?.aborted === true;
  }

  async #play({ scenario, id, tries }: Task, lease: Lease, watch: LatenessWatch): Promise<Played> {
    const name = tries === 0 ? id : `${id}-${tries}`;
    const stand = { driver: this.#driver, lease, spec: this.#spec, watch };
    if (scenario.environment === undefined || this.#driver.withEnvironment === undefined)
      return play(stand, scenario, name);
    await using driver = await this.#driver.withEnvironment(scenario.environment);
    return await play({ ...stand, driver, lease: await reserve(driver) }, scenario, name);
  }

  #judge(task: Task, played: Played): void {
    if (this.#again(task, played)) return;
    const verdict = verdictOf(this.#driver, task.scenario, played);
    if (task.scenario.timing && this.#together && !RIGHT.has(verdict.result)) {
      this.#repeat(task, this.#alone);
      return;
    }
    if (
      verdict.result === "inconclusive" &&
      played.trouble === undefined &&
      task.latePlays < MAX_LATE_TRIES
    ) {
      task.latePlays++;
      this.#repeat(task, this.#alone);
      return;
    }
    this.#hold({ task, verdict, played });
  }

  /** Queues a task again if its run failed for no fault of its own, as far as that is known. */
  #again(task: Task, { failure, trace }: Played): boolean {
    if (!(failure instanceof ClientFailure)) return false;
    // Without a request it is unknown whether the client ever began: a second hang, alone, is the client's.
    if (failure.code === "hang" && trace.exchanges.length === 0 && task.silentHangs++ === 0)
      return this.#repeat(task, this.#alone);
    const suspect = failure.code === "crash" && failure.shared;
    if ((failure.code !== "interrupted" && !suspect) || task.tries >= MAX_TRIES) return false;
    // If several runs were under way in a crash, only running each alone shows the cause.
    const alone = suspect || task.tries >= MAX_SHARED_TRIES || this.#onlyAlone;
    return this.#repeat(task, alone ? this.#alone : this.#queueOf(task.scenario));
  }

  #repeat(task: Task, queue: Task[]): true {
    task.tries++;
    queue.push(task);
    return true;
  }

  /**
   * Notifies of a verdict, once some process of the client has given a result. Until then verdicts are held back: an
   * adapter whose every process ends at once has no verdicts.
   * @throws AdapterError if too many processes have ended without a result
   */
  #hold(held: Held): void {
    this.#held.push(held);
    this.#answered ||= !isDeath(held.played);
    if (this.#answered) this.#release();
    else if (this.#held.length >= MAX_DEATHS) this.#giveUp();
  }

  /** Notifies of all verdicts that are held back. @throws AdapterError if no process has even sent a request */
  #release(): void {
    if (
      !this.#answered &&
      this.#held.length > 0 &&
      this.#held.every(({ played }) => played.trace.exchanges.length === 0)
    )
      this.#giveUp();
    for (const { task, verdict: first, played } of this.#held.splice(0)) {
      const judged = { scenario: task.scenario, verdict: first, trace: played.trace };
      for (const { scenario, verdict, trace } of this.#exposure.take(judged))
        this.#notify(scenario, verdict, trace);
    }
  }

  #giveUp(): never {
    const failure = this.#held.at(-1)?.played.failure;
    throw noResult(this.#held.length, failure instanceof Error ? failure.message : "");
  }

  #leaveOut(scenario: Scenario, result: "skipped" | "not-observable", reason: string): void {
    const { subject, level } = { subject: subjectOf(this.#driver), level: scenario.level };
    this.#notify(
      scenario,
      { subject, scenario: scenario.id, result, level, findings: [], reason, ms: 0 },
      undefined,
    );
  }

  #notify(scenario: Scenario, verdict: Verdict, trace: RunTrace | undefined): void {
    this.#verdicts.set(scenario.id, verdict);
    this.#options.onVerdict?.(verdict, scenario, trace);
  }
}

/** Whether the client's process ended in the middle of the play. */
function isDeath({ failure }: Played): boolean {
  return failure instanceof ClientFailure && failure.code === "crash";
}

/** Name and version of a client, `openai 7.57.0`. */
export function subjectOf({ client }: Pick<Driver, "client">): string {
  return `${client.name} ${client.version}`.trim();
}

function whySkipped(driver: Driver, scenario: Scenario): string | undefined {
  const operation = scenario.calls.find((call) => !driver.operations.includes(call.operation))?.operation;
  if (operation !== undefined) return `the client does not declare the operation ${operation}`;
  const capability = scenario.capabilities.find((needed) => !driver.capabilities.includes(needed));
  if (capability !== undefined) return `the client does not declare the capability ${capability}`;
  if (scenario.environment !== undefined && driver.withEnvironment === undefined)
    return "the scenario needs a process of its own, which this driver cannot start";
  return undefined;
}

function verdictOf(driver: Driver, scenario: Scenario, { trace, failure, trouble, ms }: Played): Verdict {
  const about = {
    subject: subjectOf(driver),
    scenario: scenario.id,
    level: scenario.level,
    ms: Math.round(ms),
  };
  if (trouble !== undefined)
    return { ...about, result: "inconclusive", findings: [], reason: `the live gateway: ${trouble}` };
  if (failure === undefined) {
    const { unseen, ...judgement } = judge(scenario, trace);
    return { ...about, ...judgement, ...(unseen.length > 0 ? { unseen } : {}) };
  }
  if (failure instanceof ClientFailure && failure.code === "hang")
    return {
      ...about,
      ...hangResult(scenario, trace.lateness),
      findings: [finding("ends", failure.message, scenario.level)],
    };
  if (failure instanceof Skip)
    // The declared operations and capabilities decide whether a client can be judged, not a skip during the run.
    return failedVerdict(
      about,
      "skip",
      `skipped, although the client declares everything needed: ${failure.message}`,
    );
  const message = failure instanceof Error ? failure.message : String(failure);
  return failedVerdict(about, failure instanceof ClientFailure ? "process" : "driver", message);
}

type About = Pick<Verdict, "subject" | "scenario" | "level" | "ms">;

function failedVerdict(about: About, check: string, message: string): Verdict {
  const findings = [finding(check, message, "must")];
  return { ...about, result: worstOf(findings), findings };
}

function finding(check: string, message: string, level: Level): VerdictFinding {
  return { check, needs: "outcome", level, message };
}
