import { SuiteError } from "../model/index.ts";
import { matches } from "../client/index.ts";
import { SERVER_CHECKS } from "./checks/index.ts";
import type { ServerCheck } from "./model/index.ts";

/** Frozen lists of checks: a profile's demands do not grow with the catalogue. A longer list needs a new name. */
export const SERVER_PROFILES: Readonly<Record<string, readonly string[]>> = {
  // What every client of a chat needs.
  "core-2026": [
    "models/list",
    "models/get",
    "models/callable",
    "auth/no-key",
    "auth/wrong-key",
    "errors/envelope",
    "errors/content-type",
    "errors/unknown-model",
    "errors/fields",
    "chat/answer",
    "chat/usage",
    "stream/content-type",
    "stream/framing",
    "stream/json",
    "stream/done",
    "stream/ends",
    "stream/stable",
    "stream/finish",
    "stream/indices",
    "stream/usage",
    "http/keep-alive",
    "http/complete",
  ],
};

export interface ServerSelection {
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly profile?: string | undefined;
}

/**
 * Selects the checks of a run, in the order of reports.
 * @throws SuiteError if a pattern matches no check, or no check is left
 */
export function selectChecks({ only = [], skip = [], profile }: ServerSelection): readonly ServerCheck[] {
  for (const pattern of [...only, ...skip])
    if (!SERVER_CHECKS.some(({ id }) => matches(pattern, id)))
      throw new SuiteError(
        "no-match",
        {},
        `no check of a server matches ${pattern}`,
        "gatetape server --list names them; * stands for any characters",
      );
  const inProfile = profile === undefined ? undefined : SERVER_PROFILES[profile];
  const chosen = SERVER_CHECKS.filter(
    ({ id }) =>
      (inProfile === undefined || inProfile.includes(id)) &&
      (only.length === 0 || only.some((pattern) => matches(pattern, id))) &&
      !skip.some((pattern) => matches(pattern, id)),
  );
  if (chosen.length === 0)
    throw new SuiteError(
      "no-match",
      {},
      "no check is left",
      "leave out some of --only, --skip and --profile",
    );
  return chosen;
}
