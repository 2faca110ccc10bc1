/** Longest pattern that is spelled run by run. */
const MAX_PATTERN = 100;

/**
 * Regular expression for the entry `keep` of a config, which lets a text of this look pass. It shows which kinds of letters
 * the text has and how many, never a letter of it.
 */
export function keepPattern(text: string): string {
  const pattern = text.replaceAll(/[A-Za-z0-9]+|[^A-Za-z0-9]+/g, (run) =>
    /^[A-Za-z0-9]/.test(run) ? letterClass(run) : signPattern(run),
  );
  if (pattern.length <= MAX_PATTERN) return pattern;
  return text !== "" && !/[^\w+/=.~-]/.test(text)
    ? `[A-Za-z0-9_+/=.~-]{${text.length}}`
    : `[^]{${[...text].length}}`;
}

function letterClass(run: string): string {
  const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/].filter((kind) => kind.test(run)).map(({ source }) => source);
  return `[${kinds.map((kind) => kind.slice(1, -1)).join("")}]${run.length === 1 ? "" : `{${run.length}}`}`;
}

/** Signs that part words stay; what else stands between them may say something. */
function signPattern(run: string): string {
  return [...run].map((sign) => (/[-_@:/+=~]/.test(sign) ? sign : sign === "." ? "\\." : ".")).join("");
}
