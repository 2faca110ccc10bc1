import type { AnsweredBy } from "../exchange/index.ts";
import type { Drift, LeakFinding, RecorderEvent, RecorderStats, WorkerResult } from "./model/index.ts";

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
    drift: 0,
  };
  readonly withheld: { readonly name: string; readonly findings: readonly LeakFinding[] }[] = [];
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

  result(result: WorkerResult, request: string): void {
    const { stats } = this;
    if (result.outcome === "failed") {
      this.skipped(request, result.message);
      return;
    }
    if (result.outcome === "withheld") {
      stats.withheld++;
      const { name, findings } = result;
      this.withheld.push({ name, findings });
      this.#notify({ event: "withheld", name, findings });
      return;
    }
    const { outcome: _, unwritten, scrubbed, drift, ...recorded } = result;
    stats.recorded++;
    stats.replaced += result.replaced;
    this.#notify({ event: "recorded", ...recorded, drift: this.#fresh(drift) });
    for (const one of scrubbed) this.#notify({ event: "scrubbed", ...one });
    if (unwritten === undefined) this.#lastTrouble = "";
    else
      this.trouble(
        `${result.file} can't be written: ${unwritten}`,
        "free some space or make it writable: what was recorded is kept in memory and tried again",
      );
  }

  skipped(request: string, why: string): void {
    this.stats.skipped++;
    this.#notify({ event: "skipped", request, why });
  }

  played(request: string, by: AnsweredBy, status: number | null): void {
    if (by.kind === "miss") this.stats.missed++;
    else this.stats.played++;
    this.#notify({ event: "played", request, by, status });
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
