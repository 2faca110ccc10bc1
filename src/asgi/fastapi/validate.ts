import type { JsonValue } from "../../openapi/index.ts";
import { ERRORS, type Fault, type Loc, type PydanticError, errorAt } from "./errors.ts";
import { NestedErrors, ValidatorFailure } from "./raise.ts";
import {
  EXACT,
  type Exactness,
  LAX,
  STRICT,
  isRead,
  outOfBounds,
  readBool,
  readFloat,
  readInt,
  readString,
} from "./scalars.ts";
import {
  type DictType,
  type ListType,
  type ModelField,
  type ModelType,
  type ModelValue,
  type Run,
  type Type,
  expectedOf,
  labelOf,
} from "./types.ts";
import { type PyDict, type PyValue, isDict, isFile } from "./value.ts";

/** An accepted value as the type reads it, its nearness to the type, and the number of fields of models set in it. */
export interface Accepted {
  readonly value: unknown;
  readonly exactness: Exactness;
  readonly fieldsSet?: number;
}

/**
 * A list for errors; `undefined` if the caller only needs to know whether there is one, so that the first ends the
 * check.
 */
export type Sink = PydanticError[] | undefined;

/**
 * Validates a value as pydantic 2.12 does in lax Python mode.
 *
 * @param loc location of the value, for the errors
 * @returns `undefined` if the value is refused; the reasons are then added to `errors`
 */
export function validate(type: Type, input: PyValue, loc: Loc, run: Run, errors: Sink): Accepted | undefined {
  const refuse = (fault: Fault): undefined => {
    errors?.push(errorAt(fault, loc, input));
    return undefined;
  };
  switch (type.kind) {
    case "any":
      return { value: input, exactness: STRICT };
    case "none":
      return input === null ? { value: null, exactness: EXACT } : refuse(ERRORS.noneRequired());
    case "nullable":
      return input === null
        ? { value: null, exactness: EXACT }
        : validate(type.inner, input, loc, run, errors);
    case "bool": {
      const result = readBool(input);
      return isRead(result) ? result : refuse(result);
    }
    case "str": {
      const result = readString(input, type);
      return isRead(result) ? result : refuse(result);
    }
    case "int": {
      const result = readInt(input);
      if (!isRead(result)) return refuse(result);
      const fault = outOfBounds(result.value, type.bounds);
      return fault === undefined ? result : refuse(fault);
    }
    case "float": {
      const result = readFloat(input);
      if (!isRead(result)) return refuse(result);
      const fault = outOfBounds(result.value, type.bounds);
      return fault === undefined ? result : refuse(fault);
    }
    case "enum":
      return type.values.includes(input as JsonValue)
        ? { value: input, exactness: LAX }
        : refuse(ERRORS.enum(expectedOf(type.values)));
    case "literal":
      return type.values.some((value) => equalInPython(value, input))
        ? { value: input, exactness: EXACT }
        : refuse(ERRORS.literal(expectedOf(type.values)));
    case "file":
      return input !== null && isFile(input)
        ? { value: input, exactness: EXACT }
        : refuse(ERRORS.value(`Expected UploadFile, received: <class '${classOf(input)}'>`));
    case "list":
      return validateList(type, input, loc, run, errors, refuse);
    case "dict":
      return validateDict(type, input, loc, run, errors, refuse);
    case "model":
      return validateModel(type, input, loc, run, errors, refuse);
    case "union":
      return validateUnion(type.choices, input, loc, run, errors);
  }
}

type Refuse = (fault: Fault) => undefined;

/** Compares as Python's `==`: a boolean is 0 or 1, and 1 is 1.0. */
function equalInPython(expected: JsonValue, input: PyValue): boolean {
  if (typeof expected !== "boolean") return expected === input;
  if (typeof input === "bigint" || typeof input === "number") return Number(input) === (expected ? 1 : 0);
  return input === expected;
}

function classOf(input: PyValue): string {
  if (typeof input === "string") return "str";
  return Array.isArray(input) ? "list" : "bytes";
}

function validateList(
  type: ListType,
  input: PyValue,
  loc: Loc,
  run: Run,
  errors: Sink,
  refuse: Refuse,
): Accepted | undefined {
  if (!Array.isArray(input)) return refuse(ERRORS.listType());
  const { items, min, max } = type;
  if (max !== undefined && input.length > max) return refuse(ERRORS.tooLong("List", max, input.length));
  const values = new Collected();
  for (const [i, item] of input.entries()) {
    if (!values.add(validate(items, item, [...loc, i], run, errors)) && errors === undefined)
      return undefined;
  }
  if (values.failed) return undefined;
  if (min !== undefined && input.length < min) return refuse(ERRORS.tooShort("List", min, input.length));
  return values.accepted(values.values);
}

function validateDict(
  type: DictType,
  input: PyValue,
  loc: Loc,
  run: Run,
  errors: Sink,
  refuse: Refuse,
): Accepted | undefined {
  if (!isDict(input)) return refuse(ERRORS.dictType());
  const values = new Collected();
  const built = new Map<unknown, unknown>();
  for (const [key, value] of input) {
    const name = validate(type.keys, key, [...loc, key, "[key]"], run, errors);
    const held = validate(type.values, value, [...loc, key], run, errors);
    values.add(name);
    if (!values.add(held) && errors === undefined) return undefined;
    if (name !== undefined && held !== undefined) built.set(name.value, held.value);
  }
  if (values.failed) return undefined;
  const { min, max } = type;
  if (min !== undefined && built.size < min) return refuse(ERRORS.tooShort("Dictionary", min, built.size));
  if (max !== undefined && built.size > max) return refuse(ERRORS.tooLong("Dictionary", max, built.size));
  return values.accepted(built);
}

/** The parts of a container while it is validated. */
class Collected {
  readonly values: unknown[] = [];
  failed = false;
  #exactness: Exactness = EXACT;
  #fieldsSet: number | undefined;

  /** Adds a part. @returns false if it was refused */
  add(part: Accepted | undefined): boolean {
    if (part === undefined) {
      this.failed = true;
      return false;
    }
    this.values.push(part.value);
    if (part.exactness < this.#exactness) this.#exactness = part.exactness;
    if (part.fieldsSet !== undefined) this.#fieldsSet = (this.#fieldsSet ?? 0) + part.fieldsSet;
    return true;
  }

  accepted(value: unknown): Accepted {
    const fieldsSet = this.#fieldsSet;
    return { value, exactness: this.#exactness, ...(fieldsSet !== undefined ? { fieldsSet } : {}) };
  }
}

function validateModel(
  type: ModelType,
  input: PyValue,
  loc: Loc,
  run: Run,
  errors: Sink,
  refuse: Refuse,
): Accepted | undefined {
  if (!isDict(input))
    return refuse(run.fromAttributes ? ERRORS.modelAttributesType() : ERRORS.modelType(type.name));
  const fields = new Map<string, unknown>();
  const extras: PyDict = new Map(input);
  let failed = false;
  let fieldsSet = 0;
  for (const field of type.fields) {
    const key = field.keys.find((name) => input.has(name));
    if (key === undefined) {
      if (!field.required) fields.set(field.name, fallbackOf(field));
      else {
        errors?.push(errorAt(ERRORS.missing(), [...loc, field.keys[0] ?? field.name], input));
        failed = true;
      }
    } else {
      extras.delete(key);
      fieldsSet++;
      const accepted = validateField(type, field, input.get(key) ?? null, [...loc, key], run, errors);
      if (accepted === undefined) failed = true;
      else {
        fields.set(field.name, accepted.value);
        fieldsSet += accepted.fieldsSet ?? 0;
      }
    }
    if (failed && errors === undefined) return undefined;
  }
  for (const [key, value] of extras) {
    const fault = faultOfExtra(type, key);
    if (fault === undefined) continue;
    errors?.push(errorAt(fault, [...loc, key], value));
    failed = true;
  }
  if (failed) return undefined;
  const model: ModelValue = { model: type, fields, extras };
  for (const validator of type.rule?.whole ?? []) {
    if (!guarded(() => validator.check(model, run), input, loc, errors)) return undefined;
  }
  return { value: model, exactness: LAX, fieldsSet: fieldsSet + extras.size };
}

function faultOfExtra(model: ModelType, key: string): Fault | undefined {
  if (model.extra === "ignore") return undefined;
  if (!key.isWellFormed()) return ERRORS.invalidKey();
  return model.extra === "forbid" ? ERRORS.extraForbidden() : undefined;
}

function validateField(
  model: ModelType,
  field: ModelField,
  input: PyValue,
  loc: Loc,
  run: Run,
  errors: Sink,
): Accepted | undefined {
  const before = model.rule?.before?.[field.name];
  if (before !== undefined && !guarded(() => before(input, run), input, loc, errors)) return undefined;
  const accepted = validate(field.type, input, loc, run, errors);
  const after = model.rule?.after?.[field.name];
  if (accepted === undefined || after === undefined) return accepted;
  return guarded(() => after(accepted.value, run), input, loc, errors) ? accepted : undefined;
}

/**
 * Runs a validator of the application.
 *
 * @returns false if it raised an exception that pydantic turns into an error of the value
 */
function guarded(check: () => void, input: PyValue, loc: Loc, errors: Sink): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof ValidatorFailure) errors?.push(errorAt(error.fault, loc, input));
    else if (error instanceof NestedErrors)
      for (const nested of error.errors) errors?.push({ ...nested, loc: [...loc, ...nested.loc] });
    else throw error;
    return false;
  }
}

/** The default of an absent field, which pydantic does not validate. */
export function fallbackOf(field: ModelField): unknown {
  const { fallback } = field;
  return typeof fallback === "number" && field.type.kind === "int" ? BigInt(fallback) : (fallback ?? null);
}

/**
 * Validates a union in smart mode: the first branch that accepts the value unchanged wins, else the nearest. If no branch
 * accepts it, the errors of all branches are given. They are collected only then, since a long list may be wrong for one
 * branch in each of its items.
 */
function validateUnion(
  choices: readonly Type[],
  input: PyValue,
  loc: Loc,
  run: Run,
  errors: Sink,
): Accepted | undefined {
  let best: Accepted | undefined;
  for (const choice of choices) {
    const accepted = validate(choice, input, loc, run, undefined);
    if (accepted === undefined) continue;
    if (accepted.exactness === EXACT && accepted.fieldsSet === undefined) return accepted;
    if (best === undefined || isNearer(accepted, best)) best = accepted;
  }
  if (best === undefined && errors !== undefined)
    for (const choice of choices) validate(choice, input, [...loc, labelOf(choice)], run, errors);
  return best;
}

function isNearer(one: Accepted, other: Accepted): boolean {
  return one.fieldsSet !== undefined && other.fieldsSet !== undefined && one.fieldsSet !== other.fieldsSet
    ? one.fieldsSet > other.fieldsSet
    : one.exactness > other.exactness;
}
