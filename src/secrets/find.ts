import type { Node } from "jsonc-parser";
import { allMatches, countUpTo } from "../util/index.ts";
import { base64Texts, blobsIn, isProtocolBase64, numberedTexts, textOfNumbers } from "./base64/index.ts";
import type { Range } from "./edits.ts";
import { FAMILIES, type Family, isPseudonym } from "./family.ts";
import {
  type JsonLeaf,
  type NamedValue,
  type StrengthOf,
  assignedValues,
  columnValues,
  callValues,
  commandValues,
  cookieTexts,
  fieldValues,
  insertedValues,
  isBareLeaf,
  jsonLeaves,
  markupValues,
  parameterValues,
  partValues,
  namedAfter,
  proseValues,
} from "./forms/index.ts";
import { documentsOf, isLines, jsonDocument, streamSegments } from "./joined.ts";
import type { KnownSecrets } from "./known.ts";
import { NAME_HINT, type Strength, isSecretValue, splitCredential } from "./names/index.ts";
import { type People, isCredentialMember, isPersonMember } from "./people.ts";
import { type Readable, type Spelled, readable } from "./readable.ts";
import type { RuleSet } from "./rule-set.ts";
import { rangesOf } from "./rules.ts";
import { type Found, united } from "./united.ts";

export interface FindOptions {
  readonly spelled?: Spelled;
  readonly known?: KnownSecrets | undefined;
  /** Texts within base64 are looked at too, so many levels deep. */
  readonly depth?: number;
  /** Secrets that are looked for only in what stands in the text as base64. */
  readonly hidden?: KnownSecrets | undefined;
  /** Name of the member that the text is the value of. */
  readonly under?: string | undefined;
  /** The members that say who somebody is are replaced: the text is an answer of OGL about its users. */
  readonly people?: People | undefined;
}

/** A match in a text of one level, in that text's own offsets. */
interface Hit extends Range {
  readonly rule: string;
  readonly family: Family;
  readonly value?: string;
  readonly by?: string;
  readonly bare?: boolean;
}

const DEPTH = 2;

/**
 * The secrets in a text, in order and without overlap: by form, by the name that they stand under, by their value where
 * that is known. In JSON each string is looked at by itself, and what is found never leaves it. Escapes of JSON, of JSON
 * in JSON, of UTF-8 and of URLs are looked through. Where rules overlap all of it is one secret, by the rule that takes
 * more of it: half a secret left in the clear would be one still.
 *
 * @param json the tree of the text, where it was made before
 */
export function findSecrets(
  text: string,
  rules: RuleSet,
  options: FindOptions = {},
  json: Node | undefined = jsonDocument(text),
): Found[] {
  if (json === undefined)
    return isLines(text) ? secretsInLines(text, rules, options) : secretsInPlainText(text, rules, options);
  const strengthOf = options.spelled?.bytes ? ofBytes(rules.fieldStrength) : rules.fieldStrength;
  const leaves = [...jsonLeaves(json, strengthOf)];
  const found = leaves.flatMap((leaf) => secretsInLeaf(text, leaf, rules, options));
  found.push(...withinLeaves(knownFounds(text, spelledIn(text, options), options.known), leaves));
  return found.length < 2
    ? found
    : united(found, (range) => readable(text.slice(range.start, range.end), { bytes: true }).text);
}

/** A JSON document a line, as in files of batches: each is looked at by itself. */
function secretsInLines(text: string, rules: RuleSet, options: FindOptions): Found[] {
  return streamSegments(text, documentsOf(text, "lines")).flatMap(({ start, text: line }) =>
    findSecrets(line, rules, options).map((one) => ({
      ...one,
      ranges: one.ranges.map((range) => ({ start: range.start + start, end: range.end + start })),
    })),
  );
}

/** Names of a text that is bytes read as Latin-1. */
function ofBytes(strengthOf: StrengthOf): StrengthOf {
  return (name) => strengthOf(/[\x80-\xff]/.test(name) ? Buffer.from(name, "latin1").toString("utf8") : name);
}

/** Shorter strings hold no secret that is told by its form. */
const MIN_TEXT = 3;

function secretsInLeaf(text: string, leaf: JsonLeaf, rules: RuleSet, options: FindOptions): Found[] {
  const { start, end, strength } = leaf;
  if (leaf.kind === "number")
    return isBareLeaf(leaf, text)
      ? [
          {
            rule: "field",
            family: FAMILIES.secret,
            value: text.slice(start, end),
            ranges: [{ start, end }],
            bare: true,
          },
        ]
      : [];
  if (end - start < (strength === undefined ? MIN_TEXT : 1)) return [];
  const raw = text.slice(start, end);
  const known = isPlainBytes(options) ? options.known : undefined;
  const key = `${leaf.kind} ${strength ?? ""} ${raw.length} ${raw}${leaf.name === undefined ? "" : `=${leaf.name}`}`;
  if (known?.isClean(key)) return [];
  const found = secretsInString(raw, leaf, rules, options);
  if (found.length === 0) known?.learnClean(key);
  return found;
}

/** True for a body without anything that changes what a secret is. */
function isPlainBytes({ spelled = {}, people, depth, under, hidden }: FindOptions): boolean {
  const { bytes, ...others } = spelled;
  const isPlain = [people, depth, under, hidden, ...Object.values(others)].every((one) => one === undefined);
  return bytes === true && isPlain;
}

/** @param raw the string as it stands in the document */
function secretsInString(raw: string, leaf: JsonLeaf, rules: RuleSet, options: FindOptions): Found[] {
  const { start, end } = leaf;
  const view = readable(raw, { ...options.spelled, once: true });
  const located = (range: Range): Range => {
    const inner = view.locate(range.start, range.end);
    return { start: inner.start + start, end: inner.end + start };
  };
  // What is known is looked for in the whole document.
  const { known, ...inner } = options;
  const found = findSecrets(view.text, rules, { hidden: known, ...inner, spelled: {}, under: leaf.name }).map(
    (one): Found => ({
      ...one,
      ranges: one.ranges.map(located),
    }),
  );
  const inBytes = leaf.kind === "bytes";
  const value = inBytes ? textOfNumbers(view.text) : view.text;
  const named = isProtocolBase64(value, leaf.name) ? undefined : namedLeaf(value, leaf, rules, options);
  if (named !== undefined) found.push({ ...named, ranges: named.ranges.map(located) });
  return inBytes ? found.map((one) => ({ ...one, ranges: [{ start, end }], bare: true })) : found;
}

/** The value of a string under a telling name; the scheme of a credential stays. */
function namedLeaf(value: string, leaf: JsonLeaf, rules: RuleSet, options: FindOptions): Found | undefined {
  const opens = isCredentialMember(leaf.name, options.people);
  const strength: Strength | undefined = opens ? "strong" : leaf.strength;
  if (strength === undefined || (!opens && isPersonMember(leaf.name, options.people)))
    return personLeaf(value, leaf, rules, options);
  const { scheme, credential } = splitCredential(value);
  if (!isSecretValue(credential, strength)) return undefined;
  if (isPseudonym(credential, rules.families) || rules.kept(credential)) return undefined;
  const range = { start: scheme.length, end: value.length };
  return { rule: "field", family: FAMILIES.secret, value: credential, ranges: [range] };
}

function personLeaf(value: string, leaf: JsonLeaf, rules: RuleSet, options: FindOptions): Found | undefined {
  if (leaf.kind !== "string" || !isPersonMember(leaf.name, options.people)) return undefined;
  if (value === "" || isPseudonym(value, rules.families) || rules.kept(value)) return undefined;
  const family = value.includes("@") ? FAMILIES.email : FAMILIES.person;
  return { rule: "person", family, value, ranges: [{ start: 0, end: value.length }] };
}

/** Drops what begins or ends outside of a string: a number or a bracket that looks like a secret. */
function withinLeaves(found: readonly Found[], leaves: readonly JsonLeaf[]): Found[] {
  if (found.length === 0) return [];
  const strings = leaves.filter(({ kind }) => kind !== "number").toSorted((a, b) => a.start - b.start);
  const starts = strings.map(({ start }) => start);
  return found.filter(({ ranges }) =>
    ranges.every(({ start, end }) => {
      const leaf = strings[countUpTo(starts, start) - 1];
      return leaf !== undefined && end <= leaf.end;
    }),
  );
}

function spelledIn(text: string, options: FindOptions): Spelled {
  return { ...options.spelled, percent: text.includes("%") };
}

/** Known secrets in a text, as it is and as it reads. */
function knownFounds(text: string, spelled: Spelled, known: KnownSecrets | undefined): Found[] {
  if (known === undefined) return [];
  const view = readable(text, spelled);
  const found = viewsOf(view).flatMap((one) =>
    [...knownHits(one.text, known)].map((hit) => foundOf(hit, one)),
  );
  if (view.text !== text)
    for (const { start, end, ...hit } of knownHits(text, known))
      found.push({ ...hit, ranges: [{ start, end }] });
  return found;
}

/** Looks at a text, unless nothing was found in the same one before: between the events of a stream there is but one. */
function secretsInPlainText(text: string, rules: RuleSet, options: FindOptions): Found[] {
  const known = isPlainBytes(options) ? options.known : undefined;
  const key = `text ${text}`;
  if (known?.isClean(key)) return [];
  const found = secretsInText(text, rules, options);
  if (found.length === 0) known?.learnClean(key);
  return found;
}

function secretsInText(text: string, rules: RuleSet, options: FindOptions): Found[] {
  const spelled = spelledIn(text, options);
  const view = readable(text, spelled);
  const found = viewsOf(view).flatMap((one) =>
    [...hitsIn(one.text, rules, options)].map((hit) => foundOf(hit, one)),
  );
  if (view.text !== text)
    for (const { start, end, ...hit } of namedHits(text, rules))
      found.push({
        ...hit,
        value: readable(text.slice(start, end), spelled).text,
        ranges: [{ start, end }],
      });
  found.push(...knownFounds(text, spelled, options.known));
  if (found.length === 0) return found;
  const free = withoutPseudonyms(found, view, rules).filter(({ value }) => !rules.kept(value));
  return united(free, (range) => readable(text.slice(range.start, range.end), spelled).text);
}

const ESCAPED = /%[0-9a-fA-F]{2}/;
const MAX_ESCAPED = 3;
const ENTITY = /&(?:quot|apos|colon|equals|#\d{2,6}|#[xX][\da-fA-F]{2,5});/;

/** A text as it is read, and again where percent signs were percent-encoded themselves: a URL within one. */
function viewsOf(first: Readable): Readable[] {
  const views = [first];
  for (let outer = first; views.length < MAX_ESCAPED && ESCAPED.test(outer.text);) {
    const inner = readable(outer.text, { percent: true });
    if (inner.text === outer.text) break;
    outer = viewThrough(outer, inner);
    views.push(outer);
  }
  // JSON in an attribute of HTML, a page that shows settings.
  if (ENTITY.test(first.text)) views.push(viewThrough(first, readable(first.text, { entities: true })));
  return views;
}

/** A text that reads another one, with the way back to the original of that. */
function viewThrough({ locate }: Readable, inner: Readable): Readable {
  return {
    text: inner.text,
    locate: (from, to) => {
      const { start, end } = inner.locate(from, to);
      return locate(start, end);
    },
  };
}

function foundOf(hit: Hit, view: Readable): Found {
  const { start, end, rule, family, by, bare } = hit;
  return {
    rule,
    family,
    value: hit.value ?? view.text.slice(start, end),
    ranges: [view.locate(start, end)],
    ...(by === undefined ? {} : { by }),
    ...(bare ? { bare } : {}),
  };
}

function* hitsIn(text: string, rules: RuleSet, options: FindOptions): Generator<Hit> {
  yield* ruleHits(text, rules);
  yield* namedHits(text, rules);
  const { depth = DEPTH, hidden = options.known } = options;
  if (depth === 0) return;
  if (rules.blobs)
    for (const { start, end, reference } of blobsIn(text, options.under))
      yield { rule: "blob", family: FAMILIES.secret, start, end, by: reference };
  for (const { start, end, text: decoded } of [...base64Texts(text), ...numberedTexts(text)]) {
    const [first] = findSecrets(decoded, rules, { known: hidden, depth: depth - 1 });
    const [range] = first?.ranges ?? [];
    if (first === undefined || range === undefined) continue;
    const whole = range.start === 0 && range.end === decoded.trimEnd().length;
    const value = whole || first.rule === "known" ? first.value : text.slice(start, end);
    yield { rule: first.rule, family: whole ? first.family : FAMILIES.secret, start, end, value };
  }
}

function* knownHits(text: string, known: KnownSecrets): Generator<Hit & { value: string }> {
  for (const { start, end, value } of known.find(text))
    yield { rule: "known", family: FAMILIES.secret, start, end, value };
}

function* ruleHits(text: string, rules: RuleSet): Generator<Hit> {
  for (const rule of rules.patterns) {
    const { id, family, accepts } = rule;
    for (const { start, end } of rangesOf(rule, text))
      if (start < end && (accepts?.({ text, start, end }) ?? true)) yield { rule: id, family, start, end };
  }
}

function* namedHits(text: string, rules: RuleSet): Generator<Hit> {
  const hit = (rule: string, { start, end, bare }: NamedValue): Hit => ({
    rule,
    family: FAMILIES.secret,
    start,
    end,
    ...(bare ? { bare } : {}),
  });
  for (const value of fieldValues(text, rules.fieldStrength)) yield hit("field", value);
  for (const value of parameterValues(text, rules.parameterStrength)) yield hit("query", value);
  if (NAME_HINT.test(text))
    for (const forms of [assignedValues, markupValues, proseValues, namedAfter, columnValues, insertedValues])
      for (const value of forms(text, rules.nameStrength)) yield hit("field", value);
  for (const value of [...commandValues(text), ...callValues(text)]) yield hit("command", value);
  for (const value of cookieTexts(text)) yield hit("cookie", value);
  for (const value of partValues(text, rules.parameterStrength)) yield hit("field", value);
}

/** Drops matches that are pseudonyms already, also where a wide rule would take them for secrets. */
function withoutPseudonyms(found: readonly Found[], view: Readable, rules: RuleSet): Found[] {
  const taken = rules.families
    .flatMap(({ pattern }) => allMatches(pattern, view.text))
    .map(({ start, end }) => view.locate(start, end))
    .toSorted((a, b) => a.start - b.start);
  const starts = taken.map(({ start }) => start);
  let longest = 0;
  const ends = taken.map(({ end }) => (longest = Math.max(longest, end)));
  return found.filter(({ value, ranges: [range] }) => {
    if (range === undefined || isPseudonym(value, rules.families)) return false;
    const before = countUpTo(starts, range.start);
    return before === 0 || (ends[before - 1] as number) < range.end;
  });
}
