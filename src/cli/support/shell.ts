/**
 * Quotes a word for a POSIX shell. Characters that reports show as escapes come from `printf`; line ends at the end of the
 * word are lost then, as in every `$(…)`.
 */
export function shellQuoted(word: string): string {
  if (/^[\w./:=@%+,-]+$/.test(word)) return word;
  if (!HIDDEN.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replaceAll(/[\\']|[\p{Cc}\p{Cf}\u2028\u2029]/gu, octal);
  return `"$(printf %b '${escaped}')"`;
}

const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** The bytes of a character as escapes of `printf %b`. */
function octal(char: string): string {
  return [...Buffer.from(char)].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
}
