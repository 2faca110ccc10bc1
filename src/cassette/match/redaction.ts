import type { FormPart } from "../../exchange/index.ts";
import { headerValue } from "../../http/index.ts";
import {
  FAMILIES,
  type People,
  archiveHoldsSecret,
  type Strength,
  credentialHeader,
  isPersonMember,
  isPseudonym,
  isSecretValue,
  peopleOf,
  pseudonymousCredential,
  splitCredential,
  strengthOfField,
  strengthOfParameter,
  strengthsOfItems,
  strengthsOfMembers,
} from "../../secrets/index.ts";
import { canonicalJson, latin1 } from "../../util/index.ts";
import type { MatchRequest } from "../format/index.ts";
import { decodedMatch, filledRequest } from "../scrub/index.ts";
import { hasBlob, hasPseudonym, hasReference, marksOf, redactedFormOf } from "./redacted-pattern.ts";

/** Pairs of pseudonyms and values of a session, in both directions. */
export interface Bindings {
  readonly byPseudonym: Map<string, string>;
  readonly byValue: Map<string, string>;
}

/** Bindings of a new session. */
export function newBindings(): Bindings {
  return { byPseudonym: new Map(), byValue: new Map() };
}

/** Secrets of a cassette's request in its compared parts. */
export interface RedactedParts {
  /** True if they contain pseudonyms, whose real values are unknown. */
  readonly redacted: boolean;
  /** True if they hold binary content as base64, which clients spell in several ways. */
  readonly blob: boolean;
}

/** Looks for pseudonyms and binary content in a cassette's request. */
export function redactedParts(request: MatchRequest, headers: readonly string[] = []): RedactedParts {
  const texts = bodyTexts(request);
  const redacted =
    [request.path, ...request.query.flat(), ...texts].some(hasPseudonym) ||
    headers.some((name) => redactedHeaderOf(name, headerValue(request.headers, name)) !== undefined);
  return { redacted, blob: texts.some(hasBlob) };
}

/** The redacted form of a recorded header; `undefined` if it contains no pseudonym. */
export function redactedHeaderOf(name: string, recorded: string | undefined): string | undefined {
  if (recorded === undefined) return undefined;
  const redacted =
    credentialHeader(name) === undefined
      ? hasPseudonym(recorded)
      : pseudonymousCredential(name, recorded) !== undefined;
  return redacted ? redactedHeader(name, recorded) : undefined;
}

/** A header with its credential, or the secrets in it, replaced by their kinds. */
export function redactedHeader(name: string, value: string): string {
  const kind = credentialHeader(name);
  if (kind === undefined) return redactedFormOf(value);
  const { scheme, credential } = credentialPart(kind, value);
  return credential === "" ? value : `${scheme}\0${kind}\0`;
}

/** The request with its secrets and pseudonyms replaced by their kinds. */
export function redactedRequest(request: MatchRequest): MatchRequest {
  const { path, query, json, form, body } = request;
  return {
    ...request,
    path: redactedFormOf(path),
    query: query.map(([name, value]) => [
      redactedFormOf(name),
      redactedUnder(strengthOfParameter(name), value),
    ]),
    json: json === undefined ? undefined : redactedJson(withoutPeople(json, peopleOf(path))),
    form: form?.map(redactedPart),
    // Bytes are compared only where they are neither JSON nor a form.
    body: json === undefined && form === undefined ? Buffer.from(redactedBytes(body), "latin1") : body,
  };
}

/**
 * Pairs the pseudonyms of a recorded request with the values of an incoming one of the same redacted pattern.
 * @returns true, and keeps the pairs, if they are one to one with all pairs of the session
 *
 * @param headers names of the compared headers
 */
export function bind(
  bindings: Bindings,
  recorded: MatchRequest,
  incoming: MatchRequest,
  headers: readonly string[] = [],
): boolean {
  const fresh = newBindings();
  const decoded = decodedMatch(incoming);
  const compared = recorded.filled ? filledRequest(decoded) : decoded;
  for (const [pseudonym, value] of redactedPairs(recorded, compared, headers)) {
    const knownValue = bindings.byPseudonym.get(pseudonym) ?? fresh.byPseudonym.get(pseudonym);
    const knownPseudonym = bindings.byValue.get(value) ?? fresh.byValue.get(value);
    if ((knownValue ?? value) !== value || (knownPseudonym ?? pseudonym) !== pseudonym) return false;
    fresh.byPseudonym.set(pseudonym, value);
    fresh.byValue.set(value, pseudonym);
  }
  for (const [pseudonym, value] of fresh.byPseudonym) bindings.byPseudonym.set(pseudonym, value);
  for (const [value, pseudonym] of fresh.byValue) bindings.byValue.set(value, pseudonym);
  return true;
}

type Pair = readonly [pseudonym: string, value: string];

function* redactedPairs(
  recorded: MatchRequest,
  incoming: MatchRequest,
  headers: readonly string[],
): Generator<Pair> {
  yield* pairsOfTexts(recorded.path, incoming.path);
  yield* pairsOfQueries(recorded.query, incoming.query);
  for (const name of headers) {
    const [one, other] = [headerValue(recorded.headers, name), headerValue(incoming.headers, name)];
    if (one === undefined || other === undefined) continue;
    const kind = pseudonymousCredential(name, one) === undefined ? undefined : credentialHeader(name);
    if (kind === undefined) yield* pairsOfTexts(one, other);
    else yield [credentialPart(kind, one).credential.trim(), credentialPart(kind, other).credential.trim()];
  }
  if (recorded.json !== undefined) yield* pairsOfJson(recorded.json, incoming.json);
  else if (recorded.form !== undefined)
    yield* pairsOfJson(recorded.form.map(readablePart), incoming.form?.map(readablePart));
  else yield* pairsOfTexts(latin1(recorded.body), latin1(incoming.body));
}

function* pairsOfTexts(recorded: string, incoming: string): Generator<Pair> {
  const marks = marksOf(recorded);
  if (marks.length === 0) return;
  const others = marksOf(incoming);
  for (const [i, { start, end, blob = false }] of marks.entries()) {
    const other = others[i];
    if (other !== undefined && !blob)
      yield [recorded.slice(start, end), incoming.slice(other.start, other.end)];
  }
}

/** Pairs of pseudonyms and values in two texts. A text that is a single pseudonym stands for the whole incoming text, as it was replaced for the name of its member. */
function* pairsOfValues(recorded: string, incoming: string): Generator<Pair> {
  if (isPseudonym(recorded) && !hasReference(recorded)) yield [recorded, incoming];
  else yield* pairsOfTexts(recorded, incoming);
}

/** Pairs of two queries in any order: each recorded parameter goes with the first incoming one of the same redacted form. */
function* pairsOfQueries(recorded: MatchRequest["query"], incoming: MatchRequest["query"]): Generator<Pair> {
  const left = [...incoming];
  for (const [name, value] of recorded) {
    if (!hasPseudonym(name) && !hasPseudonym(value)) continue;
    const redactedForm = redactedUnder(strengthOfParameter(name), value);
    const at = left.findIndex(
      ([otherName, other]) =>
        redactedFormOf(otherName) === redactedFormOf(name) &&
        redactedUnder(strengthOfParameter(otherName), other) === redactedForm,
    );
    const [taken] = at === -1 ? [] : left.splice(at, 1);
    if (taken === undefined) continue;
    yield* pairsOfTexts(name, taken[0]);
    yield* pairsOfValues(value, taken[1]);
  }
}

function* pairsOfJson(recorded: unknown, incoming: unknown): Generator<Pair> {
  if (typeof recorded === "string") {
    if (typeof incoming === "string") yield* pairsOfValues(recorded, incoming);
    else if (typeof incoming === "number") yield* pairsOfValues(recorded, String(incoming));
    return;
  }
  if (typeof recorded !== "object" || recorded === null) return;
  if (typeof incoming !== "object" || incoming === null) return;
  if (Array.isArray(recorded)) {
    if (!Array.isArray(incoming)) return;
    for (const [i, item] of recorded.entries()) yield* pairsOfJson(item, incoming[i]);
    return;
  }
  const others = new Map(membersOf(incoming).map((member) => [member.redactedForm, member]));
  for (const { redactedForm, key, item } of membersOf(recorded)) {
    const other = others.get(redactedForm);
    if (other === undefined) continue;
    yield* pairsOfTexts(key, other.key);
    yield* pairsOfJson(item, other.item);
  }
}

function redactedJson(value: unknown, strength?: Strength): unknown {
  if (typeof value === "string") return redactedUnder(strength, value);
  if (typeof value === "number")
    return strength === "strong" ? redactedUnder(strength, String(value), value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const strengths = strengthsOfItems(value.map(stringIn), strength, strengthOfField);
    return value.map((item, i) => redactedJson(item, strengths[i]));
  }
  const members = membersOf(value);
  const strengths = strengthsOfMembers(
    members.map(({ key, item }) => [key, stringIn(item)]),
    strength,
    strengthOfField,
  );
  return Object.fromEntries(
    members.map(({ redactedForm, item }, i) => [redactedForm, redactedJson(item, strengths[i])]),
  );
}

/** The value with who somebody is replaced by its kind: the recorded one is a pseudonym. */
function withoutPeople(value: unknown, people: People | undefined): unknown {
  if (people === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutPeople(item, people));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [
      name,
      typeof item === "string" && isPersonMember(name, people)
        ? `\0${FAMILIES.person.redactedForm}\0`
        : withoutPeople(item, people),
    ]),
  );
}

function stringIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The redacted form of a value whose member name marks it as a secret, whatever the value looks like. */
function redactedUnder<T>(strength: Strength | undefined, value: string, otherwise?: T): string | T {
  const { redactedForm } = FAMILIES.secret;
  const secret = strength !== undefined && isSecretValue(value, strength);
  if (!secret) return otherwise ?? redactedFormOf(value);
  // `Bearer …`: the scheme was kept.
  return `${splitCredential(value).scheme}\0${redactedForm}\0`;
}

interface Member {
  readonly redactedForm: string;
  readonly key: string;
  readonly item: unknown;
}

/** The members of an object. Keys with the same redacted form are distinguished by their values, never by their order. */
function membersOf(value: object): Member[] {
  const members = Object.entries(value).map(([key, item]): Member => ({
    redactedForm: redactedFormOf(key),
    key,
    item,
  }));
  if (members.every(({ redactedForm, key }) => redactedForm === key)) return members;
  return [...Map.groupBy(members, ({ redactedForm }) => redactedForm).values()].flatMap((alike) =>
    alike.length === 1
      ? alike
      : alike
          .map((member) => ({ member, order: canonicalJson(redactedJson(member.item)) }))
          .toSorted((a, b) => (a.order < b.order ? -1 : 1))
          .map(({ member }, i) =>
            i === 0 ? member : { ...member, redactedForm: `${member.redactedForm}${i}` },
          ),
  );
}

function redactedPart(part: FormPart): FormPart {
  const { text, ...rest } = readablePart(withoutArchive(part));
  const strength = strengthOfField(part.name) ?? strengthOfParameter(part.name);
  return {
    ...(redactedJson(rest) as FormPart),
    ...(text === undefined ? {} : { text: redactedUnder(strength, text) }),
  };
}

/** The redacted form of bytes. An archive with a secret in it was replaced as a whole. */
function redactedBytes(bytes: Uint8Array): string {
  return archiveHoldsSecret(bytes) ? `\0${FAMILIES.secret.redactedForm}\0` : redactedFormOf(latin1(bytes));
}

function withoutArchive({ hex, ...part }: FormPart): FormPart {
  if (hex === undefined) return part;
  const secret = archiveHoldsSecret(Buffer.from(hex, "hex"));
  return secret ? { ...part, text: `\0${FAMILIES.secret.redactedForm}\0` } : { ...part, hex };
}

/** A part with its bytes as text, so that pseudonyms in them are found. */
function readablePart({ hex, ...part }: FormPart): FormPart {
  return hex === undefined ? part : { ...part, hex: Buffer.from(hex, "hex").toString("latin1") };
}

function credentialPart(
  kind: "authorization" | "cookie",
  value: string,
): { scheme: string; credential: string } {
  return kind === "cookie" ? { scheme: "", credential: value } : splitCredential(value);
}

/** The texts of a body in which pseudonyms may stand. */
function bodyTexts({ json, form, body }: MatchRequest): string[] {
  if (json !== undefined) return [JSON.stringify(json)];
  return form === undefined ? [latin1(body)] : [JSON.stringify(form.map(readablePart))];
}
