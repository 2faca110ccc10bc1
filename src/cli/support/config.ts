import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { type Command, Option } from "commander";
import { type Config, parseSpeed, sectionOptions } from "../../config/index.ts";
import { checkConfig } from "./config-check.ts";
import { loadConfigFile } from "./config-file.ts";
import { UsageError } from "./errors.ts";
import { type Io, located } from "./io.ts";

/** File names of a config in the working directory. */
export const CONFIG_NAMES = [
  "gatetape.config.mts",
  "gatetape.config.mjs",
  "gatetape.config.js",
  "gatetape.config.json",
] as const;

/** Adds `--config FILE` and `--no-config`, for commands that read the config. */
export function addConfigOptions(command: Command): Command {
  return command
    .addOption(new Option("--config <file>", `config to use (default: ${CONFIG_NAMES[0]} in this folder)`))
    .addOption(new Option("--no-config", "use no config"));
}

/**
 * Merges flags with the config: given flags first, then the settings of the config's section, then defaults.
 *
 * @param section of the config; its paths are relative to the config's folder
 * @throws UsageError for an invalid config
 */
export async function withConfig<F extends { readonly config?: string | boolean }>(
  section: "mock" | "record",
  flags: F,
  command: Command,
  io: Io,
): Promise<F & { readonly configFile?: string }> {
  const file = flags.config === false ? undefined : configFile(flags.config, io);
  if (file === undefined) return flags;
  const settings = convertSettings(section, await readConfig(file), file);
  const unset = Object.entries(settings).filter(([name]) => command.getOptionValueSource(name) !== "cli");
  return { ...flags, ...Object.fromEntries(unset), configFile: file };
}

/** Converts a section's settings to flags: paths from the working directory, the speed as a number. */
function convertSettings(section: "mock" | "record", config: Config, file: string): Record<string, unknown> {
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

/** Reads and checks a config. @throws UsageError if it is invalid */
export async function readConfig(file: string): Promise<Config> {
  return checkConfig(file, await loadConfigFile(file)) as Config;
}

/** Finds the config: the named file, or the one in the working directory. */
export function configFile(named: string | boolean | undefined, io: Io): string | undefined {
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

/** Words with a meaning of their own in options that take files. */
const WORDS = new Set(["bundled", "none", "default", "off"]);

function besideConfig(path: string, file: string): string {
  return WORDS.has(path) || isAbsolute(path) ? path : join(dirname(file), path);
}
