import { type PyDict, type PyValue, plainDecimal } from "./value.ts";

/** The location of a value: `["body", "messages", 0]`. */
export type Loc = readonly (string | number)[];

/** An entry of a 422's `detail`, its members in the order in which they are sent. */
export interface PydanticError {
  readonly type: string;
  readonly loc: Loc;
  readonly msg: string;
  readonly input: PyValue;
  readonly ctx?: PyDict;
  /** Set only if the application passes on pydantic's own errors, not FastAPI's. */
  readonly url?: string;
}

type Ctx = readonly (readonly [string, PyValue])[];

const s = (count: number): string => (count === 1 ? "" : "s");

/** A limit in a message: an int as it is, a float without exponent and without `.0`. */
const shown = (limit: bigint | number): string =>
  typeof limit === "bigint" ? String(limit) : plainDecimal(limit);

/**
 * The errors of pydantic 2.12 that requests can cause: type, message and `ctx`. The wordings are those on the wire, seen in
 * the captures or from pydantic 2.12.5 itself (`test/live/pydantic`).
 */
export const ERRORS = {
  missing: (): Fault => fault("missing", "Field required"),
  boolType: (): Fault => fault("bool_type", "Input should be a valid boolean"),
  boolParsing: (): Fault =>
    fault("bool_parsing", "Input should be a valid boolean, unable to interpret input"),
  intType: (): Fault => fault("int_type", "Input should be a valid integer"),
  intParsing: (): Fault =>
    fault("int_parsing", "Input should be a valid integer, unable to parse string as an integer"),
  intParsingSize: (): Fault =>
    fault("int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size"),
  intFromFloat: (): Fault =>
    fault("int_from_float", "Input should be a valid integer, got a number with a fractional part"),
  finiteNumber: (): Fault => fault("finite_number", "Input should be a finite number"),
  floatType: (): Fault => fault("float_type", "Input should be a valid number"),
  floatParsing: (): Fault =>
    fault("float_parsing", "Input should be a valid number, unable to parse string as a number"),
  greaterThan: (gt: bigint | number): Fault =>
    fault("greater_than", `Input should be greater than ${shown(gt)}`, [["gt", gt]]),
  greaterThanEqual: (ge: bigint | number): Fault =>
    fault("greater_than_equal", `Input should be greater than or equal to ${shown(ge)}`, [["ge", ge]]),
  lessThan: (lt: bigint | number): Fault =>
    fault("less_than", `Input should be less than ${shown(lt)}`, [["lt", lt]]),
  lessThanEqual: (le: bigint | number): Fault =>
    fault("less_than_equal", `Input should be less than or equal to ${shown(le)}`, [["le", le]]),
  stringType: (): Fault => fault("string_type", "Input should be a valid string"),
  stringUnicode: (): Fault =>
    fault("string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string"),
  stringTooShort: (min: number): Fault =>
    fault("string_too_short", `String should have at least ${min} character${s(min)}`, [
      ["min_length", BigInt(min)],
    ]),
  stringTooLong: (max: number): Fault =>
    fault("string_too_long", `String should have at most ${max} character${s(max)}`, [
      ["max_length", BigInt(max)],
    ]),
  patternMismatch: (pattern: string): Fault =>
    fault("string_pattern_mismatch", `String should match pattern '${pattern}'`, [["pattern", pattern]]),
  listType: (): Fault => fault("list_type", "Input should be a valid list"),
  dictType: (): Fault => fault("dict_type", "Input should be a valid dictionary"),
  tooShort: (what: "List" | "Dictionary", min: number, actual: number): Fault =>
    fault("too_short", `${what} should have at least ${min} item${s(min)} after validation, not ${actual}`, [
      ["field_type", what],
      ["min_length", BigInt(min)],
      ["actual_length", BigInt(actual)],
    ]),
  tooLong: (what: "List" | "Dictionary", max: number, actual: number): Fault =>
    fault("too_long", `${what} should have at most ${max} item${s(max)} after validation, not ${actual}`, [
      ["field_type", what],
      ["max_length", BigInt(max)],
      ["actual_length", BigInt(actual)],
    ]),
  modelAttributesType: (): Fault =>
    fault("model_attributes_type", "Input should be a valid dictionary or object to extract fields from"),
  modelType: (name: string): Fault =>
    fault("model_type", `Input should be a valid dictionary or instance of ${name}`, [["class_name", name]]),
  enum: (expected: string): Fault => fault("enum", `Input should be ${expected}`, [["expected", expected]]),
  literal: (expected: string): Fault =>
    fault("literal_error", `Input should be ${expected}`, [["expected", expected]]),
  noneRequired: (): Fault => fault("none_required", "Input should be None"),
  /** The error for a key that is no Unicode text. */
  invalidKey: (): Fault => fault("invalid_key", "Keys should be strings"),
  extraForbidden: (): Fault => fault("extra_forbidden", "Extra inputs are not permitted"),
  /** The error for a ValueError of a validator. Its `ctx` holds the exception, which FastAPI encodes as an empty object. */
  value: (message: string): Fault => fault("value_error", `Value error, ${message}`, [["error", new Map()]]),
  assertion: (message: string): Fault =>
    fault("assertion_error", `Assertion failed, ${message}`, [["error", new Map()]]),
  jsonInvalid: (message: string): Fault => fault("json_invalid", "JSON decode error", [["error", message]]),
};

/** An error without its location. */
export interface Fault {
  readonly type: string;
  readonly msg: string;
  readonly ctx?: PyDict;
}

function fault(type: string, msg: string, ctx?: Ctx): Fault {
  return ctx === undefined ? { type, msg } : { type, msg, ctx: new Map(ctx) };
}

/** An error with its location, and the input that caused it. */
export function errorAt(found: Fault, loc: Loc, input: PyValue): PydanticError {
  const { type, msg, ctx } = found;
  return ctx === undefined ? { type, loc, msg, input } : { type, loc, msg, input, ctx };
}
