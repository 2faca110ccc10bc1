import { type Adjusted, type Pair, fieldsOf } from "../import/index.ts";
import { objectsOf } from "./read.ts";

/** The headers of a HAR's message, adjusted to HTTP/1. */
export function headersOf(value: unknown, side: string, adjusted: Adjusted): Pair[] {
  return fieldsOf(
    objectsOf(value).map(({ name, value: text }) => [name, text] as const),
    side,
    adjusted,
  );
}
