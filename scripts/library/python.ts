/** A number as Python's `repr` spells a float: `9e-06`, `0.0`, `0.25`. */
export function pyFloat(value: number): object {
  const raw = (JSON as unknown as { rawJSON(text: string): object }).rawJSON;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return raw(`${value}.0`);
  if (Math.abs(value) >= 1e-4) return raw(String(value));
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  return raw(`${mantissa}e-${String(Math.abs(Number(exponent))).padStart(2, "0")}`);
}
