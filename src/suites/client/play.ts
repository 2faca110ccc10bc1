import { setTimeout as sleep } from "node:timers/promises";
import type { Spec } from "../../openapi/index.ts";
import { defined, type CpuUse, longestQueued } from "../../util/index.ts";
import {
  type Call,
  type CallTrace,
  type Capability,
  ClientFailure,
  type ClientRun,
  type Control,
  type Driver,
  type Lateness,
  type Lease,
  type Outcome,
  type RunTrace,
  type Scenario,
} from "../model/index.ts";
import type { LatenessWatch } from "./lateness/index.ts";
import { ScenarioServer } from "./server/index.ts";

/** Time (ms) in which a cancelled client must end; later it counts as hung. */
const GRACE_MS = 2000;

export interface Played {
  readonly trace: RunTrace;
  /** Failure that kept the client from an outcome, if any. */
  readonly failure?: unknown;
  /** Reason why a live server's answers show nothing of the client. */
  readonly trouble?: string;
  readonly ms: number;
}

/** Surroundings of a play. */
export interface Stand {
  readonly driver: Driver;
  /** The place that the calls are made in; its client is up. */
  readonly lease: Lease;
  readonly spec: Spec;
  readonly watch: LatenessWatch;
}

/** Plays one scenario on a server of its own: makes the calls one after another and collects the trace. */
export async function play(stand: Stand, scenario: Scenario, id: string): Promise<Played> {
  const { driver, lease, spec } = stand;
  const cpuBefore = lease.cpuUse();
  const origin = performance.now();
  await using server = await ScenarioServer.open(scenario, spec, origin);
  const calls: CallTrace[] = [];
  const session = scenario.calls.length > 1 ? `s${id}` : undefined;
  let failure: unknown;
  try {
    for (const [i, call] of scenario.calls.entries()) {
      if (i > 0 && scenario.pauseMs > 0) await sleep(scenario.pauseMs);
      const run = runOf(driver, scenario, call, `r${id}.${i}`, server, session);
      const begun: CallTrace = { run, startedAt: performance.now() - origin };
      calls.push(begun);
      const outcome = await makeCall(lease, run, scenario);
      calls[i] = { ...begun, endedAt: performance.now() - origin, ...(outcome ? { outcome } : {}) };
      await server.idle(scenario.lingerMs);
    }
  } catch (error) {
    failure = error;
  } finally {
    if (session !== undefined) lease.closeSession(session);
  }
  const lateness = latenessSince(stand, origin, cpuBefore);
  const exchanges = await server.close();
  const { capabilities } = driver;
  const trace: RunTrace = { calls, exchanges, capabilities, sees: ["wire", "outcome"], lateness };
  return { trace, ms: performance.now() - origin, ...defined({ failure, trouble: server.trouble }) };
}

function latenessSince({ lease, watch }: Stand, origin: number, cpuBefore: CpuUse | undefined): Lateness {
  const ms = performance.now() - origin;
  const cpu = lease.cpuUse();
  const delays = watch.since(origin);
  // The CPU time of a killed process is gone with it.
  if (cpu === undefined || cpuBefore === undefined || cpu.used < cpuBefore.used) return delays;
  return {
    ...delays,
    ownCpu: (cpu.used - cpuBefore.used) / ms,
    queued: longestQueued(cpuBefore, cpu),
  };
}

function runOf(
  driver: Driver,
  scenario: Scenario,
  call: Call,
  id: string,
  server: ScenarioServer,
  session: string | undefined,
): ClientRun {
  return {
    id,
    ...defined({ session }),
    operation: call.operation,
    baseUrl: server.baseUrl(driver.base ?? "v1"),
    apiKey: `sk-gatetape-${id}`,
    params: call.params,
    control: controlFor(call.control ?? {}, driver.capabilities),
    deadlineMs: scenario.deadlineMs,
  };
}

/** Keeps the settings for which the client declares the capability. */
function controlFor(control: Control, capabilities: readonly Capability[]): Control {
  const { maxRetries, timeoutMs, cancelAfter } = control;
  const can = (capability: Capability): boolean => capabilities.includes(capability);
  return {
    ...(timeoutMs !== undefined && can("timeout") ? { timeoutMs } : {}),
    ...(maxRetries !== undefined && can("retries") ? { maxRetries } : {}),
    ...(cancelAfter !== undefined && can("cancel") ? { cancelAfter } : {}),
  };
}

/**
 * Outcome of one call; `undefined` if the scenario stopped watching first.
 * @throws ClientFailure with the code `hang` if there is no result in time
 */
async function makeCall(lease: Lease, run: ClientRun, scenario: Scenario): Promise<Outcome | undefined> {
  const limit = scenario.stopAfterMs ?? scenario.deadlineMs;
  const aborting = new AbortController();
  const running = lease.run(run, aborting.signal);
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number): Promise<"late"> =>
    new Promise((resolve) => timers.push(setTimeout(resolve, ms, "late")));
  try {
    const first = await Promise.race([running, after(limit)]);
    if (first !== "late") return first;
    aborting.abort();
    // The result of a cancelled call is not the scenario's outcome; only its end matters.
    const ended = await Promise.race([running.catch(failureOnly), after(GRACE_MS)]);
    if (scenario.stopAfterMs !== undefined) return undefined;
    throw ended instanceof ClientFailure ? ended : new ClientFailure("hang", `no result within ${limit} ms`);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function failureOnly(error: unknown): ClientFailure | undefined {
  return error instanceof ClientFailure ? error : undefined;
}
