import { mulberry32, seedOf } from "../../util/index.ts";
import type { FaultCall } from "./grammar.ts";
import { type FaultRule, parseRule } from "./rule.ts";

/** Maximum number of sessions with counts; the least recently used is forgotten first. */
const MAX_SESSIONS = 10_000;

/** Rule in force, as reported by the control API. */
export interface FaultRuleState {
  readonly fault: string;
  /** The only session of the rule; `null`: all sessions. */
  readonly session: string | null;
  /** Number of requests that fitted so far, and of those that got the faults. */
  readonly fitted: number;
  readonly given: number;
}

/** Faults for one request. */
export interface DueFaults {
  readonly faults: readonly FaultCall[];
  readonly seed: number;
}

/** Whether faults answer before the request's body is read (`status:early`). */
export function answersEarly(faults: readonly FaultCall[]): boolean {
  return faults.some(({ params }) => params["early"] === true);
}

class Entry {
  readonly rule: FaultRule;
  readonly scope: string | undefined;
  readonly early: boolean;
  readonly counts = new Map<string, number>();
  fitted = 0;
  given = 0;

  constructor(rule: FaultRule, scope: string | undefined) {
    this.rule = rule;
    this.scope = scope;
    this.early = answersEarly(rule.faults);
  }

  fits(session: string, operations: readonly string[]): boolean {
    const { rule } = this;
    if (this.scope !== undefined && this.scope !== session) return false;
    if (rule.session !== undefined && rule.session !== session) return false;
    return operations.some((id) => rule.operation.test(id));
  }

  /** Counts a request of the session and returns its number, from 1. */
  count(session: string): number {
    const n = (this.counts.get(session) ?? 0) + 1;
    this.counts.delete(session);
    this.counts.set(session, n); // the most recently used last
    if (this.counts.size > MAX_SESSIONS) this.counts.delete(this.counts.keys().next().value as string);
    this.fitted++;
    return n;
  }
}

/** Fault rules of a mock: those for all sessions first, then those for one. */
export class FaultRules {
  readonly #operations: readonly string[];
  readonly #seed: number;
  #entries: readonly Entry[] = [];

  /**
   * @param operations ids that rules may name
   * @param seed for probabilities and for random choices of faults
   */
  constructor(operations: readonly string[], seed: number) {
    this.#operations = operations;
    this.#seed = seed;
  }

  /** Without rules a request costs nothing more. */
  get empty(): boolean {
    return this.#entries.length === 0;
  }

  get list(): FaultRuleState[] {
    return this.#entries.map(({ rule, scope, fitted, given }) => ({
      fault: rule.text,
      session: scope ?? null,
      fitted,
      given,
    }));
  }

  /**
   * Replaces the rules of a session; without a session, the rules for all sessions.
   * @throws FaultError for a wrong rule; then all rules stay unchanged
   */
  set(rules: readonly string[], session?: string): void {
    const set = rules.map((text) => new Entry(parseRule(text, this.#operations), session));
    const kept = this.#entries.filter(({ scope }) => scope !== session);
    this.#entries = session === undefined ? [...set, ...kept] : [...kept, ...set];
  }

  /** Removes the rules of a session; without a session, all rules. */
  clear(session?: string): void {
    this.#entries = session === undefined ? [] : this.#entries.filter(({ scope }) => scope !== session);
  }

  /** Removes the rules of a session and restarts its counts. */
  reset(session: string): void {
    this.clear(session);
    for (const { counts } of this.#entries) counts.delete(session);
  }

  /**
   * Finds the faults for a request and counts it for the rules that it fits.
   * @param operations ids of the request's operation
   * @param early look for faults that answer before the body is read, and no others
   */
  due(session: string, operations: readonly string[], early = false): DueFaults[] {
    const due: DueFaults[] = [];
    for (const entry of this.#entries) {
      if (entry.early !== early || !entry.fits(session, operations)) continue;
      const { rule } = entry;
      const n = entry.count(session);
      if (n < rule.from || n > rule.to) continue;
      if (rule.next) this.#entries = this.#entries.filter((other) => other !== entry);
      // The seed comes from the rule, session and count, so that concurrent sessions do not change it.
      const seed = seedOf(this.#seed, rule.text, session, n);
      if (rule.probability < 1 && mulberry32(seed)() >= rule.probability) continue;
      entry.given++;
      due.push({ faults: rule.faults, seed });
    }
    return due;
  }
}
