import type { Ajv2020, Options } from "ajv/dist/2020.js";
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
