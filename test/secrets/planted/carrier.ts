import type { Random } from "../../support/random.ts";
import type { Exchange } from "./exchange.ts";

/** A part of an exchange that carries a text. */
export interface Carrier {
  readonly id: string;
  /** Whether the text arrives in parts. */
  readonly cut?: boolean;
  plant(text: string, random: Random): Exchange;
}
