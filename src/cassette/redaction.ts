import { findLeaks, LEAK_RULES } from "./leaks.ts";
import type { MatchRequest } from "./request.ts";

/** Which pseudonym stands for which value, and the reverse, within one session. */
export interface Bindings {
  readonly byPseudonym: Map<string, string>;
  readonly byValue: Map<string, string>;
}

export function newBindings(): Bindings {
  return { byPseudonym: new Map(), byValue: new Map() };
}

/** Secrets and pseudonyms of a text, in order. */
function marksOf(text: string): { start: number; end: number; id: string }[] {
  const marks = findLeaks(text).map(({ rule, start, end }) => ({ start, end, id: rule.id }));
  for (const rule of LEAK_RULES) {
    for (const match of text.matchAll(rule.pseudonymPattern))
      marks.push({ start: match.index, end: match.index + match[0].length, id: rule.id });
  }
  return marks.toSorted((a, b) => a.start - b.start);
}

/** A text with each secret and each pseudonym replaced by the name of its rule. */
function shapeOf(text: string): string {
  let shaped = "";
  let from = 0;
  for (const { start, end, id } of marksOf(text)) {
    shaped += `${text.slice(from, start)}\0${id}\0`;
    from = end;
  }
  return shaped + text.slice(from);
}

/** True if a cassette's request holds pseudonyms: its real values are not known any more. */
export function isRedacted(request: MatchRequest): boolean {
  const text = [request.path, ...request.query.flat(), bodyText(request)].join("\n");
  return LEAK_RULES.some((rule) => text.search(rule.pseudonymPattern) !== -1);
}

/** The request with what was or would be redacted replaced by its shape. */
export function shapedRequest(request: MatchRequest): MatchRequest {
  return {
    ...request,
    path: shapeOf(request.path),
    query: request.query.map(([name, value]) => [name, shapeOf(value)]),
    json:
      request.json === undefined ? undefined : (mapStrings(request.json, shapeOf) as MatchRequest["json"]),
    body: Buffer.from(shapeOf(Buffer.from(request.body).toString("latin1")), "latin1"),
  };
}

/**
 * Pairs the pseudonyms of a recorded request with the values of an incoming one of the same shape; keeps the pairs and
 * gives true if they are one to one with all that the session has seen.
 */
export function bind(bindings: Bindings, recorded: MatchRequest, incoming: MatchRequest): boolean {
  const pairs: [string, string][] = [];
  const pair = (a: string, b: string): void => {
    const marks = marksOf(b);
    for (const [i, { start, end }] of marksOf(a).entries()) {
      const mark = marks[i];
      if (mark !== undefined) pairs.push([a.slice(start, end), b.slice(mark.start, mark.end)]);
    }
  };
  pair(recorded.path, incoming.path);
  for (const [i, [, value]] of recorded.query.entries()) pair(value, incoming.query[i]?.[1] ?? "");
  if (recorded.json !== undefined) pairStrings(recorded.json, incoming.json, pair);
  else pair(bodyText(recorded), bodyText(incoming));
  const fresh = newBindings();
  for (const [pseudonym, value] of pairs) {
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

function bodyText(request: MatchRequest): string {
  return request.json === undefined
    ? Buffer.from(request.body).toString("latin1")
    : JSON.stringify(request.json);
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]));
}

function pairStrings(recorded: unknown, incoming: unknown, pair: (a: string, b: string) => void): void {
  if (typeof recorded === "string") {
    if (typeof incoming === "string") pair(recorded, incoming);
  } else if (
    typeof recorded === "object" &&
    recorded !== null &&
    typeof incoming === "object" &&
    incoming !== null
  ) {
    for (const [key, item] of Object.entries(recorded))
      pairStrings(item, (incoming as Record<string, unknown>)[key], pair);
  }
}
