import { styleText } from "node:util";
import type { CassetteDiff, Change, InteractionDiff } from "../../cassette/index.ts";
import { type Output, count } from "../support/index.ts";

/** Maximum width of a value; --json has all of it. */
const WIDTH = 100;

/** Prints the difference of two cassettes for people. */
export function printDiff({ about, interactions, reordered, equal }: CassetteDiff, stdout: Output): string {
  const lines: string[] = [];
  for (const change of about) lines.push(...changeLines(change, stdout));
  if (reordered) lines.push("  the interactions come in another order");
  for (const one of interactions) lines.push(...interactionLines(one, stdout));
  const kinds = (["added", "removed", "changed"] as const).map(
    (kind) => `${interactions.filter((one) => one.kind === kind).length} ${kind}`,
  );
  lines.push(`${kinds.join(", ")}, ${count(equal, "interaction")} equal`);
  return `${lines.join("\n")}\n`;
}

const MARKS = { added: ["+", "green"], removed: ["-", "red"], changed: ["~", "yellow"] } as const;

function interactionLines(one: InteractionDiff, stdout: Output): string[] {
  const [mark, colour] = MARKS[one.kind];
  const name = one.renamedTo === undefined ? one.name : `${one.name}, now ${one.renamedTo}`;
  const title = [...(name === "" ? [] : [name]), `(${one.request})`].join("  ");
  return [
    painted(stdout, colour, `${mark} ${title}`),
    ...grouped(one.changes.filter(({ part }) => part !== "name")).flatMap((change) =>
      changeLines(change, stdout),
    ),
    ...(one.writes.length > 0 ? ["    writes (HTTP chunks):"] : []),
    ...one.writes.map((note) => `      ${note}`),
    "",
  ];
}

/** Change to print; `last` is the last of several events that changed in the same way. */
interface Shown extends Change {
  readonly last?: number;
}

/** Merges equal changes of consecutive events: the id of a stream is in each of them. */
function grouped(changes: readonly Change[]): Shown[] {
  const groups = new Map<string, Shown>();
  for (const [i, change] of changes.entries()) {
    const { event, ...rest } = change;
    const both = event?.before !== undefined && event.after !== undefined;
    const key = both ? JSON.stringify([rest, event.after - event.before]) : String(i);
    const first = groups.get(key);
    const next = (first?.last ?? first?.event?.before ?? 0) + 1 === event?.before;
    if (first !== undefined && next) groups.set(key, { ...first, last: event?.before as number });
    else groups.set(first === undefined ? key : `${key} ${i}`, change);
  }
  return [...groups.values()];
}

function changeLines(change: Shown, stdout: Output): string[] {
  const location = locationOf(change);
  const had = "before" in change;
  const has = "after" in change;
  const note = change.note === undefined ? "" : `  (${change.note})`;
  if (had && has && lengthOf(change.before) + lengthOf(change.after) + location.length <= WIDTH)
    return [`    ${location}: ${shownValue(change.before)} -> ${shownValue(change.after)}${note}`];
  return [
    `    ${location}:${had && has ? "" : has ? " added" : " removed"}${note}`,
    ...(had ? [painted(stdout, "red", `      - ${shownValue(change.before)}`)] : []),
    ...(has ? [painted(stdout, "green", `      + ${shownValue(change.after)}`)] : []),
  ];
}

function locationOf({ part, event, pointer = "", last }: Shown): string {
  if (event === undefined) return `${part}${pointer}`;
  if (last !== undefined) {
    const [from = 0, to = 0] = [event.before, event.after];
    const now = from === to ? "" : ` (now ${to}-${last + to - from})`;
    return `events ${from}-${last}${now}${pointer}`;
  }
  const numbers = [event.before, event.after].filter((number) => number !== undefined);
  const number = numbers[0] === numbers[1] || numbers.length === 1 ? numbers[0] : numbers.join(", now ");
  return part === "event" ? `event ${number}${pointer}` : `after event ${number}${pointer}`;
}

function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
}

function lengthOf(value: unknown): number {
  return shownValue(value).length;
}

function painted(stdout: Output, colour: "green" | "red" | "yellow", text: string): string {
  return styleText(colour, text, { stream: stdout });
}
