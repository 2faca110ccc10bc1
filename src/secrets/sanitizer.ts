import { createHash } from "node:crypto";
import type { Node } from "jsonc-parser";
import { detached, latin1 } from "../util/index.ts";
import type { Archive } from "./archive/index.ts";
import { type Edit, overlaid, quoteAt, quoted, rewrite, rewriteParts } from "./edits.ts";
import { FAMILIES, type Family, hostFamily } from "./family.ts";
import { findSecrets } from "./find.ts";
import { bodyDocuments, joinedTexts, parsedDocuments, streamSegments, streamedAs } from "./joined.ts";
import { KnownSecrets } from "./known.ts";
import { type TokenSequence, bytesEdits, tokenEdits, tokenSequences } from "./logprobs.ts";
import type { People } from "./people.ts";
import {
  cookiePairs,
  cookieValues,
  isSanitizedCredential,
  isSecretValue,
  passwordOf,
  splitCredential,
} from "./names/index.ts";
import { type Spelled, readable } from "./readable.ts";
import { DEFAULT_RULES, type RuleSet, type SanitizeRules, ruleSet } from "./rule-set.ts";
import { type Found, moved, quoteOf, united } from "./united.ts";

export type BodyKind = "sse" | "json" | "other";

export interface SanitizerOptions {
  /** Rules beside those of gatetape. */
  readonly rules?: SanitizeRules;
  /**
   * False: a secret is not looked for where nothing but its value tells it, nor in base64 or over the events of a
   * stream. For what is printed on the way, and not kept.
   */
  readonly thorough?: boolean;
  /** Called for each replacement. */
  readonly onReplace?: OnReplace;
}

/** Options of replacing the secrets of a body. */
export interface BodyOptions {
  /** False: large base64 stays, it is kept as a side file. */
  readonly blobs?: boolean;
  /** Members that say who somebody is are replaced. */
  readonly people?: People;
}

/** A secret with its pseudonym, for the memory only. */
export interface GivenPseudonym {
  readonly value: string;
  /** The id of the pseudonym's family. */
  readonly family: string;
  /** Number of the pseudonym in its family. */
  readonly number: number;
  readonly rule: string;
}

/** @param value what was replaced, for the memory only; @param at its offset in the text */
export type OnReplace = (rule: string, pseudonym: string, at: number, value: string) => void;

/** Names that are too short, and too plain, for a secret of gatetape's own rules. */
const ORDINARY_NAME = /^[A-Za-z_-]{1,22}$/;
const NONE: readonly string[] = [];

/** Families whose values are secrets in themselves, to be found also where nothing but the value tells them. */
const SECRETS: ReadonlySet<Family> = new Set([FAMILIES.key, FAMILIES.jwt, FAMILIES.secret]);

/**
 * Gives each secret a pseudonym, the same for the same value, numbered on from the highest in the cassette. Secrets are
 * kept in memory only; no hash of one is stored.
 */
export class Sanitizer {
  /** For each secret the number of its pseudonym and, in the lower bits, its origin: there may be many secrets. */
  readonly #given = new Map<string, number>();
  /** The secrets with a pseudonym, in order. */
  readonly #order: string[] = [];
  readonly #origins: Origin[] = [];
  readonly #highest = new Map<string, number>();
  readonly #used = new Set<string>();
  readonly #known: KnownSecrets | undefined;
  readonly #rules: RuleSet;
  #onReplace: OnReplace;
  #revision = 0;
  #replacements = 0;

  /** @param existing text of a cassette that is added to: its pseudonyms stay taken */
  constructor(existing = "", { rules, thorough = true, onReplace = () => {} }: SanitizerOptions = {}) {
    this.#rules = rules === undefined ? DEFAULT_RULES : ruleSet(rules);
    this.#known = thorough ? new KnownSecrets() : undefined;
    this.#onReplace = onReplace;
    for (const { id, pattern, numberOf } of this.#rules.families)
      for (const [found] of existing.matchAll(pattern))
        this.#highest.set(id, Math.max(this.#highest.get(id) ?? 0, numberOf(found)));
  }

  /** The ids of the rules that replaced something. */
  get used(): string[] {
    return [...this.#used].toSorted();
  }

  /** Number of secrets that were replaced. */
  get size(): number {
    return this.#given.size;
  }

  /** Number of replacements. */
  get replacements(): number {
    return this.#replacements;
  }

  /**
   * Grows with each secret that is learnt. What was sanitized at a lower revision may hold one that only shows by its
   * value, and is to be sanitized again.
   */
  get revision(): number {
    return this.#revision;
  }

  /**
   * Secrets that were seen and are recognised by their value alone: an independent scan must not find them. The same list
   * is returned each time, and it only grows.
   */
  get secrets(): readonly string[] {
    return this.#known?.values ?? NONE;
  }

  /** A secret that is known beforehand, as the key that is sent upstream. */
  learn(value: string): void {
    this.#learnt(value);
  }

  /** A text that nothing but its look tells from words: the scan found it. It gets a pseudonym wherever it stands. */
  learnRandom(value: string): void {
    this.#pseudonym("entropy", FAMILIES.secret, value);
  }

  /** The secrets that have a pseudonym, without the first so many. */
  givenSince(from: number): GivenPseudonym[] {
    return this.#order.slice(from).map((value) => {
      const given = this.#given.get(value) ?? 0;
      const { rule, family } = this.#origins[given % MAX_ORIGINS] as Origin;
      return { value, family: family.id, number: Math.floor(given / MAX_ORIGINS), rule };
    });
  }

  /** Takes over pseudonyms that another sanitizer gave, so that the same secrets have the same ones. */
  restore(given: readonly GivenPseudonym[]): void {
    for (const { value, family: id, number, rule } of given) {
      const family = this.#rules.families.find((one) => one.id === id);
      if (family !== undefined && !this.#given.has(value)) this.#give(value, number, rule, family);
    }
  }

  /** Calls a listener for each replacement that is made while it runs. */
  listening<T>(onReplace: OnReplace, work: () => T): T {
    const before = this.#onReplace;
    this.#onReplace = (...of) => {
      before(...of);
      onReplace(...of);
    };
    try {
      return work();
    } finally {
      this.#onReplace = before;
    }
  }

  /** A host that is not to be named: that of a gateway which is recorded. Loopback addresses tell nothing. */
  learnHost(name: string): void {
    const host = name.replace(/^\[(.*)\]$/, "$1");
    if (/^(?:localhost|127\.|0\.0\.0\.0|::1?$)/.test(host) || host === "") return;
    if (this.#known?.add(host, true)) this.#revision++;
    this.#pseudonym("internal-host", hostFamily(host), host);
  }

  /** Replaces the secrets in a text. */
  replaceText(text: string): string {
    return rewrite(text, this.#edits(text));
  }

  /** Replaces the secrets in a request target. */
  replaceTarget(target: string): string {
    return this.replaceText(target);
  }

  /** Replaces the secrets in the name of a header or a member, which is none in all but few cases. */
  replaceName(name: string): string {
    return this.#rules === DEFAULT_RULES && ORDINARY_NAME.test(name) ? name : this.replaceText(name);
  }

  /** Replaces a form field's value if its name says that it is a secret, or the secrets in it. */
  replaceField(name: string, value: string): string {
    const strength = this.#rules.fieldStrength(name) ?? this.#rules.parameterStrength(name);
    if (strength === undefined || !isSecretValue(value, strength) || isSanitizedCredential(value))
      return this.replaceText(value);
    return this.#replaced("field", FAMILIES.secret, value, 0);
  }

  /** True if an archive holds secrets. They are learnt, to be found elsewhere. */
  findsIn({ contents }: Archive): boolean {
    const found = contents
      .flatMap((content) => this.#inBody(Buffer.from(content).toString("latin1"), "other", undefined))
      .filter(({ by }) => by === undefined);
    for (const { family, value } of found) if (SECRETS.has(family)) this.#learnt(value);
    return found.length > 0;
  }

  /** The pseudonym of bytes that can't be rewritten, as those of an archive. The same bytes have the same one. */
  replaceWhole(bytes: Uint8Array): string {
    const hash = createHash("sha256").update(bytes).digest("hex");
    return this.#replaced("archive", FAMILIES.secret, hash, 0);
  }

  /** Replaces the secrets in JSON data: in its texts, by their names too, and in the names of its members. */
  replaceData<T>(data: T): T {
    return this.#dataOf("", data) as T;
  }

  #dataOf(name: string, value: unknown): unknown {
    if (typeof value === "string") return this.replaceField(name, value);
    if (Array.isArray(value)) return value.map((item) => this.#dataOf(name, item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.replaceName(key), this.#dataOf(key, item)]),
    );
  }

  /** Replaces a header's value if it is a credential, or the secrets in it. */
  replaceHeader(name: string, value: string): string {
    const kind = this.#rules.headerKind(name);
    if (kind === undefined) return rewrite(value, this.#edits(value, { bytes: true }));
    if (isSanitizedCredential(value) || this.#rules.kept(value)) return value;
    if (kind === "cookie") return this.#replaced("cookie", FAMILIES.cookie, value, 0);
    const { scheme, credential } = splitCredential(value);
    if (this.#rules.kept(credential.trim())) return value;
    if (/^\s*basic\s/i.test(scheme)) this.#learnt(detached(passwordOf(credential)));
    return scheme + this.#replaced("authorization", FAMILIES.key, credential, scheme.length);
  }

  /**
   * Replaces the secrets in a body that came in several writes; a secret may be cut by their boundaries, or be spread
   * over the events of a stream, whose first segment then holds the pseudonym. A boundary within a secret moves to its
   * end. Bytes that are no secret stay as they are, be they text or not.
   */
  replaceWrites(
    writes: readonly Uint8Array[],
    kind: BodyKind = "other",
    options: BodyOptions = {},
  ): Uint8Array[] {
    const sizes = writes.map(({ length }) => length);
    return this.replaceParts(sizes, writes.map(latin1).join(""), kind, options).map((text, i) =>
      text === undefined ? (writes[i] as Uint8Array) : Buffer.from(text, "latin1"),
    );
  }

  /**
   * Replaces the secrets in a body as `replaceWrites` does, without the writes themselves: a large body is in memory often enough.
   *
   * @param sizes the lengths of the writes, in bytes
   * @param whole all of them, read as Latin-1
   * @returns the bytes of each write, read as Latin-1; `undefined` for one that stays as it is
   */
  replaceParts(
    sizes: readonly number[],
    whole: string,
    kind: BodyKind = "other",
    { blobs = true, people }: BodyOptions = {},
  ): (string | undefined)[] {
    const found = this.#inBody(whole, kind, people).filter(({ by }) => blobs || by === undefined);
    const sequences = tokenSequences(whole, bodyDocuments(whole, this.#known && streamedAs(whole, kind)));
    return rewriteParts(sizes, whole, this.#withTokens(whole, sequences, this.#editsOf(found, whole)));
  }

  /** Edits of a body, with those of the tokens and bytes of its logprobs. */
  #withTokens(whole: string, sequences: readonly TokenSequence[], edits: readonly Edit[]): readonly Edit[] {
    let all = edits;
    for (const sequence of sequences) {
      const inText = this.#edits(sequence.text, { bytes: true });
      all = overlaid(all, tokenEdits(sequence, inText, whole));
      all = overlaid(all, bytesEdits(sequence, all, whole));
    }
    return all;
  }

  #inBody(whole: string, kind: BodyKind, people: People | undefined): Found[] {
    const streamed = streamedAs(whole, kind);
    if (streamed === undefined) return this.#find(whole, { bytes: true }, people);
    const documents = parsedDocuments(whole, streamed);
    const found = streamSegments(whole, documents).flatMap(({ start, text, root }) =>
      moved(this.#find(text, { bytes: true }, undefined, root), (range) => [
        { start: range.start + start, end: range.end + start },
      ]),
    );
    if (this.#known === undefined) return found;
    const spread = joinedTexts(documents).flatMap(({ key, text, locate }) =>
      moved(
        this.#find(text).map((one) => (one.bare ? { ...one, quote: quoteOf(text, one, key !== "") } : one)),
        ({ start, end }) => locate(start, end),
      ),
    );
    if (spread.length === 0) return found;
    return united(
      [...found, ...spread],
      ({ start, end }) => readable(whole.slice(start, end), { bytes: true }).text,
    );
  }

  #edits(text: string, spelled?: Spelled): Edit[] {
    return this.#editsOf(this.#find(text, spelled), text);
  }

  #find(text: string, spelled?: Spelled, people?: People, json?: Node): Found[] {
    const options = {
      people,
      ...(spelled ? { spelled } : {}),
      ...(this.#known ? { known: this.#known } : { depth: 0 }),
    };
    return findSecrets(text, this.#rules, options, json);
  }

  /** @param text the text that the ranges are of */
  #editsOf(found: readonly Found[], text: string): Edit[] {
    const edits = found.flatMap(({ rule, family, value, ranges, by, bare, quote }) => {
      const at = ranges[0]?.start ?? 0;
      const pseudonym = by === undefined ? this.#replaced(rule, family, value, at) : by;
      if (by !== undefined) this.#notify(rule, by, at, value);
      return ranges.map((range, i): Edit => ({
        ...range,
        by: i > 0 ? "" : bare ? quoted(pseudonym, quote ?? quoteAt(text, range.start)) : pseudonym,
      }));
    });
    return edits.toSorted((a, b) => a.start - b.start);
  }

  #replaced(rule: string, family: Family, value: string, at: number): string {
    const { pseudonym, rule: first } = this.#pseudonym(rule, family, value);
    this.#notify(rule === KNOWN ? first : rule, pseudonym, at, value);
    return pseudonym;
  }

  #notify(rule: string, by: string, at: number, value: string): void {
    this.#replacements++;
    this.#used.add(rule);
    this.#onReplace(rule, by, at, value);
  }

  #pseudonym(rule: string, family: Family, value: string): { pseudonym: string; rule: string } {
    // A cookie is the same whatever its attributes say of its life.
    const key = family === FAMILIES.cookie ? cookiePairs(value).join(";") : value;
    const given = this.#given.get(key);
    if (given !== undefined) {
      const origin = this.#origins[given % MAX_ORIGINS] as Origin;
      return { pseudonym: origin.family.pseudonym(Math.floor(given / MAX_ORIGINS)), rule: origin.rule };
    }
    const n = (this.#highest.get(family.id) ?? 0) + 1;
    const made = { pseudonym: family.pseudonym(n), rule: rule === KNOWN ? "field" : rule };
    this.#give(detached(key), n, made.rule, family);
    return made;
  }

  #give(value: string, n: number, rule: string, family: Family): void {
    this.#highest.set(family.id, Math.max(n, this.#highest.get(family.id) ?? 0));
    this.#given.set(value, n * MAX_ORIGINS + this.#originOf(rule, family));
    this.#order.push(value);
    if (family === FAMILIES.cookie) this.#learntCookie(value);
    else if (SECRETS.has(family)) this.#learnt(value);
  }

  /** Learns the values of a cookie; the whole of it shows nothing more, unless they are too short. */
  #learntCookie(header: string): void {
    const values = cookieValues(header);
    for (const value of values) this.#learnt(detached(value));
    if (!values.some((value) => this.#known?.has(value))) this.#learnt(header);
  }

  #originOf(rule: string, family: Family): number {
    const there = this.#origins.findIndex((one) => one.rule === rule && one.family === family);
    return there === -1 ? this.#origins.push({ rule, family }) - 1 : there;
  }

  #learnt(value: string): void {
    if (this.#known?.add(value.trim())) this.#revision++;
  }
}

const KNOWN = "known";

/** Rule by which a secret was first found, and the family of its pseudonym. */
interface Origin {
  readonly rule: string;
  readonly family: Family;
}

/** Number of origins; rules are some dozens, those of a user included. */
const MAX_ORIGINS = 2 ** 12;
