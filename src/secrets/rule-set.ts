import { ALL_FAMILIES, type Family } from "./family.ts";
import type { StrengthOf } from "./forms/index.ts";
import {
  type Strength,
  credentialHeader,
  plainName,
  strengthOfField,
  strengthOfParameter,
} from "./names/index.ts";
import { PERSONAL_RULES } from "./personal.ts";
import { type LeakRule, PATTERN_RULES } from "./rules.ts";

/** Rules of a user beside those of gatetape. */
export interface SanitizeRules {
  /** Names of headers whose whole value is a secret. */
  readonly headers?: readonly string[];
  /** Names of query and form parameters whose value is one. */
  readonly query?: readonly string[];
  /** Names of JSON members and form fields whose value is one. */
  readonly fields?: readonly string[];
  readonly patterns?: readonly LeakRule[];
  /** Values that one of these matches as a whole stay. */
  readonly keep?: readonly RegExp[];
  /** `hash` (the default) leaves hash, type and size of large base64; `keep` leaves it as it is. */
  readonly blobs?: "hash" | "keep";
  /** Data of people that is replaced beside secrets. */
  readonly redact?: readonly "personal"[];
}

/** All that is looked for, in the form in which it is looked for. */
export interface RuleSet {
  readonly patterns: readonly LeakRule[];
  readonly families: readonly Family[];
  readonly fieldStrength: StrengthOf;
  readonly parameterStrength: StrengthOf;
  /** For names in texts, which may be those of fields or of headers. */
  readonly nameStrength: StrengthOf;
  readonly headerKind: (name: string) => "authorization" | "cookie" | undefined;
  readonly kept: (value: string) => boolean;
  readonly blobs: boolean;
}

/** A name like `X-Session-Id` is that of a header, whose value counts whatever it looks like. */
function asHeader(name: string, strength: Strength | undefined): Strength | undefined {
  return strength !== undefined && /^x-/i.test(name) ? "strong" : strength;
}

/** Compiles the rules of a user together with those that gatetape knows. */
export function ruleSet(rules: SanitizeRules = {}): RuleSet {
  const { patterns = [], keep = [], blobs = "hash", redact = [] } = rules;
  const personal = redact.includes("personal") ? PERSONAL_RULES : [];
  const names = (list: readonly string[] = []): ReadonlySet<string> => new Set(list.map(plainName));
  const headers = names(rules.headers);
  const query = names(rules.query);
  const fields = names(rules.fields);
  const whole = keep.map(({ source, flags }) => new RegExp(`^(?:${source})$`, flags.replace("g", "")));
  return {
    patterns: [...PATTERN_RULES, ...personal, ...patterns],
    families: [...ALL_FAMILIES, ...patterns.map(({ family }) => family)],
    fieldStrength: (name) => strengthOfField(name, fields),
    nameStrength: (name) =>
      asHeader(name, strengthOfField(name, fields)) ??
      (headers.has(plainName(name)) || query.has(plainName(name)) ? "strong" : undefined),
    parameterStrength: (name) => strengthOfParameter(name, new Set([...query, ...fields])),
    headerKind: (name) => credentialHeader(name, headers),
    kept: whole.length === 0 ? () => false : (value) => whole.some((pattern) => pattern.test(value)),
    blobs: blobs === "hash",
  };
}

/** The rules of gatetape alone. */
export const DEFAULT_RULES: RuleSet = ruleSet();
