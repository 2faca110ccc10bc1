/** Harmless texts in chats, as prompts and as answers. */
import { Random } from "../../support/random.ts";
import { answered, asked } from "../planted/bodies.ts";
import { CARRIERS } from "../planted/carriers.ts";
import type { Exchange } from "../planted/exchange.ts";
import { CODE } from "./code.ts";
import { IDS } from "./ids.ts";
import type { HarmlessKind } from "./kind.ts";
import { PROSE } from "./prose.ts";
import { SUMS } from "./sums.ts";

export const HARMLESS_KINDS: readonly HarmlessKind[] = [...IDS, ...SUMS, ...CODE, ...PROSE];

export interface Harmless {
  readonly id: string;
  readonly kind: string;
  /** Strings that have to be in the interaction as they are. */
  readonly texts: readonly string[];
  readonly exchange: Exchange;
}

/** Where texts stand: those parts of a chat that users read. */
const PARTS = new Set([
  "prompt",
  "system prompt",
  "content parts",
  "tool message",
  "answer",
  "streamed content",
]);
const CHATS = CARRIERS.filter(({ id }) => PARTS.has(id));

/** So many harmless exchanges, made with a seed; their kinds take turns. */
export function harmless(seed: number, count: number): Harmless[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const kind = HARMLESS_KINDS[i % HARMLESS_KINDS.length] ?? { id: "none" };
    const id = `h${i}`;
    const { texts, exchange } = madeOf(kind, random);
    return {
      id,
      kind: kind.id,
      texts,
      exchange: { ...exchange, target: `/v1/chat/completions?case=${id}` },
    };
  });
}

function madeOf(
  { write, members }: HarmlessKind,
  random: Random,
): { readonly texts: readonly string[]; readonly exchange: Exchange } {
  if (members) {
    const json = members(random);
    const prompt = { model: "qwen3-coder", messages: [{ role: "user", content: "hi" }] };
    return {
      texts: stringsIn(json),
      exchange: random.below(2) === 0 ? asked({ ...prompt, ...json }) : answered(json),
    };
  }
  const text = write?.(random) ?? "";
  return { texts: [text], exchange: random.pick(CHATS).plant(text, random) };
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
