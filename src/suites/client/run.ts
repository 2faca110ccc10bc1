import { DEFAULT_OGL_VERSION, type OglVersion, type Spec, specOf } from "../../openapi/index.ts";
import {
  ClientFailure,
  type Driver,
  type Level,
  type RunTrace,
  type Scenario,
  Skip,
  type Verdict,
  type VerdictFinding,
  judge,
  worstOf,
} from "../model/index.ts";
import { AdapterError } from "./adapter/index.ts";
import { type Played, play } from "./play.ts";
import { SCENARIOS } from "./scenarios/index.ts";

export interface RunOptions {
  /** @default all scenarios */
  readonly scenarios?: readonly Scenario[];
  /** Number of scenarios played at once, as far as the client allows; timed ones always run alone. @default 4 */
  readonly jobs?: number;
  /** OGL version whose OpenAPI the requests are checked against. @default "0.4.5" */
  readonly ogl?: OglVersion;
  /** Called when a scenario begins, and again when it is repeated. */
  readonly onStart?: (scenario: Scenario) => void;
  /** Called with each verdict and the trace behind it. */
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

interface Task {
  readonly scenario: Scenario;
  readonly id: string;
  tries: number;
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
  readonly #alone: Task[] = [];

  constructor(driver: Driver, options: RunOptions) {
    this.#driver = driver;
    this.#options = options;
    this.#spec = specOf(options.ogl ?? DEFAULT_OGL_VERSION);
  }

  async all(): Promise<Verdict[]> {
    const scenarios = this.#options.scenarios ?? SCENARIOS;
    for (const [i, scenario] of scenarios.entries()) {
      const reason = whySkipped(this.#driver, scenario);
      if (reason !== undefined) this.#skip(scenario, reason);
      else (isAlone(scenario) ? this.#alone : this.#side).push({ scenario, id: i.toString(36), tries: 0 });
    }
    const jobs = Math.max(1, Math.min(this.#options.jobs ?? DEFAULT_JOBS, this.#driver.concurrency ?? 1));
    await Promise.all(Array.from({ length: jobs }, () => this.#work(this.#side)));
    await this.#work(this.#alone);
    return scenarios.flatMap(({ id }) => this.#verdicts.get(id) ?? []);
  }

  async #work(tasks: Task[]): Promise<void> {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      if (this.#options.signal?.aborted) return;
      this.#options.onStart?.(task.scenario);
      const played = await this.#play(task);
      if (this.#options.signal?.aborted) return;
      // Without an adapter no other scenario can be played.
      if (played.failure instanceof AdapterError) throw played.failure;
      if (this.#again(task, played.failure)) continue;
      this.#notify(task.scenario, verdictOf(this.#driver, task.scenario, played), played.trace);
    }
  }

  async #play({ scenario, id, tries }: Task): Promise<Played> {
    const name = tries === 0 ? id : `${id}-${tries}`;
    if (scenario.environment === undefined || this.#driver.withEnvironment === undefined)
      return play(this.#driver, scenario, this.#spec, name);
    await using fresh = await this.#driver.withEnvironment(scenario.environment);
    return play(fresh, scenario, this.#spec, name);
  }

  /** Queues a task again if its run failed for no fault of its own, as far as that is known. */
  #again(task: Task, failure: unknown): boolean {
    if (!(failure instanceof ClientFailure)) return false;
    const suspect = failure.code === "crash" && failure.shared;
    if ((failure.code !== "interrupted" && !suspect) || task.tries >= MAX_TRIES) return false;
    task.tries++;
    // If several runs were under way in a crash, only running each alone shows the cause.
    (suspect || task.tries > MAX_SHARED_TRIES ? this.#alone : this.#side).push(task);
    return true;
  }

  #skip(scenario: Scenario, reason: string): void {
    const { subject, level } = { subject: subjectOf(this.#driver), level: scenario.level };
    this.#notify(
      scenario,
      { subject, scenario: scenario.id, result: "skipped", level, findings: [], reason, ms: 0 },
      undefined,
    );
  }

  #notify(scenario: Scenario, verdict: Verdict, trace: RunTrace | undefined): void {
    this.#verdicts.set(scenario.id, verdict);
    this.#options.onVerdict?.(verdict, scenario, trace);
  }
}

/** Whether the scenario must run alone: it measures time, or changes the process's environment. */
function isAlone(scenario: Scenario): boolean {
  return scenario.timing || scenario.environment !== undefined;
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

function verdictOf(driver: Driver, scenario: Scenario, { trace, failure, ms }: Played): Verdict {
  const about = {
    subject: subjectOf(driver),
    scenario: scenario.id,
    level: scenario.level,
    ms: Math.round(ms),
  };
  if (failure === undefined) {
    const { unseen, ...judgement } = judge(scenario, trace);
    return { ...about, ...judgement, ...(unseen.length > 0 ? { unseen } : {}) };
  }
  if (failure instanceof ClientFailure && failure.code === "hang")
    return { ...about, result: "hang", findings: [finding("ends", failure.message, scenario.level)] };
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
