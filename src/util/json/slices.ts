const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Offsets of the elements of an array in JSON text, found one after the other without parsing them. The text has to be JSON. */
export function* startsInArray(text: string, array: number): Generator<number> {
  let start = afterBlanks(text, array + 1);
  while (text[start] !== "]" && start < text.length) {
    yield start;
    start = afterBlanks(text, endOfValue(text, start));
    if (text[start] === ",") start = afterBlanks(text, start + 1);
  }
}

/** Offset of the value of a member of an object in JSON text; `undefined` if there is none. The text has to be JSON. */
export function memberStart(text: string, object: number, name: string): number | undefined {
  let key = afterBlanks(text, object + 1);
  while (text[key] === '"') {
    const keyEnd = endOfValue(text, key);
    const start = afterBlanks(text, afterBlanks(text, keyEnd) + 1);
    if (JSON.parse(text.slice(key, keyEnd)) === name) return start;
    key = afterBlanks(text, endOfValue(text, start));
    if (text[key] === ",") key = afterBlanks(text, key + 1);
  }
  return undefined;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** The end of the value that begins at an offset of JSON text. */
export function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(text, at);
    else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    // A number or a word goes on to the next blank or mark.
    else if (depth > 0 || !/[\s,\]}]/.test(text[at + 1] ?? ",")) continue;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** Offset of the quote that closes the string at an offset; the text's length or more if none does. */
export function closingQuote(text: string, opening: number): number {
  let at = opening + 1;
  for (; at < text.length && text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
  return at;
}
