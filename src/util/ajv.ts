import type { AnySchema } from "ajv";
import type { Ajv2020, Options, ValidateFunction } from "ajv/dist/2020.js";
import { builtValidator } from "./built-validators.ts";
import { lazyPackage } from "./module/index.ts";

const ajv = lazyPackage<typeof import("ajv/dist/2020.js")>("ajv/dist/2020.js");

/**
 * Ajv for JSON Schema 2020-12, loaded when first needed: a mock that only serves lists starts without it. The
 * schemas are ours and tested, so they are not validated themselves, and the generated code is not optimised: both cost
 * more at the start than they ever give back.
 */
export function newAjv(options: Options): Ajv2020 {
  const { Ajv2020 } = ajv();
  return new Ajv2020({ meta: false, validateSchema: false, code: { optimize: false }, ...options });
}

/** A JSON Schema of gatetape itself. */
export interface OwnSchema {
  /** Name under which the build keeps its validator. */
  readonly name: string;
  readonly schema: AnySchema;
  readonly options: Options;
}

/** The validator of an own schema: that of the build, or in the sources one that is compiled now. */
export function validatorOf<T = unknown>({ name, schema, options }: OwnSchema): ValidateFunction<T> {
  const built = builtValidator(name) as ValidateFunction<T> | undefined;
  return built ?? newAjv(options).compile<T>(schema);
}
