import type { ValidateFunction } from "ajv/dist/2020.js";

/**
 * A validator that the build has compiled beforehand, which takes most of the time of a start otherwise. The build replaces this
 * file; the sources have none.
 */
export function builtValidator(_name: string): ValidateFunction | undefined {
  return undefined;
}
