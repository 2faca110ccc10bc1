import type { Node } from "jsonc-parser";
import { countUpTo, jsonc } from "../util/index.ts";
import type { Edit, Range } from "./edits.ts";
import type { Document } from "./joined.ts";
import { readable } from "./readable.ts";

/** The tokens of an answer in their order: joined, they spell what the answer says. */
export interface TokenSequence {
  /** The UTF-8 of the tokens, read as Latin-1. */
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** A token of logprobs, with the ranges of the body that spell it. */
export interface Token {
  /** UTF-8, read as Latin-1. */
  readonly text: string;
  /** Offset of the token in the sequence. */
  readonly at: number;
  /** Range of its string, without quotes. */
  readonly string: Range;
  /** Range of its list of bytes, without brackets. */
  readonly bytes: Range | undefined;
  /** Other tokens that could have stood in its place, and the token itself among them. */
  readonly alternatives: readonly Token[];
}

/** Texts in which there may be logprobs: most have none. */
const HINT = /"(?:logprobs?|token_logprobs|decoded_token|tokens|token_str(?:ing)?s|pieces)"/;
/** Members without which no object names a token, unless its names are escaped. */
const TOKEN_HINT = /"(?:logprob|bytes|tokens|token_strs|token_strings|pieces)"|\\u/;
/** Members that hold the text of a token. */
const NAMES = ["token", "decoded_token", "text"];

/**
 * Tokens of logprobs in the forms of the chat completions (`content[].token`), the legacy completions (`tokens[]`), vLLM's
 * `prompt_logprobs` and TGI's details. A secret is cut by them as by the events of a stream, and is spelled a second time in `bytes`.
 *
 * @param whole the body, read as Latin-1
 */
export function tokenSequences(whole: string, documents: Iterable<Document>): TokenSequence[] {
  if (!HINT.test(whole) || !TOKEN_HINT.test(whole)) return [];
  const lists = new Map<string, Token[]>();
  for (const { start, text } of documents) {
    const root = TOKEN_HINT.test(text) ? jsonc().parseTree(text) : undefined;
    if (root === undefined) continue;
    for (const { key, token } of walkTokens(root, "", { whole, start })) {
      const list = lists.get(key) ?? [];
      lists.set(key, list);
      const last = list.at(-1);
      list.push({ ...token, at: last === undefined ? 0 : last.at + last.text.length });
    }
  }
  return [...lists.values()].map((tokens) => ({ tokens, text: tokens.map(({ text }) => text).join("") }));
}

/** A range of a sequence's text, and its replacement. */
export type TokenEdit = Edit;

/**
 * Edits of a body that replace ranges of a sequence: the first token of each range has the replacement, the others nothing, in string
 * and bytes alike. Alternatives of a token that changes become the same, or nothing.
 */
export function tokenEdits({ tokens }: TokenSequence, edits: readonly TokenEdit[], whole: string): Edit[] {
  const changed = new Map<Token, string>();
  const starts = tokens.map(({ at }) => at);
  for (const token of tokensWithin(tokens, starts, edits)) {
    const end = token.at + token.text.length;
    let text = "";
    let from = token.at;
    for (const edit of edits) {
      if (edit.end <= token.at || edit.start >= end) continue;
      text += token.text.slice(from - token.at, Math.max(0, edit.start - token.at));
      if (edit.start >= token.at) text += edit.by;
      from = Math.min(end, edit.end);
    }
    changed.set(token, text + token.text.slice(from - token.at));
  }
  return [...changed].flatMap(([token, text]) => [
    ...respelled(token, text, whole),
    ...token.alternatives.flatMap((other) => respelled(other, other.text === token.text ? text : "", whole)),
  ]);
}

/** Edits of the bytes of tokens whose strings are edited in another way. */
export function bytesEdits({ tokens }: TokenSequence, edits: readonly Edit[], whole: string): Edit[] {
  const starts = edits.map(({ start }) => start);
  return tokens
    .flatMap((token) => [token, ...token.alternatives])
    .flatMap(({ string, bytes }) => {
      const inside = edits.slice(countUpTo(starts, string.start - 1), countUpTo(starts, string.end - 1));
      if (bytes === undefined || inside.length === 0) return [];
      let raw = whole.slice(string.start, string.end);
      for (const { start, end, by } of inside.toReversed())
        raw = raw.slice(0, start - string.start) + by + raw.slice(end - string.start);
      return [{ ...bytes, by: byteList(spelledText(raw), whole, bytes) }];
    });
}

function* tokensWithin(
  tokens: readonly Token[],
  starts: readonly number[],
  edits: readonly TokenEdit[],
): Generator<Token> {
  for (const { start, end } of edits)
    for (let i = Math.max(0, countUpTo(starts, start) - 1); i < tokens.length; i++) {
      const token = tokens[i] as Token;
      if (token.at >= end) break;
      if (token.at + token.text.length > start) yield token;
    }
}

/** @param text UTF-8, read as Latin-1 */
function respelled({ string, bytes }: Token, text: string, whole: string): Edit[] {
  const spelled = JSON.stringify(Buffer.from(text, "latin1").toString()).slice(1, -1);
  return [
    { ...string, by: Buffer.from(spelled).toString("latin1") },
    ...(bytes === undefined ? [] : [{ ...bytes, by: byteList(text, whole, bytes) }]),
  ];
}

function byteList(text: string, whole: string, { start, end }: Range): string {
  const joint = /,\s/.test(whole.slice(start, end)) ? ", " : ",";
  return [...Buffer.from(text, "latin1")].join(joint);
}

interface Where {
  readonly whole: string;
  /** Offset of the document. */
  readonly start: number;
}

function* walkTokens(
  node: Node,
  key: string,
  where: Where,
): Generator<{ readonly key: string; readonly token: Token }> {
  const children = node.children ?? [];
  if (node.type === "array") {
    // Items of a list follow each other, in one event and over them, unless they say which they are.
    for (const item of children) yield* walkTokens(item, `${key}${indexOf(item)}`, where);
    return;
  }
  if (node.type !== "object") return;
  const members = membersOfNode(node);
  const token = tokenOf(members, where);
  if (token !== undefined) yield { key, token };
  for (const [rank, alternative] of (token?.alternatives ?? []).entries())
    yield { key: `${key}/alternatives/${rank}`, token: alternative };
  const legacy = legacyTokens(members, where);
  for (const one of legacy) yield { key: `${key}/tokens`, token: one };
  for (const [name, value] of members)
    if (token === undefined || name !== "top_logprobs") {
      // The members of a position of vLLM's `prompt_logprobs` are named by the ids of their tokens.
      const step = /^\d+$/.test(name) ? "" : `/${name}`;
      yield* walkTokens(value, key + step, where);
    }
}

type Members = ReadonlyMap<string, Node>;

function membersOfNode(node: Node): Members {
  return new Map(
    (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
      name === undefined || value === undefined ? [] : [[String(name.value), value] as const],
    ),
  );
}

function tokenOf(members: Members, where: Where): Token | undefined {
  if (!members.has("logprob") && !members.has("bytes")) return undefined;
  const string = NAMES.map((name) => members.get(name)).find((node) => node?.type === "string");
  return string === undefined ? undefined : tokenFrom(string, members.get("bytes"), members, where);
}

function tokenFrom(string: Node, bytes: Node | undefined, members: Members | undefined, where: Where): Token {
  const range = inner(string, where);
  const numbers = bytes?.type === "array" ? bytesIn(bytes) : undefined;
  const others = members?.get("top_logprobs")?.children ?? [];
  return {
    text: numbers?.toString("latin1") ?? spelledText(where.whole.slice(range.start, range.end)),
    at: 0,
    string: range,
    bytes: numbers === undefined || bytes === undefined ? undefined : inner(bytes, where),
    alternatives: others.flatMap((other) => tokenOf(membersOfNode(other), where) ?? []),
  };
}

/** Members of an answer that hold the tokens of a text: those of logprobs, and those of a tokenizer. */
const LISTS = ["tokens", "token_strs", "token_strings", "pieces"];
const MIN_LISTED = 4;

function isStrings({ type, children = [] }: Node): boolean {
  return type === "array" && children.some((node) => node.type === "string");
}

/** `tokens: ["a", "b"]` beside `token_logprobs`, with `top_logprobs: [{ "a": -0.1 }, …]`. */
function legacyTokens(members: Members, where: Where): Token[] {
  const tokens = LISTS.map((name) => members.get(name)).find((node) => node !== undefined && isStrings(node));
  if (
    tokens === undefined ||
    !(members.has("token_logprobs") || (tokens.children ?? []).length >= MIN_LISTED)
  )
    return [];
  const tops = members.get("top_logprobs")?.children ?? [];
  return (tokens.children ?? []).flatMap((node, i) => {
    if (node.type !== "string") return [];
    const token = tokenFrom(node, undefined, undefined, where);
    const same = (tops[i]?.children ?? []).flatMap(({ children: [name] = [] }) =>
      name !== undefined && name.value === node.value ? [tokenFrom(name, undefined, undefined, where)] : [],
    );
    return [{ ...token, alternatives: same }];
  });
}

function bytesIn(node: Node): Buffer | undefined {
  const numbers = (node.children ?? []).map(({ value }): unknown => value);
  const isByte = (one: unknown): one is number =>
    typeof one === "number" && Number.isInteger(one) && one >= 0 && one < 256;
  return numbers.every(isByte) ? Buffer.from(numbers) : undefined;
}

/** The range between the quotes or brackets of a value. */
function inner({ offset, length }: Node, { start }: Where): Range {
  return { start: start + offset + 1, end: start + offset + length - 1 };
}

/** The UTF-8 of a string of JSON, read as Latin-1. */
function spelledText(raw: string): string {
  return Buffer.from(readable(raw, { bytes: true, once: true }).text).toString("latin1");
}

/** The index by which an item of a list says which it is, as a choice does. */
function indexOf(node: Node): string {
  const index: unknown = node.type === "object" ? membersOfNode(node).get("index")?.value : undefined;
  return typeof index === "number" ? `#${index}` : "";
}
