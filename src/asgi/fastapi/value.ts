/**
 * A value as Python's `json.loads` makes it. An `int` is a bigint and a `float` a number, so that `1` and `1.0` stay
 * apart. A `dict` is a Map, which keeps the order of keys like `"1"` that an object would not. `bytes` are a body that was
 * not read as JSON.
 */
export type PyValue = null | boolean | string | bigint | number | Uint8Array | PyFile | PyValue[] | PyDict;

/** A `dict` of `json.loads`. */
export interface PyDict extends Map<string, PyValue> {}

/** A file of a multipart form. */
export interface PyFile {
  readonly filename: string;
  readonly content: Uint8Array;
  /** The headers of its part, names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
}

export const isDict = (value: unknown): value is PyDict => value instanceof Map;

/** True for an upload. */
export function isFile(value: PyValue): value is PyFile {
  return value !== null && typeof value === "object" && "filename" in value;
}

/** `repr()` of a string, as messages and labels of literals show it. */
export function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`);
  const shown = escaped
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001f\u007f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `${quote}${shown}${quote}`;
}

/**
 * `repr()` of a float: the shortest digits, an exponent from 1e16 up and below 1e-4, always with a point or an
 * exponent.
 */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 16) {
    const plain = plainDecimal(value);
    return plain.includes(".") ? plain : `${plain}.0`;
  }
  const sign = power < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** A finite number without an exponent, as Rust's `Display` prints it in pydantic's messages. */
export function plainDecimal(value: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  const power = Number(exponent);
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  const rest = digits.slice(power + 1);
  return rest === "" ? `${sign}${whole}` : `${sign}${whole}.${rest}`;
}
