import { masked } from "../../secrets/index.ts";
import type { Difference } from "../../util/index.ts";

/** The text about a request that was recorded with other keys. */
export function otherKeysText(labels: readonly string[]): string {
  return (
    `is recorded with ${labels.join(", ")}, and this key is another one in this session: name it with ` +
    `--keys ${labels.at(-1)}=env:NAME, or write "credentials": "any" into the cassette's "about" if the answer does not depend on the key`
  );
}

/** The text of the first differences between a request and a recording. */
export function differencesText(differences: readonly Difference[]): string {
  const shown = differences.slice(0, 3).map(({ pointer, recorded, got }) => {
    const location = pointer === "" ? "the body" : masked(pointer);
    if (got === undefined) return `${location} is missing, recorded as ${short(recorded)}`;
    return recorded === undefined
      ? `${location} is ${short(got)}, which was not recorded`
      : `${location} is ${short(got)}, recorded as ${short(recorded)}`;
  });
  const more = differences.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** Prints a value without secrets, since it also goes to logs. Masks before the cut, so that no secret is cut in half. */
function short(value: unknown): string {
  const text = masked((JSON.stringify(value) ?? "nothing").slice(0, 400));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
