import { CASSETTE_SUFFIX } from "../../cassette/index.ts";
import type { RecorderEvent, RecorderStats, RecordingSummary } from "../../recorder/index.ts";
import { problemText } from "../../util/index.ts";
import { type Io, MAX_LISTED, count, findingText, replacedLines } from "../support/index.ts";

/** Minimum time (ms) between two draws of the status line. */
const REDRAW_MS = 100;

/** Display of a running `gatetape record`: a live line on a terminal, and events that need attention. */
export class RecordScreen {
  readonly #io: Io;
  readonly #json: boolean;
  readonly #quiet: boolean;
  readonly #live: boolean;
  #stats: Readonly<RecorderStats> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #shown = "";

  constructor(options: { readonly json: boolean; readonly quiet: boolean }, io: Io) {
    this.#io = io;
    this.#json = options.json;
    this.#quiet = options.quiet;
    const attended = io.stderr.isTTY === true && !io.env["CI"];
    this.#live = attended && !options.json && !options.quiet;
  }

  /** Starts the live line, if there is one. */
  watch(stats: Readonly<RecorderStats>): void {
    this.#stats = stats;
    if (this.#live) this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
  }

  greet(text: string): void {
    if (this.#json || !this.#quiet) this.#io.stdout.write(text);
  }

  show(event: RecorderEvent): void {
    if (this.#json) {
      this.#io.stdout.write(`${JSON.stringify(event)}\n`);
      return;
    }
    const lines = eventLines(event, this.#quiet);
    if (lines.length === 0) return;
    this.#clear();
    for (const line of lines) this.#io.stderr.write(`${line}\n`);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #draw(): void {
    const stats = this.#stats;
    if (stats === undefined) return;
    const columns = this.#io.stderr.columns || 80;
    const line = screenStatus(stats).slice(0, columns - 1);
    if (line === this.#shown) return;
    this.#io.stderr.write(`\r${line}\u001b[K`);
    this.#shown = line;
  }

  #clear(): void {
    if (this.#shown === "") return;
    this.#io.stderr.write("\r\u001b[K");
    this.#shown = "";
  }
}

/** Formats the counters in one line. */
export function screenStatus(stats: Readonly<RecorderStats>): string {
  const parts = [
    count(stats.requests, "request"),
    `${stats.open} open`,
    sizeText(stats.bytes),
    `${stats.recorded} recorded`,
    ...(stats.played > 0 ? [`${stats.played} played`] : []),
    ...(stats.missed > 0 ? [`${stats.missed} missed`] : []),
    `${count(stats.replaced, "secret")} replaced`,
    ...(stats.withheld > 0 ? [`${stats.withheld} WITHHELD`] : []),
    `${count(stats.drift, "finding")}`,
  ];
  return parts.join(" · ");
}

function eventLines(event: RecorderEvent, quiet: boolean): string[] {
  switch (event.event) {
    case "recorded":
      return quiet
        ? []
        : event.drift.map(
            ({ location, message }) => `drift in interaction ${event.number} at ${location}: ${message}`,
          );
    case "withheld":
      return withheldTexts(event);
    case "skipped":
      return quiet ? [] : [`not recorded: interaction ${event.number} (${event.request}): ${event.why}`];
    case "played":
      return [];
    case "scrubbed":
      return [
        `${event.file}: a newly detected secret was removed from ${count(event.interactions, "interaction")}`,
      ];
    case "trouble":
      return problemText({ location: {}, reason: `gatetape: ${event.message}`, fix: event.fix }).split("\n");
  }
}

function withheldTexts({ number, request, findings }: RecordingSummary["withheld"][number]): string[] {
  return [
    `WITHHELD interaction ${number} (${request}): not written to disk, because of these findings:`,
    ...findings.slice(0, MAX_LISTED).map((finding) => `  ${findingText(finding)}`),
    ...(findings.length > MAX_LISTED ? [`  and ${findings.length - MAX_LISTED} more`] : []),
  ];
}

/** Summary for people: recorded files, counters, problems, and next commands. */
export function summaryText(summary: RecordingSummary, out: string, ogl: string): string {
  const { files, stats, withheld, drift, lost } = summary;
  const lines = [
    "",
    ...(files.length === 0 ? ["nothing was recorded"] : []),
    ...files.map(
      ({ file, recorded, interactions }) =>
        `${file}: ${count(recorded, "exchange")} recorded, ${count(interactions, "interaction")} in it`,
    ),
    screenStatus(stats),
  ];
  if (stats.skipped > 0) lines.push(`${count(stats.skipped, "exchange")} not recorded, see above`);
  if (stats.inMemory > 0)
    lines.push(
      `${count(stats.inMemory, "exchange")} only in memory for a time, as it could not be written at once`,
    );
  if (lost > 0) lines.push(`${count(lost, "interaction")} LOST: it could not be written`);
  if (withheld.length > 0) {
    lines.push("", "Withheld, so not in any file:");
    for (const one of withheld) lines.push(...withheldTexts(one).map((line) => `  ${line}`));
  }
  const { first, byRule } = summary.replaced;
  lines.push(
    ...replacedLines(
      first.map((one) => ({ ...one, at: `interaction ${one.number}, ` })),
      byRule,
    ),
  );
  if (drift.length > 0) {
    lines.push("", `Contradictions to the OpenAPI of OGL ${ogl} (kept, with waivers), one of each kind:`);
    for (const { location, message } of drift) lines.push(`  ${location}: ${message}`);
  }
  if (files.length > 0) {
    const file = out.endsWith(CASSETTE_SUFFIX) ? out : (files[0]?.file ?? out);
    lines.push(
      "",
      "Next:",
      `  gatetape cassette show ${file}`,
      `  gatetape mock --ogl ${ogl} --cassettes ${out}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Summary as a line of JSON. */
export function summaryJson({ files, stats, withheld, replaced, drift, lost }: RecordingSummary): string {
  return JSON.stringify({ event: "summary", files, stats, withheld: withheld.length, replaced, drift, lost });
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
