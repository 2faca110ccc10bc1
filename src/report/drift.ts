import type { AnswerChange, DriftReport, NotSent, TouchingChange } from "../suites/index.ts";
import { visible } from "../util/index.ts";
import { counted } from "./counted.ts";
import { inline } from "./markdown.ts";

/** Most names in one cell or line; the others are counted. */
const MAX_NAMES = 4;

/** Formats of a report of drift. */
export const DRIFT_FORMATS = ["markdown", "json"] as const;
export type DriftFormat = (typeof DRIFT_FORMATS)[number];

/** Changes of a report, and how many of them break clients. */
export function countDrift({ changes, answers }: DriftReport): {
  readonly changed: number;
  readonly breaking: number;
} {
  const all = [...changes, ...(answers?.changed ?? []).flatMap((answer) => answer.changes)];
  return { changed: all.length, breaking: all.filter(({ breaking }) => breaking).length };
}

/** Prints a report of drift as a file. */
export function printDrift(format: DriftFormat, report: DriftReport): string {
  return format === "markdown" ? driftMarkdown(report) : `${JSON.stringify(report, undefined, 2)}\n`;
}

/** Prints a report of drift for a terminal. */
export function driftText(report: DriftReport): string {
  const { changes, answers } = report;
  const lines = [
    headline(report),
    ...changes.flatMap((change) => [
      `${mark(change)} ${visible(change.location)}: ${visible(change.text)} (${change.part})`,
      `      ${touched(change).map(visible).join("; ")}`,
    ]),
  ];
  if (answers !== undefined) {
    lines.push("", answersLine(report));
    for (const { file, interaction, operation, changes: found } of answers.changed)
      lines.push(
        `  ${visible(file)}: ${visible(interaction)} (${operation})`,
        ...found.map((change) => `  ${mark(change)} ${visible(answerWords(change))}`),
      );
    lines.push(...answers.notSent.map((one) => `  ${visible(notSentWords(one))}`));
  }
  return `${lines.join("\n")}\n`;
}

function headline(report: DriftReport): string {
  const { before, after, changes } = report;
  const names = `${visible(after.source)} (${visible(after.version)}) against ${visible(before.source)} (${visible(before.version)})`;
  if (changes.length === 0) return `${names}: the same for clients`;
  const breaking = changes.filter((change) => change.breaking).length;
  return `${names}: ${counted(changes.length, "change")}, ${breaking} breaking`;
}

function answersLine({ answers }: DriftReport): string {
  const { compared = 0, changed = [] } = answers ?? {};
  return `${counted(compared, "recorded request")} sent: ${compared - changed.length} answered alike, ${changed.length} otherwise`;
}

function mark({ breaking }: { readonly breaking: boolean }): string {
  return breaking ? "BREAKS" : "      ";
}

function touched({ operations, cassettes }: TouchingChange): string[] {
  return [
    firstNames(operations),
    ...(cassettes.length === 0 ? [] : [`recorded in ${firstNames(cassettes)}`]),
  ];
}

function firstNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function answerWords({ part, location, text }: AnswerChange): string {
  return `${[part, location].filter((word) => word !== "").join(" ")} ${text}`;
}

function notSentWords({ reason, interactions, models }: NotSent): string {
  return `${interactions.length} not sent: ${reason}${models.length > 0 ? ` (${firstNames(models)})` : ""}`;
}

/** A report for an issue. Breaking changes stand first; long lists are folded. */
function driftMarkdown(report: DriftReport): string {
  const { before, after, changes, answers } = report;
  const { changed, breaking } = countDrift(report);
  const lines = [
    `# ${changed === 0 ? "No drift" : `Drift: ${counted(changed, "change")}, ${breaking} breaking`}`,
    "",
    `${inlineCode(after.source)} (${inline(after.version)}) against ${inlineCode(before.source)} (${inline(before.version)}).`,
    "",
    "## OpenAPI",
    "",
    ...(changes.length === 0 ? ["The same for clients.", ""] : []),
    ...changeTable(
      "Breaking",
      changes.filter((change) => change.breaking),
    ),
    ...changeTable(
      "Not breaking",
      changes.filter((change) => !change.breaking),
    ),
  ];
  if (answers !== undefined)
    lines.push(
      "## Recorded requests",
      "",
      `${answersLine(report)}.`,
      "",
      ...answerTable(report),
      ...left(report),
    );
  return `${lines.join("\n").trimEnd()}\n`;
}

function changeTable(title: string, changes: readonly TouchingChange[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(
    ({ part, location, text, operations, cassettes }) =>
      `| ${inlineCode(location)} | ${part} | ${inline(text)} | ${firstNames(operations.map(inlineCode))} | ${firstNames(cassettes.map(inlineCode))} |`,
  );
  return [
    `### ${title}`,
    "",
    "| where | part | change | operations | cassettes |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ];
}

function answerTable({ answers }: DriftReport): string[] {
  const rows = (answers?.changed ?? []).flatMap(({ file, interaction, operation, changes }) =>
    changes.map(
      (change) =>
        `| ${change.breaking ? "yes" : "no"} | ${inlineCode(file)}: ${inline(interaction)} | ${operation} | ${inline(answerWords(change))} |`,
    ),
  );
  return rows.length === 0
    ? []
    : ["| breaking | interaction | operation | change |", "|---|---|---|---|", ...rows, ""];
}

function left({ answers }: DriftReport): string[] {
  return (answers?.notSent ?? []).map((one) => `- ${inline(notSentWords(one))}`);
}

function inlineCode(text: string): string {
  return `\`${visible(text).replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
