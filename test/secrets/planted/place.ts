/** A place of an exchange that holds a secret. */
import type { Random } from "../../support/random.ts";
import type { Exchange } from "./exchange.ts";
import type { Name, Spelling } from "./names.ts";

/** Text to plant. */
export interface Planting {
  readonly name: string;
  readonly value: string;
  readonly random: Random;
}

export interface Place {
  /** What says the secret: a form of text, or a part of HTTP or JSON. */
  readonly form: string;
  /** The part of the exchange where that stands. */
  readonly carrier: string;
  readonly spelling: Spelling;
  readonly takes: RegExp;
  readonly languages?: readonly Name["language"][];
  /** Why the value is a secret there: its name, the form itself, the value, or an exchange that has taught it. */
  readonly by: "name" | "form" | "value" | "lesson";
  /** Whether the place takes names that count only in headers, queries, variables and flags. */
  readonly strict: boolean;
  /** Whether only values stand there that look random: nobody thinks up a key that a server makes. */
  readonly random?: boolean;
  plant(planting: Planting): Exchange;
  /** Another exchange of the same run, which teaches the secret. */
  lesson?(planting: Planting): Exchange;
  /** The text to look for, if only a part of the value is planted. @default the value */
  needle?(value: string): string;
}

/** Spellings of places that take names which have other meanings elsewhere. */
export const STRICT: ReadonlySet<Spelling> = new Set(["header", "variable", "flag", "parameter"]);

/** Makes a place; without a name it says by itself that a secret stands there. */
export const place = (
  form: string,
  carrier: string,
  spelling: Spelling,
  plant: Place["plant"],
  more: Partial<Place> = {},
): Place => ({
  form,
  carrier,
  spelling,
  takes: /^/,
  by: spelling === "none" ? "form" : "name",
  strict: STRICT.has(spelling),
  plant,
  ...more,
});
