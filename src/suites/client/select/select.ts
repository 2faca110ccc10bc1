import { globPattern } from "../../../util/index.ts";
import { type Scenario, SuiteError } from "../../model/index.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { PROFILES } from "./profiles.ts";

export interface Selection {
  /** Ids of the scenarios to play, or patterns with `*`. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Name of a frozen list. */
  readonly profile?: string;
  /** Part of the scenarios to play. */
  readonly shard?: Shard;
}

export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * Selects the scenarios of a run, in the order of the catalogue.
 * @throws SuiteError if a pattern matches no scenario, the profile is unknown, or no scenario is left
 */
export function selectScenarios(
  selection: Selection = {},
  scenarios: readonly Scenario[] = SCENARIOS,
): readonly Scenario[] {
  const { only = [], skip = [], profile, shard } = selection;
  for (const pattern of [...only, ...skip]) mustMatch(pattern, scenarios);
  const inProfile = profile === undefined ? undefined : new Set(findProfile(profile));
  const chosen = scenarios.filter(
    ({ id }) =>
      (inProfile === undefined || namesOf(id).some((name) => inProfile.has(name))) &&
      (only.length === 0 || only.some((pattern) => matches(pattern, id))) &&
      !skip.some((pattern) => matches(pattern, id)),
  );
  if (chosen.length === 0)
    throw new SuiteError(
      "no-match",
      {},
      "no scenario is left to play",
      "leave out some of --only, --skip and --profile",
    );
  return shard === undefined ? chosen : chosen.filter((_, i) => i % shard.count === shard.index - 1);
}

function findProfile(name: string): readonly string[] {
  const profile = PROFILES[name];
  if (profile === undefined)
    throw new SuiteError(
      "profile",
      {},
      `there is no profile ${name}`,
      `choose one of ${Object.keys(PROFILES).join(", ")}`,
    );
  return profile;
}

function mustMatch(pattern: string, scenarios: readonly Scenario[]): void {
  if (scenarios.some(({ id }) => matches(pattern, id))) return;
  throw new SuiteError(
    "no-match",
    {},
    `no scenario matches ${pattern}`,
    "gatetape scenarios lists them; * stands for any characters",
  );
}

/** Whether the id, or a former one of the scenario, matches the pattern, in which `*` stands for any characters. */
export function matches(pattern: string, id: string): boolean {
  const glob = globPattern(pattern);
  return namesOf(id).some((name) => glob.test(name));
}

/** Former ids of scenarios that were taken apart; they stand for all of their parts. */
export const FORMER_IDS: Readonly<Record<string, readonly string[]>> = {
  "chunk/id-missing-or-changing": [
    "chunk/id-missing",
    "chunk/id-null",
    "chunk/id-changing",
    "chunk/created-missing",
  ],
  "models/nulls-and-extras": [
    "models/ogl-members",
    "models/unknown-member",
    "models/unknown-type",
    "models/created-null",
    "models/owned-by-null",
    "models/limits-null",
  ],
};

/** The id and the former ids of a scenario. */
function namesOf(id: string): string[] {
  const former = Object.entries(FORMER_IDS).filter(([, parts]) => parts.includes(id));
  return [id, ...former.map(([name]) => name)];
}

/**
 * Parses a shard such as `2/5`: the second of five parts.
 * @throws SuiteError if the text is not a shard
 */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > count)
    throw new SuiteError("shard", {}, `${text} is not a shard`, "write it as 2/5: the second of five parts");
  return { index, count };
}
