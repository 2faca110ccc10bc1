import type { Random } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";
import { formatted } from "./formats.ts";
import type { Hints } from "./hints.ts";
import { namedNumber, namedString } from "./named.ts";
import { textFor } from "./pattern.ts";

/** Maximum length (characters) of a string made for a schema. */
const MAX_LENGTH = 20_000;

/** Makes a string of the schema's length, format and pattern that suits its name; `undefined` if none was found. */
export function makeString(schema: Json, name: string, hints: Hints, random: Random): string | undefined {
  const min = boundOf(schema["minLength"]) ?? 0;
  const max = boundOf(schema["maxLength"]) ?? Infinity;
  if (min > max || min > MAX_LENGTH) return undefined;
  const { pattern, format } = schema;
  const suits = namedString(name, hints, random);
  if (typeof pattern === "string") {
    const regex = regexOf(pattern);
    const candidates = [suits, ...hints.keywords, ...hints.quoted];
    const found = candidates.find(
      (text) => text !== undefined && regex?.test(text) && [...text].length >= min && [...text].length <= max,
    );
    return found ?? textFor(pattern, min, max, random);
  }
  const exact = typeof format === "string" ? formatted(format, hints, random) : undefined;
  if (exact !== undefined) return exact;
  return sized(suits ?? fallback(hints, random), min, max, hints);
}

function fallback({ keywords, topic }: Hints, random: Random): string {
  return keywords.length > 0 ? random.pick(keywords) : topic || "example";
}

/** Cuts or extends a text to a length, counted in characters as JSON Schema counts them. */
function sized(text: string, min: number, max: number, { sentence }: Hints): string {
  const chars = [...text];
  if (chars.length >= min && chars.length <= max) return text;
  const more = [...` ${sentence === "" ? "example" : sentence}`];
  const missing = Math.max(0, min - chars.length);
  const drawn = [...chars, ...Array.from({ length: missing }, (_, i) => more[i % more.length] ?? " ")];
  return drawn.slice(0, Math.min(max, drawn.length)).join("");
}

function regexOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return undefined;
  }
}

/** Makes a number within the schema's bounds that suits its name; `undefined` if there is none. */
export function makeNumber(
  schema: Json,
  whole: boolean,
  name: string,
  hints: Hints,
  random: Random,
): number | undefined {
  const step =
    typeof schema["multipleOf"] === "number" && schema["multipleOf"] > 0 ? schema["multipleOf"] : undefined;
  const unit = step ?? (whole ? 1 : 0.01);
  const [low, high] = rangeOf(schema, unit);
  if (low > high) return undefined;
  const fits = (value: number): boolean =>
    value >= low &&
    value <= high &&
    (!whole || Number.isInteger(value)) &&
    (step === undefined || Number.isInteger(value / step));
  const suits = [namedNumber(name, hints, random), ...hints.numbers].map((value) =>
    whole && value !== undefined ? Math.round(value) : value,
  );
  const found = suits.find((value) => value !== undefined && fits(value));
  return found ?? between(low, high, unit, step === undefined && !whole, fits, random);
}

/** Reads the bounds of a schema; exclusive ones are numbers (2020-12) or flags (older drafts). */
function rangeOf(schema: Json, unit: number): [low: number, high: number] {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  let low = typeof minimum === "number" ? minimum : -Infinity;
  let high = typeof maximum === "number" ? maximum : Infinity;
  const isAbove = above === true || (typeof above === "number" && above >= low);
  const isBelow = below === true || (typeof below === "number" && below <= high);
  if (isAbove && typeof above === "number") low = above;
  if (isBelow && typeof below === "number") high = below;
  // An exclusive bound is moved inwards by one step, or less in a small range.
  const inside = low < high ? Math.min(unit, (high - low) / 4) : unit;
  return [isAbove ? low + inside : low, isBelow ? high - inside : high];
}

const SPAN = 100;

/** Picks a number between two; without bounds, a small one. */
function between(
  low: number,
  high: number,
  unit: number,
  free: boolean,
  fits: (value: number) => boolean,
  random: Random,
): number | undefined {
  const from = low === -Infinity ? Math.min(0, high - SPAN * unit) : low;
  const to = high === Infinity ? Math.max(from, 0) + SPAN * unit : high;
  if (free && to - from < unit) return from;
  const first = Math.ceil(from / unit);
  const last = Math.floor(to / unit);
  const span = Math.max(1, Math.min(last - first + 1, SPAN));
  const start = random.int(span);
  for (let i = 0; i < span; i++) {
    // Rounded to hide binary fractions: 0.1 * 3 is not 0.3.
    const value = Number(((first + ((start + i) % span)) * unit).toPrecision(12));
    if (fits(value)) return value;
  }
  return fits(from) ? from : fits(to) ? to : undefined;
}

/** Reads a bound on a length or count; `undefined` if it is not a number from 0. */
export function boundOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
