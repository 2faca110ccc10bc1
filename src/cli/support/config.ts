import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { type Command, Option } from "commander";
import { type SanitizeConfig, sanitizeRulesOf } from "../../cassette/index.ts";
import { type Config, parseSpeed, sectionOptions } from "../../config/index.ts";
import type { SanitizeRules } from "../../secrets/index.ts";
import { checkConfig } from "./config-check.ts";
import { loadConfigFile } from "./config-file.ts";
import { UsageError } from "./errors.ts";
import { type Io, located } from "./io.ts";

/** The names under which a config is looked for. */
export const CONFIG_NAMES = [
  "gatetape.config.mts",
  "gatetape.config.mjs",
  "gatetape.config.js",
  "gatetape.config.json",
] as const;

/** `--config FILE` and `--no-config`, for every command that reads the config. */
export function addConfigOptions(command: Command): Command {
  return command
    .addOption(new Option("--config <file>", `config to use (default: ${CONFIG_NAMES[0]} in this folder)`))
    .addOption(new Option("--no-config", "use no config"));
}

/**
 * The flags of a command where they were given, else the settings of its section of the config, else the defaults.
 *
 * @param section of the config: its paths are relative to the config's folder
 * @throws UsageError if the config can't be used
 */
export async function withConfig<F extends { readonly config?: string | boolean }>(
  section: "mock" | "record",
  flags: F,
  command: Command,
  io: Io,
): Promise<F & { readonly configFile?: string }> {
  const file = flags.config === false ? undefined : configFile(flags.config, io);
  if (file === undefined) return flags;
  const settings = settingsOf(section, await readConfig(file), file);
  const unset = Object.entries(settings).filter(([name]) => command.getOptionValueSource(name) !== "cli");
  return { ...flags, ...Object.fromEntries(unset), configFile: file };
}

/** The settings of a section as flags have them: paths from the working directory, the pace as a number. */
function settingsOf(section: "mock" | "record", config: Config, file: string): Record<string, unknown> {
  const settings: Readonly<Record<string, unknown>> = { ...config[section] };
  const values = sectionOptions(section)
    .filter(({ name }) => settings[name] !== undefined)
    .map(({ name, kind }): [string, unknown] => {
      const value = settings[name];
      if (kind === "file") return [name, besideConfig(value as string, file)];
      if (kind === "files") return [name, (value as string[]).map((path) => besideConfig(path, file))];
      if (kind === "speed" && typeof value === "string") return [name, parseSpeed(value)];
      return [name, value];
    });
  return Object.fromEntries(values);
}

/**
 * What the config says under `sanitize`, as it stands there; a pattern that can't be used is told where it stands.
 * @throws UsageError or CassetteError
 */
export async function sanitizeConfig(config: string | boolean | undefined, io: Io): Promise<SanitizeConfig> {
  const file = config === false ? undefined : configFile(config, io);
  if (file === undefined) return {};
  const { sanitize = {} } = await readConfig(file);
  sanitizeRulesOf(file, sanitize);
  return sanitize;
}

/**
 * The rules of the config's `sanitize`, for every command that writes cassettes; none if there is no config.
 * @throws UsageError, or CassetteError for a pattern that can't be used
 */
export async function sanitizeRules(config: string | boolean | undefined, io: Io): Promise<SanitizeRules> {
  const file = config === false ? undefined : configFile(config, io);
  if (file === undefined) return {};
  const { sanitize = {} } = await readConfig(file);
  return sanitizeRulesOf(file, sanitize);
}

/** @throws UsageError */
export async function readConfig(file: string): Promise<Config> {
  return checkConfig(file, await loadConfigFile(file)) as Config;
}

/** The file that was named, or the one that is in the working directory. */
function configFile(named: string | boolean | undefined, io: Io): string | undefined {
  if (typeof named === "string") return located(io, named);
  const found = CONFIG_NAMES.filter((name) => existsSync(located(io, name)));
  if (found.length > 1)
    throw new UsageError(
      "config",
      {},
      `there is more than one config: ${found.join(", ")}`,
      "keep one of them, or choose with --config",
    );
  if (found.length === 0 && existsSync(located(io, "gatetape.config.ts")))
    throw new UsageError(
      "config",
      {},
      "gatetape.config.ts is not read: Node can't load a .ts with `export default` in a commonjs package",
      "rename it to gatetape.config.mts",
    );
  return found[0] === undefined ? undefined : located(io, found[0]);
}

/** What stands for no file where one could be named. */
const WORDS = new Set(["bundled", "none", "default", "off"]);

function besideConfig(path: string, file: string): string {
  return WORDS.has(path) || isAbsolute(path) ? path : join(dirname(file), path);
}
