import type { ValidateFunction } from "ajv/dist/2020.js";
import { Random, RecentMap, isObject, newAjv, timeLimited } from "../../../util/index.ts";
import { digestOf } from "../base/index.ts";
import type { Hints } from "./hints.ts";
import { isShortSchema } from "./short.ts";
import { Maker } from "./maker.ts";

export interface Made {
  readonly value: unknown;
  /** `unchecked`: the schema can't be validated, or is too large for it. */
  readonly fit: "matches" | "differs" | "unchecked";
}

const TRIES = 24;
/** Maximum number of attempts without a value: if the maker finds none, another seed seldom helps. */
const MAX_MISSES = 4;
/** Size (characters) of the largest schema that is compiled to a validator: that takes some 30 ms a KiB. */
const MAX_COMPILED = 128 * 1024;
/** Time (ms) after which the search for a value is given up. */
const MAX_MS = 5000;
const validators = new RecentMap<string, ValidateFunction | undefined>(100);
/** Whether the search for a value has to be stopped when it takes too long, by the schema's hash. */
const limits = new RecentMap<string, boolean>(100);

/**
 * Makes a value for a schema and validates it. The maker ignores some keywords, so it is tried with several seeds. The schema is
 * of a request: it may have patterns that never end, and more branches than a value has time for.
 * @param sparse make only required members first
 */
export function makeStructured(schema: unknown, hints: Hints, seed: string, sparse: boolean): Made {
  let best: Made = { value: null, fit: "differs" };
  const digest = digestOf(schema);
  const search = (): void => {
    for (const made of attempts(schema, digest, hints, seed, sparse)) {
      if (best.value === null || made.fit === "matches") best = made;
    }
  };
  // The limit needs a thread, whose start takes longer than most searches.
  if (limits.getOrMake(digest, () => !isShortSchema(schema))) timeLimited(MAX_MS, search);
  else search();
  return best;
}

/** The values that are made, the last one being the first that matches. */
function* attempts(
  schema: unknown,
  digest: string,
  hints: Hints,
  seed: string,
  sparse: boolean,
): Generator<Made> {
  let validate: ValidateFunction | undefined;
  let misses = 0;
  for (let i = 0; i < TRIES; i++) {
    const random = new Random(digestOf(seed, digest, i));
    const maker = new Maker(schema, { hints, random, sparse: sparse && i < TRIES / 2 });
    const value = maker.make();
    if (value === undefined) {
      if (maker.exhausted || ++misses === MAX_MISSES) return;
      continue;
    }
    yield { value, fit: "unchecked" };
    validate ??= validators.getOrMake(digest, () => compileValidator(schema));
    const fit = validate === undefined ? "unchecked" : fitOf(validate, value);
    yield { value, fit };
    if (fit !== "differs") return;
  }
}

function fitOf(validate: ValidateFunction, value: unknown): Made["fit"] {
  try {
    return validate(value) === true ? "matches" : "differs";
  } catch (error) {
    // Thousands of branches nest the validator's code as deep.
    if (error instanceof RangeError) return "unchecked";
    throw error;
  }
}

function compileValidator(schema: unknown): ValidateFunction | undefined {
  if (!isObject(schema) && typeof schema !== "boolean") return undefined;
  if (JSON.stringify(schema).length > MAX_COMPILED) return undefined;
  try {
    // Ajv does not validate formats; the maker makes them correctly.
    const { $schema: _, $id: __, ...rest } = isObject(schema) ? schema : { not: {} };
    const ajv = newAjv({ strict: false, validateFormats: false, logger: false });
    return ajv.compile(isObject(schema) ? rest : schema);
  } catch {
    return undefined;
  }
}
