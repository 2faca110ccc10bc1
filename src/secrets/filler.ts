import type { Node } from "jsonc-parser";
import { jsonc } from "../util/index.ts";
import type { Edit, Range } from "./edits.ts";
import { documentsOf, joinedTexts } from "./joined.ts";
import { type Readable, type Spelled, readable } from "./readable.ts";

/** Members that hold what people and models say. */
const TEXTS = new Set([
  "content",
  "text",
  "texts",
  "prompt",
  "input",
  "output",
  "output_text",
  "query",
  "queries",
  "documents",
  "document",
  "passages",
  "sentences",
  "instructions",
  "system",
  "suffix",
  "reasoning",
  "reasoning_content",
  "reasoning_text",
  "thinking",
  "refusal",
  "delta",
  "response",
  "summary",
  "answer",
  "transcript",
  "markdown",
  "word",
  "document_annotation",
  "image_annotation",
  "token",
  "tokens",
]);
/** Members that hold JSON of the model as a string; of that only the values are filler. */
const ARGUMENTS = new Set(["arguments", "partial_json"]);
/** Lists of numbers that spell text. */
const NUMBERS = new Set(["bytes", "token_ids", "prompt_token_ids", "input", "prompt", "tokens"]);

/** Documents of a body: those of a stream of events, one on each line, or a single one. */
export type Documents = "sse" | "lines" | "whole";

/**
 * Edits that make filler of the message text, answers and inputs in a body: letters become `x`, digits `0`; blanks and
 * punctuation stay, and each text keeps its length. Everything else stays as it is: names, ids, models, usage.
 */
export function fillerEdits(whole: string, kind: Documents, spelled: Spelled = {}): Edit[] {
  const edits: Edit[] = [];
  const streamed = kind !== "whole";
  for (const { start, text } of streamed ? documentsOf(whole, kind) : [{ start: 0, text: whole }]) {
    for (const { node, what } of namedTexts(jsonTree(text), undefined)) {
      if (what === "number") edits.push(...numberEdits(text, node, start));
      else if (what === "text" || !streamed) {
        const segment = segmentAt(whole, start + node.offset + 1, node.length - 2, spelled);
        edits.push(...(what === "text" ? textEdits(segment) : argumentsEdits(segment)));
      }
    }
  }
  if (streamed)
    for (const joined of joinedTexts([...documentsOf(whole, kind)]))
      if (ARGUMENTS.has(joined.key.slice(joined.key.lastIndexOf("/") + 1)))
        edits.push(...argumentsEdits(joined));
  return edits.toSorted((a, b) => a.start - b.start);
}

/** Lines of subtitles that are not spoken: the format's name, numbers, times. */
const FRAME = /^(?:WEBVTT|\d+|.*-->.*)\r?$/;

/** Edits that make filler of a body that is a text: a transcript, or subtitles, whose times stay. */
export function textFillerEdits(whole: string): Edit[] {
  const hasCues = whole.includes("-->");
  const edits: Edit[] = [];
  let at = 0;
  for (const line of whole.split("\n")) {
    if (!hasCues || !FRAME.test(line))
      edits.push(...textEdits(segmentAt(whole, at, line.length, { bytes: true })));
    at += line.length + 1;
  }
  return edits;
}

/** A text of no form that is known. */
export function filledText(text: string): string {
  return [...text].map(fillerOf).join("");
}

interface Segment {
  readonly text: string;
  locate(start: number, end: number): readonly Range[];
}

function segmentAt(whole: string, from: number, length: number, spelled: Spelled): Segment {
  const view: Readable = readable(whole.slice(from, from + length), { ...spelled, once: true });
  return {
    text: view.text,
    locate: (start, end) => {
      const range = view.locate(start, end);
      return [{ start: range.start + from, end: range.end + from }];
    },
  };
}

function jsonTree(text: string): Node | undefined {
  return jsonc().parseTree(text);
}

interface NamedText {
  readonly node: Node;
  readonly what: "text" | "arguments" | "number";
}

function* namedTexts(node: Node | undefined, name: string | undefined, inList = false): Generator<NamedText> {
  if (node === undefined || name === TYPE) return;
  if (node.type === "string") {
    if (name !== undefined && ARGUMENTS.has(name)) yield { node, what: "arguments" };
    else if (name !== undefined && TEXTS.has(name)) yield { node, what: "text" };
  } else if (node.type === "number") {
    if (inList && name !== undefined && NUMBERS.has(name)) yield { node, what: "number" };
  } else if (node.type === "array") {
    for (const item of node.children ?? []) yield* namedTexts(item, name, true);
  } else if (node.type === "object") {
    for (const { children: [key, value] = [] } of node.children ?? [])
      yield* namedTexts(value, String(key?.value));
  }
}

const TYPE = "type";

/** Code point by code point, so that a write's boundary between two of them stays. */
function textEdits({ text, locate }: Segment): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  for (const point of text) {
    const by = fillerOf(point);
    if (by !== point)
      for (const [i, range] of locate(at, at + point.length).entries())
        edits.push({ ...range, by: i === 0 ? by : "" });
    at += point.length;
  }
  return edits;
}

/** The strings in the arguments of a tool; the names of its parameters are part of the tool, and stay. */
function argumentsEdits(segment: Segment): Edit[] {
  const root = jsonTree(segment.text);
  if (root?.type !== "object" && root?.type !== "array") return textEdits(segment);
  return valuesOf(root).flatMap((node) => {
    const inner = segmentAt(segment.text, node.offset + 1, node.length - 2, {});
    return textEdits({
      text: inner.text,
      locate: (start, end) =>
        inner.locate(start, end).flatMap((range) => segment.locate(range.start, range.end)),
    });
  });
}

function valuesOf(node: Node): Node[] {
  if (node.type === "string") return [node];
  if (node.type === "property") return node.children?.[1] ? valuesOf(node.children[1]) : [];
  return (node.children ?? []).flatMap(valuesOf);
}

function numberEdits(text: string, node: Node, start: number): Edit[] {
  const edits: Edit[] = [];
  for (let at = node.offset; at < node.offset + node.length; at++)
    if (/[02-9]/.test(text.charAt(at))) edits.push({ start: start + at, end: start + at + 1, by: "1" });
  return edits;
}

/** ASCII that is neither letter nor digit tells nothing, and neither do blanks. */
function fillerOf(point: string): string {
  if (/[\s!-/:-@[-`{-~]/.test(point) || point < " ") return point;
  if (/^\p{N}$/u.test(point)) return "0";
  return /^\p{Lu}$/u.test(point) ? "X" : "x";
}
