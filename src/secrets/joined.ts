import type { Node } from "jsonc-parser";
import { decodeSse } from "../http/index.ts";
import type { Range } from "./edits.ts";
import { treeOfJson } from "./forms/index.ts";
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
  /** True for a further line of an event's data: a client puts a line end before it. */
  readonly continues?: boolean;
  /** The tree of its JSON, if that was made before. */
  readonly root?: Node | undefined;
}

/** Members that tell apart what is streamed side by side. */
const NUMBERS = new Set(["index", "output_index", "content_index", "summary_index"]);
/** Members whose text goes on in the next event, though it be said but once. */
const TEXTS =
  /^(?:content|text|reasoning|reasoning_content|arguments|partial_json|thinking|delta|response|refusal|input|output|transcript)$/;
/** Members that have a value of their own in each event. */
const COMPLETE =
  /(?:^|_)(?:id|type|object|model|role|name|status|event|fingerprint|reason|at|date|time|timestamp|created|url|version|signature)$|[a-z](?:Id|At|Type|Name|Time|Reason|Signature|Version)$/;
/** Most members besides known texts that are joined: a stream may name its members as it likes. */
const MAX_OTHERS = 256;
const LOGPROBS = /^(?:\w+_)?logprobs$/;
const END = "[DONE]";

/**
 * Texts that a client joins from a stream, by choice and member: content, reasoning, the arguments of tools, and any other
 * member that goes on over the events; data that is no JSON too.
 *
 * @param documents those of the stream's bytes, read as Latin-1
 */
export function joinedTexts(documents: readonly Document[]): JoinedText[] {
  const byKey = new Map<string, StreamedString[]>();
  // A piece of a text may be a string of JSON by chance, as `" = "` is; in a stream of strings all are.
  const strings = documents.every((document) => document.text === END || rootOf(document)?.type === "string");
  for (const document of documents)
    for (const one of stringsOf(document, strings)) emplaceIn(byKey, one.key, one);
  let others = 0;
  return [...regrouped(byKey)]
    .filter(([, list]) => isKnownText(list) || (goesOn(list) && ++others <= MAX_OTHERS))
    .map(([key, list]) => joined(key, viewedSegments(list)));
}

/** A string of an event. */
interface StreamedString {
  readonly name: string;
  /** The path of its member, with the numbers that tell it apart, and without them. */
  readonly key: string;
  readonly path: string;
  /** Range in the stream, without quotes. */
  readonly from: number;
  readonly raw: string;
  readonly continues?: boolean | undefined;
}

/** A number that is another one in each event counts the events, and tells nothing apart: its members go together. */
function regrouped(byKey: ReadonlyMap<string, StreamedString[]>): Map<string, StreamedString[]> {
  const keysOf = new Map<string, string[]>();
  for (const [key, [first]] of byKey) if (first !== undefined) emplaceIn(keysOf, first.path, key);
  const groups = new Map<string, StreamedString[]>();
  for (const [path, keys] of keysOf) {
    const lists = keys.map((key) => byKey.get(key) ?? []);
    if (lists.length > 2 && lists.every(({ length }) => length === 1)) groups.set(path, lists.flat());
    else for (const [i, key] of keys.entries()) groups.set(key, lists[i] ?? []);
  }
  return groups;
}

function isKnownText([first]: readonly StreamedString[]): boolean {
  return first !== undefined && TEXTS.test(first.name);
}

function goesOn(list: readonly StreamedString[]): boolean {
  const [first] = list;
  if (first === undefined || list.length < 2 || COMPLETE.test(first.name)) return false;
  return list.some(({ raw }) => raw !== first.raw) && list.some(({ raw }) => /[^\d\s.:,+-]/.test(raw));
}

/** A line end between two lines of an event's data, which stands nowhere in a text of them. */
const LINE_END: Readable = { text: "\n", locate: () => ({ start: 0, end: 0 }) };

function viewedSegments(list: readonly StreamedString[]): Segment[] {
  let at = 0;
  return list.flatMap(({ from, raw, continues }, i) => {
    const views = [readable(raw, { bytes: true, once: true })];
    if (continues && i > 0) views.unshift(LINE_END);
    return views.map((view): Segment => {
      const segment = { at, from, view };
      at += view.text.length;
      return segment;
    });
  });
}

function* stringsOf(document: Document, strings: boolean): Generator<StreamedString> {
  const { start, text, continues } = document;
  const root = rootOf(document);
  if (root === undefined || (root.type === "string" && !strings)) {
    if (text !== END) yield { name: "", key: "", path: "", from: start, raw: text, continues };
    return;
  }
  for (const { key, path, name, node } of keyedNodes(root, { key: "", path: "", name: "" })) {
    const from = start + node.offset + 1;
    yield { name, key, path, from, raw: text.slice(node.offset + 1, node.offset + node.length - 1) };
  }
}

function emplaceIn<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** The documents of a stream, and where they begin. */
export function documentsOf(whole: string, kind: "sse" | "lines"): Iterable<Document> {
  return kind === "sse" ? eventsOf(whole) : streamDocuments(whole);
}

/** The documents of a body; the whole of it if it is no stream. */
export function bodyDocuments(whole: string, streamed: "sse" | "lines" | undefined): Iterable<Document> {
  return streamed === undefined ? [{ start: 0, text: whole }] : documentsOf(whole, streamed);
}

/** The kind of stream that a body is. */
export function streamedAs(whole: string, kind: "sse" | "json" | "other"): "sse" | "lines" | undefined {
  if (kind === "sse") return "sse";
  return isLines(whole) ? "lines" : undefined;
}

/** Limit (characters) of streams whose trees are kept: those of a large one take many times its memory. */
const MAX_KEPT_TREES = 256 * 1024;

/** The documents of a stream, with their trees if it is small: each of several looks at it needs them. */
export function parsedDocuments(whole: string, kind: "sse" | "lines"): readonly Document[] {
  const documents = [...documentsOf(whole, kind)];
  if (whole.length > MAX_KEPT_TREES) return documents;
  return documents.map((document) => ({ ...document, root: jsonDocument(document.text) }));
}

function rootOf({ root, text }: Document): Node | undefined {
  return root ?? jsonDocument(text);
}

/**
 * A stream's documents, and what stands between them, in order: nothing found in one of them goes on in the next.
 *
 * @param documents those of the stream
 */
export function streamSegments(whole: string, documents: Iterable<Document>): Document[] {
  const segments: Document[] = [];
  let from = 0;
  for (const document of documents) {
    const { start, text } = document;
    if (start > from) segments.push({ start: from, text: whole.slice(from, start) });
    segments.push(document);
    from = start + text.length;
  }
  if (from < whole.length) segments.push({ start: from, text: whole.slice(from) });
  return segments;
}

/** The tree of a text that is JSON and nothing else; `undefined` for any other. Its strings need not be UTF-8. */
export function jsonDocument(text: string): Node | undefined {
  if (!/^\s*[[{"]/.test(text) || !/[\]}"]\s*$/.test(text)) return undefined;
  return treeOfJson(text);
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
        if (range.start < range.end) ranges.push({ start: from + range.start, end: from + range.end });
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
  let continues = false;
  for (const token of decodeSse(Buffer.from(whole, "latin1"))) {
    if (token.kind === "blank") continues = false;
    if (token.kind !== "field" || token.name !== "data") continue;
    const line = Buffer.from(token.bytes.buffer, token.bytes.byteOffset, token.bytes.length).toString(
      "latin1",
    );
    const skipped = /^data: ?/.exec(line)?.[0].length ?? 0;
    yield { start: token.start + skipped, text: line.slice(skipped).replace(/[\r\n]+$/, ""), continues };
    continues = true;
  }
}

function* streamDocuments(whole: string): Generator<Document> {
  let start = 0;
  for (const line of whole.split("\n")) {
    if (line.startsWith("{")) yield { start, text: line };
    start += line.length + 1;
  }
}

interface Keyed {
  readonly key: string;
  readonly path: string;
  readonly name: string;
}

function* keyedNodes(node: Node, at: Keyed): Generator<Keyed & { node: Node }> {
  const { key, path, name } = at;
  if (node.type === "string") yield { ...at, node };
  else if (node.type === "array") {
    for (const [i, item] of (node.children ?? []).entries())
      yield* keyedNodes(item, {
        key: numbered(item) === "" ? `${key}/${i}` : key,
        path: numbered(item) === "" ? `${path}/${i}` : path,
        name,
      });
  } else if (node.type === "object") {
    const here = key + numbered(node);
    for (const { children: [member, value] = [] } of node.children ?? [])
      if (member !== undefined && value !== undefined) {
        const called = String(member.value);
        // The tokens of logprobs are put together apart, with their bytes.
        if (LOGPROBS.test(called)) continue;
        yield* keyedNodes(value, { key: `${here}/${called}`, path: `${path}/${called}`, name: called });
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
