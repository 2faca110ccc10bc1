import { InvalidArgumentError } from "commander";
import type { GatewayFlags, ServingFlags } from "../../config/index.ts";
import type { ExpectedParam, FailOn, LevelSetting } from "../../suites/index.ts";
import type { ReportTarget } from "../reporting/index.ts";

/** Judging flags that `gate` and `check` share. */
export interface JudgingFlags {
  readonly level?: readonly LevelFlag[];
  readonly maxRps?: number;
  readonly maxAttempts: number;
  readonly param?: readonly ExpectedParam[];
  readonly knownFailures?: string;
  readonly failOn: FailOn;
  readonly report?: ReportTarget[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export interface GateFlags extends ServingFlags, GatewayFlags, JudgingFlags {
  readonly scenario?: string;
  readonly env?: readonly (readonly [name: string, value: string])[];
  readonly key?: string;
  readonly deadline: number;
  readonly expectStdoutToken?: string | true;
  readonly minCoverage?: number;
  readonly config?: string | boolean;
}

/** Level override for the checks that match a pattern. */
export interface LevelFlag {
  readonly pattern: string;
  readonly level: LevelSetting;
}

const LEVELS: readonly LevelSetting[] = ["must", "should", "may", "off"];

/** Parses `CHECK=LEVEL` and adds it to earlier ones. */
export function collectLevel(text: string, before: readonly LevelFlag[] = []): LevelFlag[] {
  const [, pattern, word] = /^([^=]+)=(\w+)$/.exec(text) ?? [];
  const level = LEVELS.find((known) => known === word);
  if (pattern === undefined || level === undefined)
    throw new InvalidArgumentError(
      `Use CHECK=LEVEL with one of ${LEVELS.join(", ")}, as in post/repeated=must.`,
    );
  return [...before, { pattern, level }];
}

/** Parses `NAME=VALUE`, with `{base}`, `{url}` and `{key}` in the value, and adds it to earlier ones. */
export function collectEnv(text: string, before: GateFlags["env"] = []): NonNullable<GateFlags["env"]> {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("Use NAME=VALUE, as in MY_BASE_URL={base}.");
  return [...before, [name, value]];
}

/** Parses `[OPERATION:]NAME=JSON` and adds it to earlier ones. A value that is not JSON is a text. */
export function collectParam(text: string, before: readonly ExpectedParam[] = []): ExpectedParam[] {
  const [, operation, name, value] = /^(?:([\w.]+):)?([^=:]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError(
      "Use NAME=VALUE or OPERATION:NAME=VALUE, as in chat.create:temperature=0.2.",
    );
  const operations = operation === undefined ? ["chat.create", "chat.stream"] : [operation];
  return [...before, ...operations.map((each) => ({ operation: each, name, value: jsonOr(value) }))];
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Parses a percentage, `80` or `80%`. */
export function parsePercent(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)%?$/.exec(text)?.[1]);
  if (!(percent >= 0 && percent <= 100)) throw new InvalidArgumentError("Use a percentage from 0 to 100.");
  return percent;
}
