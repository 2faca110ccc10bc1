/** Letters of other scripts that look like a Latin one, by that letter. */
const HOMOGLYPHS: Readonly<Record<string, string>> = {
  a: "\u0430\u03b1",
  c: "\u0441\u03f2",
  e: "\u0435",
  i: "\u0456\u0131",
  j: "\u0458",
  k: "\u043a\u03ba",
  o: "\u043e\u03bf",
  p: "\u0440\u03c1",
  s: "\u0455",
  v: "\u03bd",
  x: "\u0445\u03c7",
  y: "\u0443",
  A: "\u0410\u0391",
  B: "\u0412\u0392",
  C: "\u0421",
  E: "\u0415\u0395",
  H: "\u041d\u0397",
  I: "\u0406\u0399",
  K: "\u041a\u039a",
  M: "\u041c\u039c",
  N: "\u039d",
  O: "\u041e\u039f",
  P: "\u0420\u03a1",
  T: "\u0422\u03a4",
  X: "\u0425\u03a7",
  Y: "\u03a5",
  Z: "\u0396",
  "'": "\u2018\u2019\u02bc\u2032`\u00b4",
  '"': "\u201c\u201d\u2033",
  "-": "\u2010\u2011\u2012\u2013\u2014\u2212",
};

const LATIN = new Map(
  Object.entries(HOMOGLYPHS).flatMap(([latin, others]) =>
    [...others].map((other) => [other, latin] as const),
  ),
);

/** True if two different texts look the same or nearly so: other Unicode forms, blanks, invisible characters, homoglyphs. */
export function areLookalikes(one: string, other: string): boolean {
  return one !== other && skeleton(one) === skeleton(other);
}

function skeleton(text: string): string {
  const visible = text
    .normalize("NFKC")
    .replaceAll(/[\p{Cf}\p{Variation_Selector}]/gu, "")
    .replaceAll(/\s+/gu, " ");
  return [...visible].map((character) => LATIN.get(character) ?? character).join("");
}

/** A text with escapes for all that is not ASCII: `caf\u00e9`. */
export function asciiOnly(text: string): string {
  return text.replaceAll(
    /[^\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The Unicode form of a text in parentheses; empty if it has the same spelling in all forms. */
export function unicodeForm(text: string): string {
  const isNfc = text.normalize("NFC") === text;
  const isNfd = text.normalize("NFD") === text;
  if (isNfc && isNfd) return "";
  return ` (${isNfc ? "NFC" : isNfd ? "NFD" : "neither NFC nor NFD"})`;
}
