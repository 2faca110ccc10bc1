import type { Node } from "jsonc-parser";
import type { Strength } from "../names/index.ts";
import { commandValues } from "./commands.ts";
import { isBareSecret } from "./fields.ts";
import { secretAnswers } from "./dialogues.ts";
import { type Columns, ROWS, columnsBeside, columnsOf } from "./json-tables.ts";
import type { StrengthOf } from "./named-value.ts";

/** A string or a number of a JSON document, with what the names around it say of it. */
export interface JsonLeaf {
  /** A number only comes if its name says that it is a secret; `bytes` is a list of numbers that may spell a text. */
  readonly kind: "string" | "number" | "name" | "bytes";
  /** Range of the text between the quotes or brackets, or of the number. */
  readonly start: number;
  readonly end: number;
  readonly strength: Strength | undefined;
  /** Name of the member whose value it is. */
  readonly name?: string | undefined;
}

/** Shorter names hold no secret. */
const MIN_NAME = 8;
/** Members that hold the value of the object that a telling name stands before: `{"password": {"value": "…"}}`. */
const VALUE_MEMBERS: ReadonlySet<string> = new Set(
  "value $value val v secret plain plaintext plain_text raw text data content string current new old stringValue #text $ _".split(
    " ",
  ),
);
/** Members that name what stands beside them: `{"name": "X-Api-Key", "value": "…"}`. */
const NAME_MEMBERS: ReadonlySet<string> = new Set(
  "name key id header field label param parameter variable env k property title Name Key".split(" "),
);
const NAMED_MEMBERS: ReadonlySet<string> = new Set(
  "value val v content data secret default Value defaultValue".split(" "),
);
/** Members that give an example of the value in a JSON Schema, or its only value. */
const SCHEMA_MEMBERS: ReadonlySet<string> = new Set("default const example examples enum".split(" "));
/** Members whose names say that no secret stands there, even if it looks random. */
const ORDINARY_MEMBER =
  /(?:^|[_-])(?:id|ids|uuid|hash|sha\d*|digest|etag|ref|name|type|url|uri|arn|version|object)$|[a-z]I[Dd]s?$/i;
/** Names of objects whose members are named as one likes, and have secrets as values: `{"secrets": {"stripe": "…"}}`. */
const MAPS = /(?:secrets|tokens|passwords|credentials|keys)$/i;
/** Members beside which `token` is a part of an answer. */
const LOGPROB_MEMBERS: ReadonlySet<string> = new Set(
  "logprob bytes token_id rank piece top_logprobs score".split(" "),
);
/** Members beside which `key` is that of a server. */
const SERVER_MEMBERS: ReadonlySet<string> = new Set("url base_url baseUrl api_base".split(" "));

/**
 * The strings and telling numbers of a JSON document, in order. Each is looked at by itself: no rule goes over the end of
 * the string that it began in.
 */
export function* jsonLeaves(root: Node, fieldStrength: StrengthOf): Generator<JsonLeaf> {
  const pending: Named[] = [{ node: root, strength: undefined }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, strength, name, columns } = next;
    const strengthOf = name !== undefined && HEADERS.test(name) ? asHeaders(fieldStrength) : fieldStrength;
    if (node.type === "string") yield leafOf("string", node, strength, name);
    else if (node.type === "number") {
      if (strength === "strong")
        yield { kind: "number", start: node.offset, end: node.offset + node.length, strength };
    } else if (node.type === "array" && isByteList(node)) yield leafOf("bytes", node, strength, name);
    else if (node.type === "array")
      for (const item of itemsOf(node, { strength, columns, name }, strengthOf).toReversed())
        pending.push({ ...item, name });
    else if (node.type === "object") {
      const members = namedMembers(node, { strength, name }, strengthOf);
      for (const member of members)
        if (member.name.length >= MIN_NAME + 2) yield leafOf("name", member.name, undefined);
      const heads = columnsBeside(members, fieldStrength);
      for (let i = members.length - 1; i >= 0; i--) {
        const member = members[i];
        if (member === undefined) continue;
        const rows = heads !== undefined && ROWS.test(String(member.name.value)) ? { columns: heads } : {};
        pending.push({
          node: member.node,
          strength: member.strength,
          name: nameOf(member, members),
          ...rows,
        });
      }
    }
  }
}

/** Shorter lists spell a token, and longer ones are no secret. */
const BYTES = { least: 12, most: 100_000 };

/** True for a list of bytes; those under a name that is strong are looked at too as the numbers that they are. */
function isByteList({ children = [] }: Node): boolean {
  return (
    children.length >= BYTES.least &&
    children.length <= BYTES.most &&
    children.every(
      ({ type, value }) => type === "number" && Number.isInteger(value) && value >= 9 && value < 256,
    )
  );
}

/** Members that hold the headers of a request. */
const HEADERS = /headers?$/i;

/** Names of headers: those that may be anything in a body are credentials there. */
function asHeaders(strengthOf: StrengthOf): StrengthOf {
  return (name) => (strengthOf(name) === undefined ? undefined : "strong");
}

/** The name of a member. `data` is the name of too many things to tell anything: that of redacted thinking has its own. */
function nameOf({ name }: Member, members: readonly Member[]): string {
  // An object may have a hundred thousand members: only for those of this name the others are looked at.
  const redacted =
    name.value === "data" && members.some((one) => one.name.value === "type" && one.node.value === REDACTED);
  return redacted ? `${REDACTED}.data` : String(name.value);
}

const REDACTED = "redacted_thinking";

interface Named {
  readonly node: Node;
  readonly strength: Strength | undefined;
  readonly name?: string | undefined;
  /** The columns of a list of rows, or of a row. */
  readonly columns?: Columns | undefined;
}

function leafOf(
  kind: JsonLeaf["kind"],
  { offset, length }: Node,
  strength: Strength | undefined,
  name?: string,
): JsonLeaf {
  return { kind, start: offset + 1, end: offset + length - 1, strength, name };
}

/** Names and values in turns, as Node has them. */
const RAW_HEADERS = /^raw_?headers$/i;

function itemsOf(
  { children = [] }: Node,
  { strength, columns, name = "" }: Omit<Named, "node">,
  strengthOf: StrengthOf,
): Named[] {
  const texts = children.map(nodeText);
  const strengths = RAW_HEADERS.test(name)
    ? texts.map((_, i) => (i % 2 === 1 ? strengthOfHeader(texts[i - 1] ?? "", strengthOf) : undefined))
    : strengthsOfItems(texts, strength, strengthOf);
  const rows = columns ?? columnsOf(children[0], children[1], strengthOf);
  const answers = secretAnswers(children, strengthOf);
  return children.flatMap((node, i): Named[] => {
    if (node.type === "object") return [{ node, strength: answers.has(i) ? "weak" : undefined }];
    if (node.type === "array")
      return [
        {
          node,
          strength: undefined,
          columns: rows?.length === node.children?.length ? rows : undefined,
        },
      ];
    const own = strengths[i] ?? (columns?.length === children.length ? columns[i] : undefined);
    // A vector has thousands of numbers that are none of interest.
    return node.type === "number" && own !== "strong" ? [] : [{ node, strength: own }];
  });
}

function nodeText(node: Node): string | undefined {
  return node.type === "string" ? String(node.value) : undefined;
}

interface Member {
  readonly name: Node;
  readonly node: Node;
  readonly strength: Strength | undefined;
}

/** The name of an object, and the certainty that it gives its members. */
interface Inherited {
  readonly strength: Strength | undefined;
  readonly name: string | undefined;
}

function namedMembers(object: Node, inherited: Inherited, strengthOf: StrengthOf): Member[] {
  const members = (object.children ?? []).flatMap(({ children: [name, node] = [] }) =>
    name === undefined || node === undefined ? [] : [{ name, node }],
  );
  const strengths = strengthsOfMembers(
    members.map(({ name, node }) => [String(name.value), nodeText(node)]),
    inherited.strength,
    strengthOf,
  );
  const input = inputStrength(members, strengthOf);
  return members.map(({ name, node }, i) => ({
    name,
    node,
    strength:
      strengths[i] ??
      (name.value === "input" ? input : undefined) ??
      memberStrength(String(name.value), inherited),
  }));
}

/** Certainty that a random text is a secret since it stands in a map of secrets, or is the example of one. */
function memberStrength(name: string, { strength, name: outer = "" }: Inherited): Strength | undefined {
  const namesSecret = SCHEMA_MEMBERS.has(name)
    ? strength === "strong"
    : MAPS.test(outer) && !ORDINARY_MEMBER.test(name) && strength !== undefined;
  return namesSecret ? "faint" : undefined;
}

/** `{"loc": ["body", "password"], "input": "…"}`: an error of validation says where its input stood. */
function inputStrength(
  members: readonly { readonly name: Node; readonly node: Node }[],
  strengthOf: StrengthOf,
): Strength | undefined {
  const location = members.find(({ name }) => name.value === "loc")?.node.children ?? [];
  const last = location.findLast(({ value }) => typeof value === "string");
  return last === undefined ? undefined : strengthOfHeader(String(last.value), strengthOf);
}

/**
 * Strengths of the items of a list: items have the name of the list; of a pair, the first one names the second, as in
 * `["X-Api-Key", "…"]`.
 *
 * @param texts the items that are strings
 */
export function strengthsOfItems(
  texts: readonly (string | undefined)[],
  inherited: Strength | undefined,
  strengthOf: StrengthOf,
): (Strength | undefined)[] {
  const [first, second] = texts;
  const pair =
    texts.length === 2 && first !== undefined && second !== undefined
      ? strengthOfHeader(first, strengthOf)
      : undefined;
  const secrets = argumentsThatAreSecret(texts);
  return texts.map((_, i) => (i === 1 && pair !== undefined ? pair : secrets.has(i) ? "strong" : inherited));
}

/** Indexes of the arguments of a command that are passwords: `["docker", "login", "-u", "bob", "-p", "…"]`. */
function argumentsThatAreSecret(texts: readonly (string | undefined)[]): ReadonlySet<number> {
  if (texts.length < 3 || texts.length > MAX_ARGUMENTS || !texts.some((text) => text?.startsWith("-")))
    return new Set();
  const values = [...commandValues(texts.join(" "))];
  const found = new Set<number>();
  let at = 0;
  for (const [i, text = ""] of texts.entries()) {
    const [start, end] = [at, at + text.length];
    if (values.some((value) => value.start === start && value.end === end)) found.add(i);
    at = end + 1;
  }
  return found;
}

const MAX_ARGUMENTS = 256;

/**
 * Strengths of the members of an object, by their names, the names beside them and that of the object.
 *
 * @param members name of each, and its value if that is a string
 */
export function strengthsOfMembers(
  members: readonly (readonly [name: string, text: string | undefined])[],
  inherited: Strength | undefined,
  strengthOf: StrengthOf,
): (Strength | undefined)[] {
  const beside = (names: ReadonlySet<string>): boolean => members.some(([name]) => names.has(name));
  const named = namedBeside(members, strengthOf);
  return members.map(([name]) => {
    if (name === "token" && beside(LOGPROB_MEMBERS)) return undefined;
    const own = strengthOf(name);
    if (own === "faint" && name === "key" && beside(SERVER_MEMBERS)) return "strong";
    if (own !== undefined && /^x-/i.test(name)) return "strong";
    return (
      own ??
      (NAMED_MEMBERS.has(name) ? named : undefined) ??
      (VALUE_MEMBERS.has(name) ? inherited : undefined)
    );
  });
}

/** A name that stands beside its value is mostly that of a header or a variable, which says more than that of a member. */
function strengthOfHeader(name: string, strengthOf: StrengthOf): Strength | undefined {
  const strength = strengthOf(name);
  return strength !== undefined && name.includes("-") ? "strong" : strength;
}

/** Strength that the member `name` of an object gives its member `value`. */
function namedBeside(
  members: readonly (readonly [name: string, text: string | undefined])[],
  strengthOf: StrengthOf,
): Strength | undefined {
  for (const [name, text] of members) {
    const strength =
      text !== undefined && NAME_MEMBERS.has(name) ? strengthOfHeader(text, strengthOf) : undefined;
    if (strength !== undefined) return strength;
  }
  return undefined;
}

/** True for a number under a telling name that may be a password. */
export function isBareLeaf({ kind, start, end }: JsonLeaf, text: string): boolean {
  return kind === "number" && isBareSecret(text.slice(start, end));
}
