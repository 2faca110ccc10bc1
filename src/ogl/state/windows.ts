/** Windows that are kept; beyond, those that are over are forgotten, and then the oldest. */
const MAX_WINDOWS = 10_000;

/**
 * Fixed windows as OGL's `limits` library counts them: a window begins with its first hit and lasts its full time, and a hit
 * counts even if it goes beyond the limit (read in OGL's source: FixedWindowRateLimiter; observed on 0.4.1: limit-*).
 */
export class FixedWindows {
  readonly #now: () => number;
  readonly #windows = new Map<string, { ends: number; count: number }>();

  /** @param now the clock, in milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts a hit.
   *
   * @param ms length of a window in milliseconds
   * @returns true if the hit is within the limit
   */
  hit(key: string, limit: number, ms: number, cost = 1): boolean {
    const window = this.#open(key, ms);
    window.count += cost;
    return window.count <= limit;
  }

  /** Hits left in the window, and its end in milliseconds since 1970. */
  stats(key: string, limit: number, ms: number): { remaining: number; ends: number } {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window === undefined || window.ends <= now) return { remaining: limit, ends: now + ms };
    return { remaining: Math.max(0, limit - window.count), ends: window.ends };
  }

  #open(key: string, ms: number): { ends: number; count: number } {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || window.ends <= now) {
      if (this.#windows.size >= MAX_WINDOWS) this.#forget(now);
      window = { ends: now + ms, count: 0 };
      this.#windows.set(key, window);
    }
    return window;
  }

  #forget(now: number): void {
    for (const [key, { ends }] of this.#windows) if (ends <= now) this.#windows.delete(key);
    for (const key of this.#windows.keys()) {
      if (this.#windows.size < MAX_WINDOWS) break;
      this.#windows.delete(key);
    }
  }
}
