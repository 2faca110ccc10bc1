import type { TraceRecord, Verdict } from "../suites/index.ts";
import { type ExchangeLine, type LineWrite, readableParts } from "../trace/index.ts";
import { visible } from "../util/index.ts";

const WIDTH = 120;
/** Maximum number of shown writes: of a longer answer the first and the last ones. */
const SHOWN_WRITES = 12;
/** Headers of an answer that say what a client is to do, beside its type. */
const SHOWN_HEADERS = new Set(["retry-after", "location", "www-authenticate"]);

/** Describes a verdict other than a pass: findings, exchanges, outcomes, reason. @param command runs this scenario alone */
export function failureText(verdict: Verdict, trace: TraceRecord | undefined, command?: string): string {
  const lines = [`${verdict.result.toUpperCase()}  ${verdict.scenario}`];
  if (trace !== undefined)
    lines.push(`  ${trace.judges === undefined ? "the server" : "expected"}: ${trace.title}`);
  for (const { level, check, message } of verdict.findings)
    lines.push(`  ${level.toUpperCase()}  ${check}: ${visible(message)}`);
  for (const rule of new Set(verdict.findings.flatMap((finding) => finding.rule ?? [])))
    lines.push(`  rule: ${visible(rule)}`);
  if (verdict.unseen) lines.push(`  not observable: ${verdict.unseen.join(", ")}`);
  if (verdict.reason !== undefined) lines.push(`  reason: ${visible(verdict.reason)}`);
  if (trace !== undefined) {
    lines.push(
      ...trace.exchanges.flatMap((exchange) => ["", ...exchangeLines(exchange)]),
      "",
      ...outcomeLines(trace),
    );
    lines.push(`  why it matters: ${trace.why}`);
  }
  if (command !== undefined) lines.push(`  run only this: ${visible(command)}`);
  return `${lines.join("\n")}\n`;
}

/** Prints an exchange: the request, then the answer's writes as a timeline in ms since the first call. */
export function exchangeLines(exchange: ExchangeLine): string[] {
  const { request, answer, delivered, start = 0 } = exchange;
  const { writes = [] } = answer;
  const lines = [`  ${stamp(start)}  > ${visible(`${request.method} ${request.target}`)}`];
  const body = request.body ?? (request.hex === undefined ? "" : `(hex) ${request.hex}`);
  if (body !== "") lines.push(indented(`> ${cut(visible(body))}`));
  for (const { part, pointer, message } of exchange.findings)
    lines.push(indented(`! against OGL's OpenAPI: ${part}${pointer}: ${message}`));
  const type = answer.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? undefined;
  lines.push(indented(answer.status === null ? "< (no answer)" : headLine(answer, type)));
  const sse = type?.toLowerCase().startsWith("text/event-stream") ?? false;
  const shown =
    writes.length <= SHOWN_WRITES
      ? writes
      : [...writes.slice(0, SHOWN_WRITES / 2), null, ...writes.slice(-SHOWN_WRITES / 2)];
  for (const write of shown) {
    if (write === null) lines.push(indented(`… ${delivered.writes} writes, ${delivered.bytes} bytes in all`));
    else lines.push(...writeLines(start, write, sse));
  }
  lines.push(`  ${stamp(start + delivered.ms)}  [${delivered.ended}, by the ${delivered.by}]`);
  return lines;
}

function headLine(head: ExchangeLine["answer"], type = "no content type"): string {
  const more = head.headers.flatMap(([name, value]) =>
    SHOWN_HEADERS.has(name.toLowerCase()) && value !== null ? [`, ${name.toLowerCase()}: ${value}`] : [],
  );
  return visible(`< ${head.status} ${head.reason ?? ""} (${type}${more.join("")})`);
}

function writeLines(start: number, write: LineWrite, sse: boolean): string[] {
  const bytes = Buffer.from(write.body ?? write.hex ?? "", write.body === undefined ? "hex" : "utf8");
  const shown = write.body === undefined ? [`(hex) ${write.hex}`] : readableParts(bytes, sse, false);
  return shown.map((part, i) => {
    const text = cut(write.cut ? `${part} (cut)` : part);
    return i === 0
      ? `  ${stamp(start + write.at)}  ${String(write.bytes).padStart(6)} B  ${text}`
      : indented(`${" ".repeat(10)}${text}`);
  });
}

/** Outcome of each call, as the client's user saw it. */
export function outcomeLines({ calls }: TraceRecord): string[] {
  return calls.map(({ operation, outcome, endedAt }) =>
    outcome === undefined
      ? `  surfaced by ${operation}: nothing${endedAt === undefined ? ", it never ended" : ""}`
      : `  ${stamp(endedAt ?? 0)}  surfaced by ${operation}: ${cut(visible(JSON.stringify(outcome, withoutNulls)), 4 * WIDTH)}`,
  );
}

/** Drops members that the client does not expose. */
const withoutNulls = (_: string, value: unknown): unknown => value ?? undefined;

const stamp = (ms: number): string => `${String(Math.round(ms)).padStart(6)} ms`;
const indented = (text: string): string => `${" ".repeat(13)}${text}`;
const cut = (text: string, width: number = WIDTH): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;
