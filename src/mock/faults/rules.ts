import { mulberry32, seedOf } from "../../util/index.ts";
import type { FaultCall } from "./grammar.ts";
import { type FaultRule, parseRule } from "./rule.ts";

/** Counts of sessions beyond this many are forgotten, the least recently used first. */
const MAX_SESSIONS = 10_000;

/** A rule in force, as the control API tells it. */
export interface FaultRuleState {
  readonly fault: string;
  /** The session for which alone it was set; `null`: set for all. */
  readonly session: string | null;
  /** Requests that fitted it so far, and how many of them got its faults. */
  readonly fitted: number;
  readonly given: number;
}

/** What one request gets. */
export interface DueFaults {
  readonly faults: readonly FaultCall[];
  readonly seed: number;
}

/** True for faults that answer before the request's body is read (`status:early`). */
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

  /** Which of its session's requests this one is, from 1. */
  count(session: string): number {
    const n = (this.counts.get(session) ?? 0) + 1;
    this.counts.delete(session);
    this.counts.set(session, n); // the most recently used last
    if (this.counts.size > MAX_SESSIONS) this.counts.delete(this.counts.keys().next().value as string);
    this.fitted++;
    return n;
  }
}

/** The faults that a mock's answers get: those for all sessions first, then those for one. */
export class FaultRules {
  readonly #operations: readonly string[];
  readonly #seed: number;
  #entries: readonly Entry[] = [];

  /**
   * @param operations the ids that rules may name
   * @param seed for probabilities and for what is random in a fault
   */
  constructor(operations: readonly string[], seed: number) {
    this.#operations = operations;
    this.#seed = seed;
  }

  /** True if there is none: then a request costs nothing more. */
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
   * Puts rules in place of those that were set for that session; without one, of those that were set for all.
   * @throws FaultError, and then all stay as they are
   */
  set(rules: readonly string[], session?: string): void {
    const set = rules.map((text) => new Entry(parseRule(text, this.#operations), session));
    const kept = this.#entries.filter(({ scope }) => scope !== session);
    this.#entries = session === undefined ? [...set, ...kept] : [...kept, ...set];
  }

  /** Removes what was set for a session alone; without one, everything. */
  clear(session?: string): void {
    this.#entries = session === undefined ? [] : this.#entries.filter(({ scope }) => scope !== session);
  }

  /** Removes what was set for a session alone, and counts its requests anew. */
  reset(session: string): void {
    this.clear(session);
    for (const { counts } of this.#entries) counts.delete(session);
  }

  /**
   * What a request gets; it counts as one of those that the rules fit.
   * @param early asks for the faults that answer before the body is read, and no others
   */
  due(session: string, operations: readonly string[], early = false): DueFaults[] {
    const due: DueFaults[] = [];
    for (const entry of this.#entries) {
      if (entry.early !== early || !entry.fits(session, operations)) continue;
      const { rule } = entry;
      const n = entry.count(session);
      if (n < rule.from || n > rule.to) continue;
      if (rule.next) this.#entries = this.#entries.filter((other) => other !== entry);
      // From what is asked, not from the order of requests: what runs side by side does not change it.
      const seed = seedOf(this.#seed, rule.text, session, n);
      if (rule.probability < 1 && mulberry32(seed)() >= rule.probability) continue;
      entry.given++;
      due.push({ faults: rule.faults, seed });
    }
    return due;
  }
}
