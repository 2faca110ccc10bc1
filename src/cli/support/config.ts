import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { type Command, Option } from "commander";
import { type SanitizeConfig, sanitizeRulesOf } from "../../cassette/index.ts";
import type { MockOptions } from "../../mock/index.ts";
import type { RecordMode, RecorderOptions } from "../../recorder/index.ts";
import type { SanitizeRules } from "../../secrets/index.ts";
import { checkConfig } from "./config-check.ts";
import { loadConfigFile } from "./config-file.ts";
import { UsageError } from "./errors.ts";
import { type Io, located } from "./io.ts";
import { parseSpeed } from "./options.ts";

/** The names under which a config is looked for. */
export const CONFIG_NAMES = [
  "gatetape.config.mts",
  "gatetape.config.mjs",
  "gatetape.config.js",
  "gatetape.config.json",
] as const;

/** A config that was checked. The public type of it, with its defaults, is `Config` of the package. */
export interface ConfigFile {
  readonly $schema?: string;
  readonly mock?: MockSection;
  readonly record?: RecordSection;
  readonly sanitize?: SanitizeConfig;
}

export interface RecordSection {
  readonly upstream?: string;
  readonly out?: string;
  readonly port?: number;
  readonly host?: string;
  readonly ogl?: NonNullable<RecorderOptions["ogl"]>;
  readonly mode?: RecordMode;
  readonly upstreamKeyEnv?: string;
  readonly ca?: readonly string[];
  readonly keepWaits?: boolean;
  readonly redactPrompts?: boolean;
  readonly keepAborted?: boolean;
  readonly failOnDrift?: boolean;
  readonly maxAge?: number;
}

export interface MockSection {
  readonly port?: number;
  readonly host?: string;
  readonly ogl?: NonNullable<MockOptions["ogl"]>;
  readonly cassettes?: readonly string[];
  readonly speed?: number | string;
  readonly world?: string;
  readonly strict?: boolean;
  readonly respond?: NonNullable<MockOptions["respond"]>;
  readonly ttft?: number;
  readonly tps?: number;
  readonly jitter?: number;
  readonly policy?: NonNullable<MockOptions["policy"]>;
}

/** `--config FILE` and `--no-config`, for every command that reads the config. */
export function addConfigOptions(command: Command): Command {
  return command
    .addOption(new Option("--config <file>", `config to use (default: ${CONFIG_NAMES[0]} in this folder)`))
    .addOption(new Option("--no-config", "use no config"));
}

/**
 * The flags of `gatetape mock` where they were given, else what the config says, else the defaults of the flags.
 * @throws UsageError if the config can't be used
 */
export async function mockFlags<F extends { readonly config?: string | boolean }>(
  flags: F,
  command: Command,
  io: Io,
): Promise<F & { readonly configFile?: string }> {
  const file = flags.config === false ? undefined : configFile(flags.config, io);
  if (file === undefined) return flags;
  const { mock = {} } = await readConfig(file);
  const { cassettes, speed, world, ...rest } = mock;
  const settings = {
    ...rest,
    ...(world === undefined ? {} : { world: besideConfig(world, file) }),
    ...(cassettes ? { cassettes: cassettes.map((path) => besideConfig(path, file)) } : {}),
    ...(speed === undefined ? {} : { speed: typeof speed === "number" ? speed : parseSpeed(speed) }),
  };
  const unset = Object.entries(settings).filter(([name]) => command.getOptionValueSource(name) !== "cli");
  return { ...flags, ...Object.fromEntries(unset), configFile: file };
}

/**
 * The flags of `gatetape record`, likewise.
 * @throws UsageError if the config can't be used
 */
export async function recordFlags<F extends { readonly config?: string | boolean }>(
  flags: F,
  command: Command,
  io: Io,
): Promise<F & { readonly configFile?: string }> {
  const file = flags.config === false ? undefined : configFile(flags.config, io);
  if (file === undefined) return flags;
  const { record = {} } = await readConfig(file);
  const { out, ca, ...rest } = record;
  const settings = {
    ...rest,
    ...(out === undefined ? {} : { out: besideConfig(out, file) }),
    ...(ca === undefined ? {} : { ca: ca.map((path) => besideConfig(path, file)) }),
  };
  const unset = Object.entries(settings).filter(([name]) => command.getOptionValueSource(name) !== "cli");
  return { ...flags, ...Object.fromEntries(unset), configFile: file };
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
export async function readConfig(file: string): Promise<ConfigFile> {
  return checkConfig(file, await loadConfigFile(file)) as ConfigFile;
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
