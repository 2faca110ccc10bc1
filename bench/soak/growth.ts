import { median } from "../statistics.ts";

/** Of a server, at one time. */
export interface Sample {
  /** Since the traffic began, in seconds. */
  readonly atSeconds: number;
  readonly rssMib: number;
  readonly descriptors: number;
}

/** Memory may be so much more in the last third of a run than in the second one. */
export const MEMORY_FACTOR = 1.1;
export const MEMORY_MIB = 8;
/** Descriptors may be so many more after the traffic than before it. */
export const DESCRIPTORS = 4;

export interface Soaked {
  /** While the traffic went on, in the order of time. */
  readonly samples: readonly Sample[];
  /** Without connections: before the traffic, and after it. */
  readonly before: Sample;
  readonly after: Sample;
}

/** What has grown beyond the rule, in words. The first third of a run fills caches and is not judged. */
export function grown({ samples, before, after }: Soaked): string[] {
  const third = Math.floor(samples.length / 3);
  const second = samples.slice(third, 2 * third);
  const last = samples.slice(-third);
  const of = (part: readonly Sample[], key: "rssMib" | "descriptors"): number =>
    median(part.map((sample) => sample[key]));
  const found: string[] = [];
  const most = of(second, "rssMib") * MEMORY_FACTOR + MEMORY_MIB;
  if (!(of(last, "rssMib") <= most))
    found.push(
      `memory: ${of(last, "rssMib").toFixed(0)} MiB in the last third, ${of(second, "rssMib").toFixed(0)} in the second, at most ${most.toFixed(0)} is allowed`,
    );
  if (!(after.descriptors <= before.descriptors + DESCRIPTORS))
    found.push(`descriptors: ${after.descriptors} after the traffic, ${before.descriptors} before it`);
  const during = of(second, "descriptors") * 1.5 + DESCRIPTORS;
  if (!(of(last, "descriptors") <= during))
    found.push(
      `descriptors: ${of(last, "descriptors")} in the last third, ${of(second, "descriptors")} in the second`,
    );
  return found;
}
