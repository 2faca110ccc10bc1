import { type Io, UsageError } from "../support/index.ts";

/** Address and key of the gateway for the command. */
export interface Address {
  /** URL without a path: `http://127.0.0.1:41003`. */
  readonly url: string;
  readonly key: string;
}

/** Hosts for NO_PROXY: loopback is not reached by a proxy. */
const LOOPBACK = "127.0.0.1,localhost,::1";

/**
 * Environment of the command: the variables that clients of OpenAI and OGL read, as docs/gate.md lists them, and those of
 * `--env`.
 */
export function makeEnvironment(
  address: Address,
  given: readonly (readonly [name: string, value: string])[],
  env: Io["env"],
): Record<string, string> {
  const { url, key } = address;
  const base = `${url}/v1`;
  const outside = env["NO_PROXY"] ?? env["no_proxy"] ?? "";
  const noProxy = outside === "" ? LOOPBACK : `${outside},${LOOPBACK}`;
  return {
    OPENAI_BASE_URL: base,
    OPENAI_API_BASE: base,
    OPENAI_API_KEY: key,
    OGL_URL: url,
    OGL_TOKEN: key,
    OGL_API_KEY: key,
    OGL_TEST_URL: url,
    OGL_TEST_TOKEN: key,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    ...Object.fromEntries(given.map(([name, value]) => [name, expanded(value, address)])),
  };
}

/** A shorter text occurs in values by chance, e.g. in PATH: there only a whole value is a key. */
const MIN_KEY_PART = 8;

/**
 * Variables for a command that must not see a key: another one stands for it, in whatever variable it is, alone or within a
 * longer value, also percent-encoded.
 */
export function withoutKey(
  variables: Readonly<Record<string, string | undefined>>,
  kept: string,
  other: string,
): Record<string, string | undefined> {
  const spellings = kept.length < MIN_KEY_PART ? [] : [kept, encodeURIComponent(kept)];
  const replaced = (value: string): string =>
    value === kept
      ? other
      : spellings.reduce((text, spelling) => text.replaceAll(spelling, () => other), value);
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value === undefined ? value : replaced(value)]),
  );
}

/** Replaces `{url}`, `{base}` and `{key}` in a text; other braces stay. */
export function expanded(text: string, { url, key }: Address): string {
  return text.replaceAll("{url}", url).replaceAll("{base}", `${url}/v1`).replaceAll("{key}", key);
}

/** Finds the key for a live gateway that the command itself is to send. @throws UsageError if there is none */
export function findUpstreamKey(env: Io["env"]): string {
  for (const name of ["OPENAI_API_KEY", "OGL_API_KEY", "OGL_TOKEN"]) {
    const key = env[name];
    if (key !== undefined && key !== "") return key;
  }
  throw new UsageError(
    "option",
    {},
    "there is no key for the upstream",
    "--upstream-key-env NAME, --key KEY, or export OPENAI_API_KEY",
  );
}
