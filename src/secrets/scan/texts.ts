import { tokenRuns } from "./runs.ts";

/**
 * All that a file says, in whatever way it is spelled: what the scan looks at. Nothing here is shared with the
 * sanitizer, so that a mistake of one is not made by the other.
 */
export interface ScanText {
  /** Way in which the text was made of the file, for messages. */
  readonly view: string;
  readonly text: string;
}

/** Deepest nesting of JSON, base64 or percent-encoding that is decoded. */
const MAX_DEPTH = 4;
/** More than this, in characters, is not taken apart; it is looked at as it is. */
const MAX_DERIVED = 16 << 20;

/** Texts of this length and more are not compared with those before: to remember them would keep them in memory. */
const MAX_REMEMBERED = 1 << 20;
/** A longer text leaves garbage behind that is worth a collection. */
const LARGE = 4 << 20;

/**
 * The texts of a file: as it is, the bodies put together from their writes, the streams from their events. They come one after the
 * other, as each may have megabytes and is of use only until it was looked at.
 *
 * @param between called after each large text
 */
export function* textsOf(source: string, between: () => void = () => {}): Generator<ScanText> {
  const seen = new Set<string>();
  const remember = ({ text }: ScanText): void => {
    if (text.length < MAX_REMEMBERED) seen.add(text);
  };
  let level: ScanText[] = [];
  const tidyAfter = ({ text }: ScanText): void => {
    if (text.length > LARGE) between();
  };
  for (const one of sourceTexts(source, between)) {
    remember(one);
    level.push(one);
    yield one;
    tidyAfter(one);
  }
  let size = 0;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const parents = level;
    level = [];
    for (let i = 0; i < parents.length; i++) {
      const parent = parents[i] as ScanText;
      parents[i] = LOOKED_AT;
      for (const one of derivedFrom(parent)) {
        if (seen.has(one.text) || size > MAX_DERIVED) continue;
        remember(one);
        size += one.text.length;
        // Once there is enough, nothing more is derived.
        if (size <= MAX_DERIVED) level.push(one);
        yield one;
        tidyAfter(one);
      }
    }
  }
}

/** Stands in for a text that is of no more use. */
const LOOKED_AT: ScanText = { view: "", text: "" };

function* sourceTexts(source: string, between: () => void): Generator<ScanText> {
  yield { view: "file", text: source };
  const bodies = jsonValuesOf(source).flatMap(embeddedTexts);
  if (source.length > LARGE) between();
  for (const body of bodies) {
    yield body;
    yield* joinedOf(body);
  }
}

/** The JSON of a file: one value, or one a line. */
function jsonValuesOf(source: string): unknown[] {
  const whole = parsed(source);
  if (whole !== undefined) return [whole];
  return source.split("\n").flatMap((line) => {
    const value = line.startsWith("{") ? parsed(line) : undefined;
    return value === undefined ? [] : [value];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Every list of elements that are spelled `sse`, `json`, `text` or `hex`, as the one text that they send. */
function embeddedTexts(value: unknown): ScanText[] {
  return arraysIn(value).flatMap((list) => {
    const parts = list.map(sentBy);
    const sent = parts.filter((part) => part !== undefined);
    return sent.length > 0 ? [{ view: "body", text: sentText(sent) }] : [];
  });
}

/** The text of what is sent. Bytes may be halves of a character, of which the next ones are the rest. */
function sentText(parts: readonly (string | Buffer)[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const texts = parts.map((part) =>
    typeof part === "string" ? decoder.decode() + part : decoder.decode(part, { stream: true }),
  );
  return [...texts, decoder.decode()].filter((text) => text !== "").join("");
}

function sentBy(element: unknown): string | Buffer | undefined {
  if (typeof element !== "object" || element === null) return undefined;
  const { sse, json, text, hex } = element as Record<string, unknown>;
  if (sse !== undefined) return `data: ${typeof sse === "string" ? sse : JSON.stringify(sse)}\n\n`;
  if (json !== undefined) return JSON.stringify(json);
  if (typeof text === "string") return text;
  return typeof hex === "string" ? Buffer.from(hex, "hex") : undefined;
}

function arraysIn(value: unknown): unknown[][] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(arraysIn);
  return Array.isArray(value) ? [value, ...inner] : inner;
}

/** Texts of one member over all events of a stream, joined. */
function joinedOf({ text }: ScanText): ScanText[] {
  const lines = text.split(/\r\n|[\r\n]/);
  if (lines.length < 2) return [];
  const events = lines
    .map((line) => eventOf(line.replace(/^data: ?/, "")))
    .filter((event) => typeof event === "object" && event !== null);
  const plain = lines.filter((line) => line.startsWith("data:") && !/^data: ?[[{]/.test(line));
  if (plain.length > 1 && events.length === 0)
    return [{ view: "joined data", text: plain.map((line) => line.replace(/^data: ?/, "")).join("") }];
  if (events.length < 2) return [];
  const byPath = new Map<string, string>();
  for (const event of events)
    for (const [path, segment] of stringsIn(event, "")) byPath.set(path, (byPath.get(path) ?? "") + segment);
  return [...byPath]
    .filter(([path]) => /content|text|arguments|reason|delta|json|thinking|response/.test(path))
    .map(([path, joined]) => ({ view: `joined${path}`, text: joined }));
}

/** The object or list of an event. An error of the parser is dear, and every second line of a stream is blank. */
function eventOf(data: string): unknown {
  return /^[ \t\n\r]*[[{]/.test(data) ? parsed(data) : undefined;
}

function* stringsIn(value: unknown, path: string): Generator<[path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  else if (typeof value === "object" && value !== null) {
    const members = Object.entries(value);
    const index = members.find(([key, item]) => key === "index" && typeof item === "number")?.[1] as unknown;
    const here = index === undefined ? path : `${path}#${String(index)}`;
    // Elements of a list are joined by their own index: one event has only the new ones.
    for (const [key, item] of members) yield* stringsIn(item, Array.isArray(value) ? here : `${here}/${key}`);
  }
}

/** A text with its escapes read, and what stands in it as base64 or hexadecimal digits. */
function* derivedFrom({ view, text }: ScanText): Generator<ScanText> {
  const unescaped = withoutEscapes(text);
  if (unescaped !== text) yield { view: `${view}, unescaped`, text: unescaped };
  const plain = withoutPercent(text);
  if (plain !== text) yield { view: `${view}, percent-decoded`, text: plain };
  for (const run of encodedRuns(text)) {
    for (const decoded of [Buffer.from(run, "base64"), Buffer.from(run.length % 2 ? "" : run, "hex")]) {
      const inner = decoded.toString("utf8");
      if (inner.length >= 8 && !/[^\t\n\r\x20-\x7e\u00a0-\ud7ff]/.test(inner))
        yield { view: `${view}, decoded`, text: inner };
    }
  }
}

/** Lengths of the texts that may be encoded. A longer run is taken in parts. */
const ENCODED = { least: 20, most: 20_000 };

function* encodedRuns(text: string): Generator<string> {
  for (const { start, end } of tokenRuns(text, ENCODED.least))
    for (let from = start; end - from >= ENCODED.least; from += ENCODED.most)
      yield text.slice(from, Math.min(end, from + ENCODED.most));
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function withoutEscapes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, unit: string | undefined, letter: string) =>
    unit === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

function withoutPercent(text: string): string {
  if (!/%[0-9a-fA-F]{2}/.test(text)) return text;
  return text.replaceAll(/(?:%[0-9a-fA-F][0-9a-fA-F])+/g, (escaped) =>
    Buffer.from(escaped.replaceAll("%", ""), "hex").toString("utf8"),
  );
}
