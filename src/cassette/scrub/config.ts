import type { SanitizeRules } from "../../secrets/index.ts";
import { CassetteError } from "../format/index.ts";
import { type Fail, leakRulesOf } from "./rules.ts";

/** The section `sanitize` of the config file. */
export interface SanitizeConfig {
  /** Names of headers whose whole value is a secret, beside those that gatetape knows. */
  readonly headers?: readonly string[];
  /** Names of query and form parameters whose value is a secret. */
  readonly query?: readonly string[];
  /** Names of JSON members and form fields whose value is a secret, at any depth. */
  readonly fields?: readonly string[];
  readonly patterns?: readonly SanitizePattern[];
  /** Regular expressions; a value that is matched as a whole is kept. */
  readonly keep?: readonly string[];
  /** Treatment of large base64 content: replaced by its hash, moved to side files, or kept. */
  readonly blobs?: "hash" | "files" | "keep";
  /** `personal`: phone numbers, IBAN, NIR, card numbers, home folders and obfuscated addresses too. */
  readonly redact?: readonly "personal"[];
}

/** A kind of secret that is known by its form. */
export interface SanitizePattern {
  readonly id: string;
  readonly pattern: string;
  readonly flags?: string;
  readonly prefix: string;
  readonly what?: string;
}

/**
 * Compiles the rules of a config. `blobs: "files"` is for `blobsToSideFiles`, before the sanitizer.
 * @param file what errors call it
 * @throws CassetteError `schema` with a pointer, if a pattern can't be used
 */
export function sanitizeRulesOf(file: string, config: SanitizeConfig): SanitizeRules {
  const { headers = [], query = [], fields = [], patterns = [], keep = [], blobs, redact = [] } = config;
  const fail: Fail = (pointer, reason, fix) => {
    throw new CassetteError("schema", { file, pointer }, reason, fix);
  };
  return {
    headers,
    query,
    fields,
    redact,
    patterns: leakRulesOf(patterns, "/sanitize/patterns", fail),
    keep: keep.map((source, i) => {
      try {
        return new RegExp(source, "u");
      } catch (error) {
        return fail(`/sanitize/keep/${i}`, (error as Error).message, "correct the regular expression");
      }
    }),
    blobs: blobs === "keep" ? "keep" : "hash",
  };
}
