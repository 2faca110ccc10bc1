import type { ValidateFunction } from "ajv/dist/2020.js";
import { type OwnSchema, plainJson, validatorOf } from "../../util/index.ts";
import schema from "./cassette-1.schema.json" with { type: "json" };

/** The form of cassettes, version 1. Its validator stops at the first error. */
export const CASSETTE_SCHEMA: OwnSchema = {
  name: "cassette",
  schema,
  options: { strict: false, allErrors: false },
};

let compiled: ValidateFunction | undefined;

/** The validator of cassettes, version 1, made when it is first needed. */
export function cassetteValidator(): ValidateFunction {
  return (compiled ??= validatorOf(CASSETTE_SCHEMA));
}

/** The first reason for which a value is no cassette of version 1, with its JSON pointer; `undefined` if it is one. */
export function schemaProblem(cassette: unknown): { pointer: string; message: string } | undefined {
  const validate = cassetteValidator();
  if (validate(plainJson(cassette))) return undefined;
  const [error] = validate.errors ?? [];
  return { pointer: error?.instancePath ?? "", message: error?.message ?? "not valid" };
}
