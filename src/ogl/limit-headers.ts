import type { LimitType } from "./state/index.ts";

interface Left {
  readonly value: number;
  readonly remaining: number;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

/**
 * Headers of later generations with the remaining requests and tokens (read in OGL's source: the plural of the last name
 * and the word `None` for no limit are theirs; experimental).
 *
 * @param now milliseconds since 1970
 */
export function limitHeaders(limits: ReadonlyMap<LimitType, Left>, now: number): [string, string][] {
  const group = (name: string, reset: string, left: Left | undefined): [string, string][] => [
    [`x-ratelimit-limit-${name}`, left === undefined ? "None" : String(left.value)],
    [`x-ratelimit-remaining-${name}`, String(left?.remaining ?? 0)],
    [
      `x-ratelimit-reset-${reset}`,
      duration(left === undefined ? 0 : Math.max(0, Math.floor((left.ends - now) / 1000))),
    ],
  ];
  return [...group("token", "token", limits.get("tpd")), ...group("request", "requests", limits.get("rpm"))];
}

/** A duration as `1h2m3s`, `2m3s` or `3s`. */
function duration(seconds: number): string {
  const s = seconds % 60;
  const m = Math.floor(seconds / 60) % 60;
  const h = Math.floor(seconds / 3600);
  return `${h > 0 ? `${h}h` : ""}${h > 0 || m > 0 ? `${m}m` : ""}${s}s`;
}
