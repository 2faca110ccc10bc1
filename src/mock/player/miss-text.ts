import { type Library, filesOfSession } from "../../cassette/index.ts";
import { masked } from "../../secrets/index.ts";
import { type Difference, nearestWord } from "../../util/index.ts";
import { areLookalikes, asciiOnly, unicodeForm } from "./lookalikes.ts";

/** The text about a request that was recorded with other keys. */
export function otherKeysText(labels: readonly string[]): string {
  return (
    `is recorded with ${labels.join(", ")}, and this key is another one in this session: name it with ` +
    `--keys ${labels.at(-1)}=env:NAME, or write "credentials": "any" into the cassette's "about" if the answer does not depend on the key`
  );
}

/** The text about a session that is to play one cassette, and names none or several. */
export function unknownSessionText(session: string, sessions: Library["sessions"] & {}): string {
  const files = filesOfSession(sessions, session);
  if (files.length > 1)
    return `session ${JSON.stringify(masked(session))} names ${files.length} cassettes: ${files.join(", ")}; use the path below the folder`;
  const near = nearestWord(session, [...sessions.keys()]);
  return (
    `session ${JSON.stringify(masked(session))} is the name of no cassette` +
    (near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`)
  );
}

/** The text of the first differences between a request and a recording. */
export function differencesText(differences: readonly Difference[]): string {
  const shown = differences.slice(0, 3).map(({ pointer, recorded, got }) => {
    const location = pointer === "" ? "the body" : masked(pointer);
    if (got === undefined) return `${location} is missing, recorded as ${short(recorded)}`;
    if (recorded === undefined) return `${location} is ${short(got)}, which was not recorded`;
    const [one, other] = shownPair(got, recorded);
    return `${location} is ${one}, recorded as ${other}`;
  });
  const more = differences.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** Length of a value in a message. */
const SHOWN = 60;
/** Characters of a text before the first difference that are shown. */
const BEFORE = 20;
/** Characters of a text that are looked at. */
const MAX_LOOKED_AT = 20_000;

/** Two different values. Of long texts the part with the first difference is shown; texts that look alike have escapes and forms. */
function shownPair(got: unknown, recorded: unknown): [string, string] {
  if (typeof got !== "string" || typeof recorded !== "string") return [short(got), short(recorded)];
  const [one, other] = [maskedText(got), maskedText(recorded)];
  const alike = areLookalikes(one, other);
  const at = firstDifference(one, other);
  const show = (text: string): string => {
    const cut = excerptAt(text, at);
    return alike ? `${asciiOnly(cut)}${unicodeForm(text)}` : cut;
  };
  return [show(one), show(other)];
}

function maskedText(text: string): string {
  return masked(text.slice(0, MAX_LOOKED_AT));
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}

function excerptAt(text: string, at: number): string {
  if (text.length <= SHOWN) return JSON.stringify(text);
  const from = at < SHOWN - BEFORE ? 0 : at - BEFORE;
  const cut = text.slice(from, from + SHOWN);
  return `${from > 0 ? "..." : ""}${JSON.stringify(cut)}${from + SHOWN < text.length ? "..." : ""}`;
}

/** Prints a value without secrets, since it also goes to logs. Masks before the cut, so that no secret is cut in half. */
function short(value: unknown): string {
  const text = masked((JSON.stringify(value) ?? "nothing").slice(0, 400));
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text;
}
