import { type Command, Option } from "commander";
import { type SanitizeConfig, sanitizeRulesOf } from "../../cassette/index.ts";
import { collect } from "../../config/index.ts";
import type { SanitizeRules } from "../../secrets/index.ts";
import { addConfigOptions, configFile, readConfig } from "./config.ts";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";

/** Flags that say what is a secret. */
export interface SanitizeFlags {
  readonly config?: string | boolean;
  readonly keep?: readonly string[];
  readonly redact?: "personal";
}

/** Adds `--config`, `--no-config`, `--keep` and `--redact`, for commands that write or judge cassettes. */
export function addSanitizeOptions(command: Command): Command {
  return addRedactOption(addConfigOptions(command)).addOption(
    new Option(
      "--keep <regex>",
      "let a text pass that this matches as a whole, like `keep` of the config; may be repeated",
    ).argParser(collect),
  );
}

/** Adds `--redact personal`. */
export function addRedactOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--redact <what>",
      "personal: also replace phone numbers, IBAN, NIR and card numbers with right check digits, names in home folders, obfuscated addresses",
    ).choices(["personal"]),
  );
}

/**
 * Raw `sanitize` section of the config together with `--keep`, whose patterns have been checked.
 * @throws UsageError for an invalid config or flag, CassetteError for an invalid pattern of the config
 */
export async function sanitizeConfig(
  { config, keep = [], redact }: SanitizeFlags,
  io: Io,
): Promise<SanitizeConfig> {
  const personal = redact === undefined ? {} : { redact: [redact] };
  keep.map(keepPatternOf);
  const file = config === false ? undefined : configFile(config, io);
  if (file === undefined) return { keep, ...personal };
  const { sanitize = {} } = await readConfig(file);
  sanitizeRulesOf(file, sanitize);
  return { ...sanitize, keep: [...(sanitize.keep ?? []), ...keep], ...personal };
}

/**
 * Rules of sanitizing by the config and `--keep`, for commands that write or judge cassettes.
 * @throws UsageError for an invalid config or flag, CassetteError for an invalid pattern of the config
 */
export async function sanitizeRules(flags: SanitizeFlags, io: Io): Promise<SanitizeRules> {
  return sanitizeRulesOf("the config", await sanitizeConfig(flags, io));
}

function keepPatternOf(source: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch (error) {
    throw new UsageError(
      "option",
      { option: "--keep" },
      (error as Error).message,
      "correct the regular expression; quote it for the shell",
      { cause: error },
    );
  }
}
