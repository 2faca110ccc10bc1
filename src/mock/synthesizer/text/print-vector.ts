import { reprFloat } from "../../../asgi/index.ts";

/** Decimal places of a printed number, as a model with 32-bit floats gives them. */
const UNIT = 1e8;
/** Below, Python prints a float with an exponent. */
const LEAST = 1e4;
const HALF = 1e4;
/** Length of the longest text of a float, with its comma. */
const MAX_FLOAT = 26;

const MINUS = 0x2d;
const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;

/** The four digits of each number below 10,000. */
const DIGITS = Buffer.from(Array.from({ length: HALF }, (_, i) => String(i).padStart(4, "0")).join(""));

/** Makes a function that prints vectors of at most `length` numbers, with commas between these and eight decimal places. */
export function vectorPrinter(length: number): (vector: ArrayLike<number>) => Uint8Array {
  const bytes = Buffer.allocUnsafe(length * MAX_FLOAT);
  return (vector) => {
    let at = 0;
    for (let i = 0; i < vector.length; i++) {
      if (i > 0) bytes[at++] = COMMA;
      const units = Math.round((vector[i] as number) * UNIT);
      const size = Math.abs(units);
      if (size >= LEAST && size < UNIT) {
        if (units < 0) bytes[at++] = MINUS;
        at = printFraction(bytes, at, size);
      } else at += bytes.write(reprFloat(units / UNIT + 0), at, "latin1");
    }
    return Buffer.from(bytes.subarray(0, at));
  };
}

/**
 * Prints a number of units below 1. A fraction of eight decimal places is the shortest text of the float next to it, so its digits are
 * those that Python and JavaScript print.
 *
 * @returns the end
 */
function printFraction(bytes: Uint8Array, start: number, size: number): number {
  bytes[start] = ZERO;
  bytes[start + 1] = POINT;
  const high = Math.trunc(size / HALF);
  printFour(bytes, start + 2, high);
  printFour(bytes, start + 6, size - high * HALF);
  let end = start + 10;
  while (bytes[end - 1] === ZERO) end--;
  return end;
}

function printFour(bytes: Uint8Array, at: number, number: number): void {
  const from = number * 4;
  bytes[at] = DIGITS[from] as number;
  bytes[at + 1] = DIGITS[from + 1] as number;
  bytes[at + 2] = DIGITS[from + 2] as number;
  bytes[at + 3] = DIGITS[from + 3] as number;
}
