import { InvalidArgumentError } from "commander";
import { REPORT_FORMATS, type ReportFormat } from "../../report/index.ts";
import type { FailOn } from "../../suites/index.ts";

export interface ClientFlags {
  readonly only?: string[];
  readonly skip?: string[];
  readonly profile?: string;
  readonly knownFailures?: string;
  readonly shard?: string;
  readonly maxSkips?: number;
  readonly jobs: number;
  readonly failOn: FailOn;
  readonly report?: ReportTarget[];
  readonly ogl: string;
  readonly upstream?: string;
  readonly upstreamKeyEnv?: string;
  readonly ca?: string[];
  readonly model?: string;
  readonly embeddingModel?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Format of a report, and its file; `-` is stdout. */
export interface ReportTarget {
  readonly format: ReportFormat;
  readonly file: string;
}

/** Parses `junit=FILE` and adds it to earlier ones. */
export function collectReport(text: string, before: readonly ReportTarget[] = []): ReportTarget[] {
  const at = text.indexOf("=");
  const format = REPORT_FORMATS.find((known) => known === text.slice(0, at));
  if (format === undefined || at === text.length - 1)
    throw new InvalidArgumentError(`Use FORMAT=FILE with one of ${REPORT_FORMATS.join(", ")}; - is stdout.`);
  return [...before, { format, file: text.slice(at + 1) }];
}

/** Parses a whole number from 0. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Use a whole number.");
  return Number(text);
}

/** Parses a number of concurrent runs. */
export function parseJobs(text: string): number {
  const jobs = parseCount(text);
  if (jobs < 1 || jobs > 256) throw new InvalidArgumentError("Use a number from 1 to 256.");
  return jobs;
}
