import type { ValidateFunction } from "ajv/dist/2020.js";
import { newAjv, plainJson } from "../../util/index.ts";
import schema from "./cassette-1.schema.json" with { type: "json" };

let compiled: ValidateFunction | undefined;

/** The validator of cassettes, version 1, compiled when it is first needed. It stops at the first error. */
export function cassetteValidator(): ValidateFunction {
  compiled ??= newAjv({ strict: false, allErrors: false }).compile(schema);
  return compiled;
}

/** The first reason for which a value is no cassette of version 1, with its JSON pointer; `undefined` if it is one. */
export function schemaProblem(cassette: unknown): { pointer: string; message: string } | undefined {
  const validate = cassetteValidator();
  if (validate(plainJson(cassette))) return undefined;
  const [error] = validate.errors ?? [];
  return { pointer: error?.instancePath ?? "", message: error?.message ?? "not valid" };
}
