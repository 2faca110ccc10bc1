import type { Interaction } from "../../cassette/index.ts";
import { pseudonymsIn, withPseudonyms } from "../../secrets/index.ts";
import { parseJsonSource } from "../../util/index.ts";

/**
 * Keeps pseudonyms the same from one recording to the next. The value of an older recording's pseudonym is unknown, but its
 * location in the interaction is not: the secret in the location of `sk-1` becomes `sk-1` again.
 */
export class Renames {
  readonly #to = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** The pairs that were learnt, without the first so many. */
  pairsSince(from: number): (readonly [name: string, old: string])[] {
    return [...this.#to].slice(from);
  }

  /** Takes over pairs that another worker learnt. */
  restore(pairs: readonly (readonly [name: string, old: string])[]): void {
    for (const [name, old] of pairs) this.#pair(name, old);
  }

  /** Learns from two recordings of one interaction: pseudonyms of a kind are paired if both have as many of them. */
  learn(was: Interaction, now: Interaction): void {
    for (const part of [wholeKey, requestIdentity]) {
      const before = pseudonymsIn(part(was));
      const after = pseudonymsIn(part(now));
      for (const [kind, olds] of before) {
        const news = after.get(kind) ?? [];
        if (news.length !== olds.length) continue;
        for (const [i, name] of news.entries()) this.#pair(name, olds[i] as string);
      }
    }
  }

  /** A JSON value with the pseudonyms that were learnt. */
  apply<Json>(value: Json): Json {
    if (this.#to.size === 0) return value;
    const text = JSON.stringify(value);
    const renamed = withPseudonyms(text, (name) => this.#to.get(name));
    return renamed === text ? value : (parseJsonSource(renamed) as Json);
  }

  #pair(name: string, old: string): void {
    if (name === old || this.#to.has(name) || this.#taken.has(old)) return;
    this.#to.set(name, old);
    this.#taken.add(old);
  }
}

function wholeKey({ request, response }: Interaction): string {
  return JSON.stringify([request, response]);
}

function requestIdentity({ request }: Interaction): string {
  return JSON.stringify(request);
}
