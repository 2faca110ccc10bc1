import type { ValidateFunction } from "ajv/dist/2020.js";
import { Random, RecentMap, isObject, newAjv } from "../../../util/index.ts";
import { digestOf } from "../base/index.ts";
import type { Hints } from "./hints.ts";
import { Maker } from "./maker.ts";

export interface Made {
  readonly value: unknown;
  /** False: no attempt matched the schema, or the schema is invalid. */
  readonly valid: boolean;
}

const TRIES = 24;
/** Maximum number of attempts without a value: if the maker finds none, another seed seldom helps. */
const MAX_MISSES = 4;
const validators = new RecentMap<string, ValidateFunction | undefined>(100);

/**
 * Makes a value for a schema and validates it. The maker ignores some keywords, so it is tried with several seeds.
 * @param sparse make only required members first
 */
export function makeStructured(schema: unknown, hints: Hints, seed: string, sparse: boolean): Made {
  const digest = digestOf(schema);
  const validate = validators.getOrMake(digest, () => compileValidator(schema));
  let last: unknown;
  let misses = 0;
  for (let i = 0; i < TRIES; i++) {
    const random = new Random(digestOf(seed, digest, i));
    const value = new Maker(schema, { hints, random, sparse: sparse && i < TRIES / 2 }).make();
    if (value === undefined) {
      if (++misses === MAX_MISSES) break;
      continue;
    }
    if (validate?.(value) === true) return { value, valid: true };
    last ??= value;
    if (validate === undefined) break;
  }
  return { value: last ?? null, valid: false };
}

function compileValidator(schema: unknown): ValidateFunction | undefined {
  if (!isObject(schema) && typeof schema !== "boolean") return undefined;
  try {
    // Ajv does not validate formats; the maker makes them correctly.
    const { $schema: _, $id: __, ...rest } = isObject(schema) ? schema : { not: {} };
    const ajv = newAjv({ strict: false, validateFormats: false, logger: false });
    return ajv.compile(isObject(schema) ? rest : schema);
  } catch {
    return undefined;
  }
}
