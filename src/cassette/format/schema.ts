import type { ValidateFunction } from "ajv/dist/2020.js";
import { newAjv } from "../../util/index.ts";
import schema from "./cassette-1.schema.json" with { type: "json" };

let compiled: ValidateFunction | undefined;

/** The validator of cassettes, version 1, compiled when it is first needed. It stops at the first error. */
export function cassetteValidator(): ValidateFunction {
  compiled ??= newAjv({ strict: false, allErrors: false }).compile(schema);
  return compiled;
}
