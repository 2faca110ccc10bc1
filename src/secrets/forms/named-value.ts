import type { Strength } from "../names/index.ts";

/** A value that stands under a telling name. */
export interface NamedValue {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** True for a number: what replaces it needs quotes. */
  readonly bare?: boolean;
}

export type StrengthOf = (name: string) => Strength | undefined;
