import type { AnsweredBy } from "../exchange/index.ts";
import { masked } from "../secrets/index.ts";
import type {
  Drift,
  RecorderEvent,
  RecorderStats,
  ReplacedText,
  WithheldInteraction,
  WorkerResult,
} from "./model/index.ts";

/** Replacements that are listed at the end of a recording; the others are counted. */
const MAX_LISTED = 20;

/** Counts what happens in a recording, and notifies of it. */
export class Counters {
  readonly stats: RecorderStats = {
    requests: 0,
    open: 0,
    bytes: 0,
    recorded: 0,
    played: 0,
    missed: 0,
    skipped: 0,
    replaced: 0,
    withheld: 0,
    inMemory: 0,
    drift: 0,
  };
  readonly withheld: WithheldInteraction[] = [];
  readonly #replaced: ReplacedText[] = [];
  /** Replacements that only their look speaks for: they come first in the list. */
  readonly #doubtful: ReplacedText[] = [];
  readonly #byRule = new Map<string, number>();
  /** The first deviation of each kind. */
  readonly #drift = new Map<string, Drift>();
  readonly #notify: (event: RecorderEvent) => void;
  /** The last reported trouble, which is not repeated until another one is reported. */
  #lastTrouble = "";

  constructor(notified: (event: RecorderEvent) => void) {
    this.#notify = notified;
  }

  get drift(): readonly Drift[] {
    return [...this.#drift.values()];
  }

  /** The first replacements, and the number of all by rule. */
  get replaced(): {
    readonly first: readonly ReplacedText[];
    readonly byRule: Readonly<Record<string, number>>;
  } {
    return {
      first: [...this.#doubtful, ...this.#replaced].slice(0, MAX_LISTED),
      byRule: Object.fromEntries(this.#byRule),
    };
  }

  /** @param number of the request; @param request its method and path template */
  result(result: WorkerResult, number: number, request: string): void {
    const { stats } = this;
    if (result.outcome === "failed") {
      this.skipped(number, request, result.message);
      return;
    }
    if (result.outcome === "withheld") {
      stats.withheld++;
      const { findings } = result;
      this.withheld.push({ number, request: result.request, findings });
      this.#notify({ event: "withheld", number, request: result.request, findings });
      return;
    }
    const { outcome: _, unwritten, scrubbed, drift, replaced, ...recorded } = result;
    stats.recorded++;
    stats.replaced += replaced.length;
    for (const one of replaced) {
      this.#byRule.set(one.rule, (this.#byRule.get(one.rule) ?? 0) + 1);
      const list = one.rule === "entropy" ? this.#doubtful : this.#replaced;
      if (list.length < MAX_LISTED) list.push({ number, ...one });
    }
    this.#notify({
      event: "recorded",
      number,
      request,
      ...recorded,
      replaced: replaced.length,
      drift: this.#fresh(drift),
    });
    for (const one of scrubbed) this.#notify({ event: "scrubbed", ...one });
    if (unwritten === undefined) {
      this.#lastTrouble = "";
      return;
    }
    stats.inMemory++;
    this.trouble(
      `${result.file} can't be written: ${unwritten}`,
      "free some space or make it writable: what was recorded is kept in memory and tried again",
    );
  }

  skipped(number: number, request: string, why: string): void {
    this.stats.skipped++;
    this.#notify({ event: "skipped", number, request, why: masked(why) });
  }

  /** Notifies of a request that is not recorded and that nothing is missing without. */
  passed(number: number, request: string, why: string): void {
    this.#notify({ event: "skipped", number, request, why });
  }

  played(request: string, by: AnsweredBy, status: number | null): void {
    if (by.kind === "miss") this.stats.missed++;
    else this.stats.played++;
    this.#notify({
      event: "played",
      request,
      by: by.kind === "failed" ? { ...by, error: masked(by.error) } : by,
      status,
    });
  }

  trouble(message: string, fix?: string): void {
    if (this.#lastTrouble === message) return;
    this.#lastTrouble = message;
    this.#notify({ event: "trouble", message, ...(fix === undefined ? {} : { fix }) });
  }

  /** The deviations of a new kind. */
  #fresh(drift: readonly Drift[]): Drift[] {
    const fresh: Drift[] = [];
    for (const one of drift) {
      // The same field of another event is the same deviation, and so is another bad value in it.
      const { location, code, keyword, missing } = one;
      const kind = JSON.stringify([location.replaceAll(/\d+/g, "*"), code, keyword, missing]);
      if (this.#drift.has(kind)) continue;
      this.#drift.set(kind, one);
      fresh.push(one);
    }
    this.stats.drift = this.#drift.size;
    return fresh;
  }
}
