import {
  credentialHeader,
  findLeaks,
  isSanitizedCredential,
  LEAK_RULES,
  type LeakRule,
  splitCredential,
} from "./leaks.ts";
import { readable, type Spelled } from "./readable.ts";

export interface PseudonymOptions {
  /** Rules beside those of gatetape. */
  readonly rules?: readonly LeakRule[];
  /** Told of each replacement: by which rule, what stands there now, and where in the text it was. */
  readonly onReplace?: (rule: string, pseudonym: string, at: number) => void;
}

/** A cookie has no rule of its own: its header is replaced as a whole. */
const COOKIE_PSEUDONYM = /(?<![\w-])cookie-(\d{1,6})(?![\w-])/g;

/**
 * Gives each secret a pseudonym, the same for the same value, numbered on from the highest in the cassette. Secrets are
 * kept in memory only; no hash of one is stored.
 */
export class Pseudonyms {
  readonly #known = new Map<string, string>();
  readonly #highest = new Map<string, number>();
  readonly #used = new Set<string>();
  readonly #rules: readonly LeakRule[];
  readonly #onReplace: NonNullable<PseudonymOptions["onReplace"]>;

  /** @param existing text of a cassette that is added to: its pseudonyms stay taken */
  constructor(existing = "", { rules = [], onReplace = () => {} }: PseudonymOptions = {}) {
    this.#rules = rules.length === 0 ? LEAK_RULES : [...LEAK_RULES, ...rules];
    this.#onReplace = onReplace;
    for (const [id, pattern] of [
      ...this.#rules.map((rule) => [rule.id, rule.pseudonymPattern] as const),
      ["cookie", COOKIE_PSEUDONYM] as const,
    ]) {
      for (const match of existing.matchAll(pattern))
        this.#highest.set(id, Math.max(this.#highest.get(id) ?? 0, Number(match[1])));
    }
  }

  /** The ids of the rules that replaced something. */
  get used(): string[] {
    return [...this.#used].toSorted();
  }

  /** How many secrets are known. */
  get size(): number {
    return this.#known.size;
  }

  /** Replaces the secrets in a text. */
  replaceText(text: string): string {
    return rewrite(text, this.#edits(text));
  }

  /** Replaces the secrets in a request target, be they percent-encoded. */
  replaceTarget(target: string): string {
    return rewrite(target, this.#edits(target, { percent: true }));
  }

  /** Replaces a header's value if it is a credential, or the secrets in it. */
  replaceHeader(name: string, value: string): string {
    const kind = credentialHeader(name);
    if (kind === undefined) return rewrite(value, this.#edits(value, { bytes: true }));
    if (isSanitizedCredential(value)) return value;
    this.#used.add(kind);
    const { scheme, credential } =
      kind === "cookie" ? { scheme: "", credential: value } : splitCredential(value);
    const pseudonym =
      kind === "cookie"
        ? this.#numbered("cookie", value, (n) => `cookie-${n}`)
        : this.#numbered("api-key", credential, (n) => `sk-${n}`);
    this.#onReplace(kind, pseudonym, scheme.length);
    return scheme + pseudonym;
  }

  /**
   * Replaces the secrets in a body that came in several writes; a secret may be cut by their boundaries. A boundary
   * within a secret moves to its end. Bytes that are no secret stay as they are, be they text or not.
   */
  replaceWrites(writes: readonly Uint8Array[]): Uint8Array[] {
    const whole = Buffer.concat(writes).toString("latin1");
    const edits = this.#edits(whole, { bytes: true });
    if (edits.length === 0) return [...writes];
    const result: Uint8Array[] = [];
    let from = 0;
    let end = 0;
    for (const write of writes) {
      end += write.length;
      const cut = edits.find((edit) => edit.start < end && end < edit.end);
      const to = Math.max(from, cut?.end ?? end);
      const inside = edits
        .filter((edit) => edit.start >= from && edit.end <= to)
        .map((edit) => ({ ...edit, start: edit.start - from, end: edit.end - from }));
      result.push(Buffer.from(rewrite(whole.slice(from, to), inside), "latin1"));
      from = to;
    }
    return result;
  }

  #edits(text: string, spelled?: Spelled): Edit[] {
    return findLeaks(text, this.#rules, spelled).map(({ rule, start, end }) => {
      this.#used.add(rule.id);
      // One secret may be spelled in several ways, and has one pseudonym.
      const value = readable(text.slice(start, end), spelled).text;
      const by = this.#numbered(rule.id, value, rule.pseudonym);
      this.#onReplace(rule.id, by, start);
      return { start, end, by };
    });
  }

  #numbered(kind: string, value: string, pseudonym: (n: number) => string): string {
    const key = `${kind} ${value}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const n = (this.#highest.get(kind) ?? 0) + 1;
      this.#highest.set(kind, n);
      known = pseudonym(n);
      this.#known.set(key, known);
    }
    return known;
  }
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

function rewrite(text: string, edits: readonly Edit[]): string {
  let result = "";
  let from = 0;
  for (const { start, end, by } of edits) {
    result += text.slice(from, start) + by;
    from = end;
  }
  return result + text.slice(from);
}
