const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Characters that a reader does not see, or that a terminal obeys: control and format characters, separators. */
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029\ufffd-\uffff]/gu;

/** Text of others on one line: hidden characters, line ends too, as escapes such as `\r` and `\ufeff`. */
export function visible(text: string): string {
  return text.toWellFormed().replaceAll(HIDDEN, (char) => SHORT[char] ?? escapeOf(char));
}

/**
 * Text of others for a terminal, with its lines. CI systems read lines that begin with `::` or `##[` as commands, so these
 * get a mark in front.
 */
export function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => visible(line.replace(/\r$/, "")).replace(/^(?=\s*(?:::|##\[))/, "| "))
    .join("\n");
}

/** JSON on one line, in which hidden characters are escapes of JSON. */
export function visibleJson(json: string): string {
  return json.replaceAll(HIDDEN, (char) =>
    [...Array(char.length).keys()]
      .map((unit) => `\\u${char.charCodeAt(unit).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
