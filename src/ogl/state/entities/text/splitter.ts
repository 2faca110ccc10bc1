/** Parameters of the chunker, as the form of an upload names them. */
export interface SplitOptions {
  readonly size: number;
  readonly overlap: number;
  readonly separators: readonly string[];
  readonly isRegex: boolean;
}

/**
 * Splits a text recursively as LangChain's RecursiveCharacterTextSplitter does, which OGL uses: by the first separator that the
 * text has, and parts that are still too long by the next. A separator stays at the beginning of the part after it.
 */
export function splitText(text: string, options: SplitOptions): string[] {
  const lengthOf = PAIRS.test(text) ? characterCount : (part: string): number => part.length;
  return splitRecursively(text, options.separators, { ...options, lengthOf });
}

/** Letters that JavaScript counts twice. */
const PAIRS = /[\ud800-\udbff][\udc00-\udfff]/;

interface Measured extends SplitOptions {
  /** Number of characters. */
  readonly lengthOf: (text: string) => number;
}

function splitRecursively(text: string, separators: readonly string[], options: Measured): string[] {
  const { size, lengthOf } = options;
  const at = separators.findIndex((each) => each === "" || separatorPattern(each, options).test(text));
  const separator = at === -1 ? (separators.at(-1) ?? "") : (separators[at] ?? "");
  if (separator === "" && size > 1) return splitCharacters(text, options);
  const rest = at === -1 ? [] : separators.slice(at + 1);
  const chunks: string[] = [];
  let short: string[] = [];
  const flush = (): void => {
    if (short.length > 0) chunks.push(...mergeParts(short, options));
    short = [];
  };
  for (const part of splitAt(text, separator, options)) {
    if (lengthOf(part) < size) {
      short.push(part);
      continue;
    }
    flush();
    if (separator === "" || rest.length === 0) chunks.push(part);
    else chunks.push(...splitRecursively(part, rest, options));
  }
  flush();
  return chunks;
}

/** Number of characters: pairs of surrogates are one. */
function characterCount(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) length--;
  return length;
}

/** Cuts a text into chunks of full size, as merging its characters would. */
function splitCharacters(text: string, { size, overlap, lengthOf }: Measured): string[] {
  const characters = lengthOf(text) === text.length ? text : [...text];
  const step = size - Math.min(overlap, size - 1);
  const chunks: string[] = [];
  for (let start = 0; ; start += step) {
    const cut = characters.slice(start, start + size);
    const chunk = (typeof cut === "string" ? cut : cut.join("")).trim();
    if (chunk !== "") chunks.push(chunk);
    if (start + size >= characters.length) break;
  }
  return chunks;
}

function separatorPattern(separator: string, { isRegex }: SplitOptions): RegExp {
  return new RegExp(isRegex ? separator : separator.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"), "u");
}

function splitAt(text: string, separator: string, options: SplitOptions): string[] {
  if (separator === "") return [...text];
  const parts: string[] = [];
  let start = 0;
  for (const { index } of text.matchAll(new RegExp(separatorPattern(separator, options), "gu"))) {
    if (index > start) parts.push(text.slice(start, index));
    start = index;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

/** Joins parts to chunks as long as they may be, each with the end of the one before. */
function mergeParts(parts: readonly string[], { size, overlap, lengthOf }: Measured): string[] {
  const chunks: string[] = [];
  // The current chunk has the parts from `first` on.
  let first = 0;
  let total = 0;
  const close = (end: number): void => {
    const chunk = parts.slice(first, end).join("").trim();
    if (chunk !== "") chunks.push(chunk);
  };
  for (const [i, part] of parts.entries()) {
    const length = lengthOf(part);
    if (total + length > size && i > first) {
      close(i);
      while (total > overlap || (total + length > size && total > 0)) total -= lengthOf(parts[first++] ?? "");
    }
    total += length;
  }
  close(parts.length);
  return chunks;
}
