import { decodeSse, sseEvents } from "../wire/index.ts";
import { encodeBody, type ReadSideFile } from "./codec.ts";
import { findLeaks, LEAK_RULES, type LeakRule } from "./leaks.ts";
import { bodyKind, elementStarts } from "./scrub-body.ts";
import type { CassetteResponse } from "./types.ts";

/** One text that a client puts together from a stream: a piece of it for each event. */
type Pieces = { readonly event: number; readonly text: string }[];

/**
 * Secrets that show when a client joins the deltas of a stream, `"AC"` and `"ME-1"`: models stream by tokens, so most
 * of what they say is cut so. Each by the element that begins it.
 */
export function spreadSecrets(
  response: CassetteResponse,
  rules: readonly LeakRule[],
  readSideFile: ReadSideFile,
): { element: number; rule: string }[] {
  if (bodyKind(response) !== "sse") return [];
  const elements = response.body ?? [];
  const bytes = Buffer.concat(encodeBody(elements, readSideFile).map((write) => write.bytes));
  const events = sseEvents(decodeSse(bytes));
  const texts = new Map<string, Pieces>();
  for (const [event, { data }] of events.entries()) {
    for (const [key, text] of deltasOf(data)) {
      const pieces = texts.get(key) ?? [];
      pieces.push({ event, text });
      texts.set(key, pieces);
    }
  }
  const starts = elementStarts(elements, readSideFile);
  return [...texts.values()].flatMap((pieces) => {
    const whole = pieces.map(({ text }) => text).join("");
    return findLeaks(whole, [...LEAK_RULES, ...rules]).map(({ rule, start }) => {
      const from = events[pieces[pieceAt(pieces, start)]?.event ?? 0]?.start ?? 0;
      return { element: starts.findLastIndex((at) => at <= from), rule: rule.id };
    });
  });
}

function pieceAt(pieces: Pieces, offset: number): number {
  let end = 0;
  return pieces.findIndex(({ text }) => offset < (end += text.length));
}

/** The texts of a chat chunk's deltas, by choice and member: content, reasoning, the arguments of tools. */
function* deltasOf(data: string): Generator<[key: string, text: string]> {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch {
    return;
  }
  const choices = (chunk as { choices?: unknown } | null)?.choices;
  if (!Array.isArray(choices)) return;
  for (const choice of choices as { index?: unknown; delta?: unknown }[])
    yield* stringsOf(choice?.delta, `${String(choice?.index)}`);
}

function* stringsOf(value: unknown, path: string): Generator<[string, string]> {
  if (typeof value === "string") yield [path, value];
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      // Tool calls are told apart by their own index, not by their place in the list.
      const index = (item as { index?: unknown } | null)?.index;
      yield* stringsOf(item, `${path}/${typeof index === "number" ? index : key}`);
    }
  }
}
