import { credentialHeader, findLeaks, isSanitizedCredential, LEAK_RULES, splitCredential } from "./leaks.ts";

/**
 * Gives each secret a pseudonym, the same for the same value, numbered on from the highest in the cassette. Secrets are
 * kept in memory only; no hash of one is stored.
 */
export class Pseudonyms {
  readonly #known = new Map<string, string>();
  readonly #highest = new Map<string, number>();
  readonly #used = new Set<string>();

  /** @param existing text of a cassette that is added to: its pseudonyms stay taken */
  constructor(existing = "") {
    for (const rule of LEAK_RULES) {
      for (const match of existing.matchAll(rule.pseudonymPattern)) {
        this.#highest.set(rule.id, Math.max(this.#highest.get(rule.id) ?? 0, Number(match[1])));
      }
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

  /** Replaces a header's value if it is a credential, or the secrets in it. */
  replaceHeader(name: string, value: string): string {
    const kind = credentialHeader(name);
    if (kind === undefined) return this.replaceText(value);
    if (isSanitizedCredential(value)) return value;
    this.#used.add(kind);
    if (kind === "cookie") return this.#numbered("cookie", value, (n) => `cookie-${n}`);
    const { scheme, credential } = splitCredential(value);
    return scheme + this.#numbered("api-key", credential, (n) => `sk-${n}`);
  }

  /**
   * Replaces the secrets in a body that came in several writes; a secret may be cut by their boundaries. A boundary
   * within a secret moves to its end. Bytes that are no secret stay as they are, be they text or not.
   */
  replaceWrites(writes: readonly Uint8Array[]): Uint8Array[] {
    const whole = Buffer.concat(writes).toString("latin1");
    const edits = this.#edits(whole);
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

  #edits(text: string): Edit[] {
    return findLeaks(text).map(({ rule, start, end }) => {
      this.#used.add(rule.id);
      return { start, end, by: this.#numbered(rule.id, text.slice(start, end), rule.pseudonym) };
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
