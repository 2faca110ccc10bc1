/**
 * Characters of a token (RFC 9110 section 5.6.2), such as a field name or a method: a class for a regular expression.
 * All readers of HTTP/1 heads agree on it.
 */
export const TOKEN_CHAR = "[-!#$%&'*+.^_`|~0-9A-Za-z]";

/**
 * Removes the blanks and tabs around a field value (RFC 9110 section 5.5). Written by hand: a regular expression that
 * looks for the end goes through a long run of blanks once for each of them.
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** True for the code of a blank or a tab. */
export function isBlank(code: number | undefined): boolean {
  return code === 32 || code === 9;
}
