import { isPseudonym } from "../../secrets/index.ts";
import { GatetapeError } from "../../util/index.ts";

export type KeyNameErrorCode = "label" | "no-variable" | "no-key";

/** Error for an entry of the map that names keys. */
export class KeyNameError extends GatetapeError<KeyNameErrorCode> {
  override readonly name = "KeyNameError";
}

const FROM_ENVIRONMENT = /^env:\s*(\w+)$/;

/**
 * Keys by their labels in cassettes.
 * @param given keys by label; `env:NAME` stands for a variable of `env`
 * @throws KeyNameError if a label is none, or a variable is not set
 */
export function namedKeys(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(given).map(([label, value]) => {
      if (!isPseudonym(label))
        throw new KeyNameError(
          "label",
          { option: "--keys" },
          `${JSON.stringify(label)} is no label of a key`,
          "name a key as a cassette does: sk-1=env:MY_KEY",
        );
      return [label, keyIn(label, value, env)];
    }),
  );
}

function keyIn(label: string, value: string, env: Readonly<Record<string, string | undefined>>): string {
  const [, variable] = FROM_ENVIRONMENT.exec(value) ?? [];
  const key = variable === undefined ? value : (env[variable] ?? "");
  if (key.trim() !== "") return key.trim();
  throw variable === undefined
    ? new KeyNameError("no-key", { option: "--keys" }, `${label} has no key`, `write ${label}=env:MY_KEY`)
    : new KeyNameError(
        "no-variable",
        { option: "--keys" },
        `${label} is env:${variable}, and there is no such variable in the environment`,
        `export ${variable}=sk-…`,
      );
}
