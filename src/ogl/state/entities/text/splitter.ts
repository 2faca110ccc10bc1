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
  return splitRecursively(text, options.separators, options);
}

function splitRecursively(text: string, separators: readonly string[], options: SplitOptions): string[] {
  const { size } = options;
  const at = separators.findIndex((each) => each === "" || separatorPattern(each, options).test(text));
  const separator = at === -1 ? (separators.at(-1) ?? "") : (separators[at] ?? "");
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

const lengthOf = (text: string): number => [...text].length;

function separatorPattern(separator: string, { isRegex }: SplitOptions): RegExp {
  return new RegExp(isRegex ? separator : separator.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"), "u");
}

function splitAt(text: string, separator: string, options: SplitOptions): string[] {
  if (separator === "") return [...text];
  const starts = [...text.matchAll(new RegExp(separatorPattern(separator, options), "gu"))].map(
    ({ index }) => index,
  );
  const parts = [0, ...starts].map((start, i, all) => text.slice(start, all[i + 1] ?? text.length));
  return parts.filter((part) => part !== "");
}

/** Joins parts to chunks as long as they may be, each with the end of the one before. */
function mergeParts(parts: readonly string[], { size, overlap }: SplitOptions): string[] {
  const chunks: string[] = [];
  let current: string[] = [];
  let total = 0;
  const close = (): void => {
    const chunk = current.join("").trim();
    if (chunk !== "") chunks.push(chunk);
  };
  for (const part of parts) {
    const length = lengthOf(part);
    if (total + length > size && current.length > 0) {
      close();
      while (total > overlap || (total + length > size && total > 0)) {
        total -= lengthOf(current[0] ?? "");
        current = current.slice(1);
      }
    }
    current.push(part);
    total += length;
  }
  close();
  return chunks;
}
