import type { AnySchema, ErrorObject, ValidateFunction } from "ajv";

/** Mark of a union of a declared type with what is taken beside it: only the declared type is worth a message. */
export const WIDENED = "x-gatetape-widened";

/**
 * Reduces the errors of each union to those of one branch: the one that the value was meant for. A value has one type, so the
 * other branches say nothing about it.
 *
 * @param errors of a validator with `allErrors` and `verbose`
 * @param validatorOf gives the validator of a branch, with the same options
 */
export function reduceUnions(
  errors: readonly ErrorObject[],
  validatorOf: (branch: AnySchema) => ValidateFunction,
): ErrorObject[] {
  const reduced: ErrorObject[] = [];
  for (let at = errors.length - 1; at >= 0; at--) {
    const error = errors[at] as ErrorObject;
    if (!isUnion(error)) {
      reduced.push(error);
      continue;
    }
    const branches = branchErrors(error, validatorOf);
    // The errors of all branches stand right before that of their union.
    at -= branches.reduce((sum, branch) => sum + branch.length, 0);
    for (const meant of meantErrors(error, branches, validatorOf).toReversed()) reduced.push(meant);
  }
  return reduced.toReversed();
}

function isUnion({ keyword, schema }: ErrorObject): boolean {
  return (keyword === "anyOf" || keyword === "oneOf") && Array.isArray(schema);
}

function branchErrors(
  { schema, data }: ErrorObject,
  validatorOf: (branch: AnySchema) => ValidateFunction,
): ErrorObject[][] {
  return (schema as AnySchema[]).map((branch) => {
    const validate = validatorOf(branch);
    return validate(data) ? [] : [...(validate.errors ?? [])];
  });
}

/** The errors of the branch that the value was meant for; the union's own error if the value is of no branch's type. */
function meantErrors(
  union: ErrorObject,
  branches: readonly ErrorObject[][],
  validatorOf: (branch: AnySchema) => ValidateFunction,
): ErrorObject[] {
  const all = branches.flat();
  const reducedOf = (branch: readonly ErrorObject[]): ErrorObject[] =>
    reduceUnions(branch, validatorOf).map((error) => ({
      ...error,
      instancePath: union.instancePath + error.instancePath,
    }));
  if (WIDENED in (union.parentSchema ?? {})) return reducedOf(branches[0] ?? []);
  if (branches.every((branch) => branch.some(isTypeOfAll))) return [noType(union, all)];
  const ranked = branches.toSorted((a, b) => branchDistance(a) - branchDistance(b));
  return reducedOf(ranked[0] ?? []);
}

function isTypeOfAll({ keyword, instancePath }: ErrorObject): boolean {
  return keyword === "type" && instancePath === "";
}

/** Distance of a value from a branch: far if its type is another, or a constant that tells branches apart; else its errors. */
function branchDistance(errors: readonly ErrorObject[]): number {
  const isTag = ({ keyword, instancePath }: ErrorObject): boolean =>
    (keyword === "const" || keyword === "enum") && /^(?:\/[^/]*)?$/.test(instancePath);
  return (
    errors.filter((error) => isTypeOfAll(error)).length * 10_000 +
    errors.filter((error) => isTag(error)).length * 100 +
    errors.length
  );
}

/** The error for a value whose type none of the branches has. */
function noType(union: ErrorObject, errors: readonly ErrorObject[]): ErrorObject {
  const types = new Set(
    errors.filter(isTypeOfAll).flatMap(({ params }) => (params as { type?: string | string[] }).type ?? []),
  );
  return { ...union, keyword: "type", message: `must be ${[...types].join(" or ")}` };
}
