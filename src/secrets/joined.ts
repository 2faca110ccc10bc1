import type { Node, ParseError } from "jsonc-parser";
import { decodeSse } from "../http/index.ts";
import { jsonc } from "../util/index.ts";
import type { Range } from "./edits.ts";
import { type Readable, readable } from "./readable.ts";

/** A text that a client puts together from the events of a stream, with the way back to its segments. */
export interface JoinedText {
  /** The path of the member that it was in. */
  readonly key: string;
  readonly text: string;
  /** Ranges of the stream that hold the characters from `start` to `end`, one for each segment. */
  locate(start: number, end: number): Range[];
}

/** A JSON document of a stream: an event, or a line. */
export interface Document {
  readonly start: number;
  readonly text: string;
}

/** Members whose text goes on in the next event. */
const TEXTS = new Set([
  "content",
  "text",
  "reasoning",
  "reasoning_content",
  "arguments",
  "partial_json",
  "thinking",
  "delta",
  "response",
  "refusal",
  "input",
  "output",
  "transcript",
]);
/** Members that tell apart what is streamed side by side. */
const NUMBERS = new Set(["index", "output_index", "content_index", "summary_index"]);

/**
 * Texts that a client joins from a stream, by choice and member: content, reasoning, the arguments of tools.
 *
 * @param whole the stream's bytes, read as Latin-1
 */
export function joinedTexts(whole: string, kind: "sse" | "lines"): JoinedText[] {
  const segments = new Map<string, Segment[]>();
  for (const { start, text } of documentsOf(whole, kind)) {
    const root = jsonc().parseTree(text);
    if (root === undefined) continue;
    for (const { key, node } of keyedNodes(root, "", "")) {
      const from = start + node.offset + 1;
      const raw = whole.slice(from, start + node.offset + node.length - 1);
      const list = segments.get(key) ?? [];
      segments.set(key, list);
      const last = list.at(-1);
      list.push({
        at: last ? last.at + last.view.text.length : 0,
        from,
        view: readable(raw, { bytes: true, once: true }),
      });
    }
  }
  return [...segments].map(([key, list]) => joined(key, list));
}

/** The documents of a stream, and where they begin. */
export function documentsOf(whole: string, kind: "sse" | "lines"): Iterable<Document> {
  return kind === "sse" ? eventsOf(whole) : streamDocuments(whole);
}

/** A stream's documents, and what stands between them, in order: nothing found in one of them goes on in the next. */
export function streamSegments(whole: string, kind: "sse" | "lines"): Document[] {
  const segments: Document[] = [];
  let from = 0;
  for (const { start, text } of documentsOf(whole, kind)) {
    if (start > from) segments.push({ start: from, text: whole.slice(from, start) });
    segments.push({ start, text });
    from = start + text.length;
  }
  if (from < whole.length) segments.push({ start: from, text: whole.slice(from) });
  return segments;
}

/** The tree of a text that is JSON and nothing else; `undefined` for any other. Its strings need not be UTF-8. */
export function jsonDocument(text: string): Node | undefined {
  if (!/^\s*[[{"]/.test(text) || !/[\]}"]\s*$/.test(text)) return undefined;
  const errors: ParseError[] = [];
  const root = jsonc().parseTree(text, errors, { disallowComments: true });
  return errors.length === 0 ? root : undefined;
}

/** True for a body that is a JSON document a line. */
export function isLines(whole: string): boolean {
  return /^\{[^\n]*\}\r?\n\{/.test(whole);
}

interface Segment {
  /** Offset of the segment in the joined text; `from` is its offset in the stream. */
  readonly at: number;
  readonly from: number;
  readonly view: Readable;
}

function joined(key: string, segments: readonly Segment[]): JoinedText {
  return {
    key,
    text: segments.map(({ view }) => view.text).join(""),
    locate: (start, end) => {
      const ranges: Range[] = [];
      for (let i = indexAt(segments, start); i < segments.length; i++) {
        const { at, from, view } = segments[i] as Segment;
        if (at >= end) break;
        const [first, last] = [Math.max(0, start - at), Math.min(view.text.length, end - at)];
        if (first >= last) continue;
        const range = view.locate(first, last);
        ranges.push({ start: from + range.start, end: from + range.end });
      }
      return ranges;
    },
  };
}

/** Index of the last segment that does not begin after an offset. */
function indexAt(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle] as Segment).at <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function* eventsOf(whole: string): Generator<Document> {
  for (const token of decodeSse(Buffer.from(whole, "latin1"))) {
    if (token.kind !== "field" || token.name !== "data") continue;
    const line = Buffer.from(token.bytes.buffer, token.bytes.byteOffset, token.bytes.length).toString(
      "latin1",
    );
    const skipped = /^data: ?/.exec(line)?.[0].length ?? 0;
    yield { start: token.start + skipped, text: line.slice(skipped).trimEnd() };
  }
}

function* streamDocuments(whole: string): Generator<Document> {
  let start = 0;
  for (const line of whole.split("\n")) {
    if (line.startsWith("{")) yield { start, text: line };
    start += line.length + 1;
  }
}

function* keyedNodes(node: Node, path: string, name: string): Generator<{ key: string; node: Node }> {
  if (node.type === "string") {
    if (TEXTS.has(name)) yield { key: path, node };
  } else if (node.type === "array") {
    for (const [i, item] of (node.children ?? []).entries())
      yield* keyedNodes(item, numbered(item) === "" ? `${path}/${i}` : path, name);
  } else if (node.type === "object") {
    const here = path + numbered(node);
    for (const { children: [key, value] = [] } of node.children ?? [])
      if (key !== undefined && value !== undefined) {
        const member = String(key.value);
        yield* keyedNodes(value, `${here}/${member}`, member);
      }
  }
}

/** The numbers that name the choice and member of an object's text: not its index in a list. */
function numbered(node: Node): string {
  return (node.children ?? [])
    .flatMap(({ children: [key, value] = [] }) =>
      NUMBERS.has(String(key?.value)) && value?.type === "number" ? [`#${String(value.value)}`] : [],
    )
    .join("");
}
