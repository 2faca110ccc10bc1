import { type Command, Option } from "commander";
import { BUNDLED, FaultError, type MockOptions, type Respond } from "../../mock/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, oglVersion } from "../../openapi/index.ts";
import { UsageError } from "./errors.ts";
import { type Io, located } from "./io.ts";
import { collect, parseAmount, parsePart, parseRate, parseSeed, parseSpeed } from "./options.ts";

/** What a mock answers with; the same for every command that serves one. */
export interface ServingFlags {
  readonly ogl?: string;
  readonly cassettes?: string[];
  readonly world: string;
  readonly policy: "reject" | "observe";
  readonly speed?: number;
  readonly strict?: boolean;
  readonly respond?: Respond;
  readonly ttft?: number;
  readonly tps?: number;
  readonly jitter?: number;
  readonly fault?: string[];
  readonly faultSeed?: number;
}

export function addServingOptions(command: Command): Command {
  return command
    .option(
      "-c, --cassettes <path>",
      `cassette file or folder, instead of the bundled library; may be repeated ("${BUNDLED}" adds that library, "none" loads nothing)`,
      collect,
    )
    .addOption(
      new Option(
        "--ogl <version>",
        `generation of OGL to be; next is experimental (default: the world's, else "${DEFAULT_OGL_VERSION}")`,
      ).choices([...OGL_VERSIONS]),
    )
    .option(
      "--speed <speed>",
      "pace of the replay: original (the default), instant, or a factor like 4x",
      parseSpeed,
    )
    .option(
      "--world <world>",
      "file that says which models, keys, limits and budgets exist; default: any key, and the models that the cassettes know; off: only play cassettes",
      "default",
    )
    .addOption(
      new Option(
        "--policy <policy>",
        "a request that does not keep to the OpenAPI: reject it with 422, or observe (let it pass)",
      )
        .choices(["reject", "observe"])
        .default("reject"),
    )
    .option("--strict", "answer only what a cassette has; without it, what nobody recorded is synthesized")
    .option("--ttft <ms>", "milliseconds before the first token of a synthesized answer", parseAmount)
    .option("--tps <rate>", "tokens a second of a synthesized answer (default: all at once)", parseRate)
    .option(
      "--jitter <part>",
      "by what part the time between two of its tokens differs at most, from 0 to 1",
      parsePart,
    )
    .option(
      "--fault <fault>",
      "spoil answers: OPERATION=FAULT, as in chat.stream=reset@3; may be repeated; docs/faults.md has all",
      collect,
    )
    .option("--fault-seed <number>", "seed for what is random in faults (default: 0)", parseSeed);
}

export function servingOptions(flags: ServingFlags): MockOptions {
  return {
    ...(flags.ogl === undefined ? {} : { ogl: oglVersion(flags.ogl) }),
    cassettes: (flags.cassettes ?? [BUNDLED]).filter((path) => path !== "none"),
    world: flags.world,
    policy: flags.policy,
    speed: flags.speed ?? 1,
    strict: flags.strict ?? false,
    ...(flags.respond === undefined ? {} : { respond: flags.respond }),
    pace: { ttft: flags.ttft ?? 0, tps: flags.tps ?? Infinity, jitter: flags.jitter ?? 0 },
    faults: flags.fault ?? [],
    faultSeed: flags.faultSeed ?? 0,
  };
}

/** The flags with the paths of cassettes and world as `io.cwd` makes them. */
export function locatedServing<F extends ServingFlags>(flags: F, io: Pick<Io, "cwd">): F {
  const path = (name: string): string => (NO_PATHS.has(name) ? name : located(io, name));
  return {
    ...flags,
    world: path(flags.world),
    ...(flags.cassettes === undefined ? {} : { cassettes: flags.cassettes.map(path) }),
  };
}

/** Words that stand where a path could. */
const NO_PATHS: ReadonlySet<string> = new Set([BUNDLED, "none", "default", "off"]);

/** @throws UsageError for a fault that can't be followed, else the error itself */
export function explainFault(error: unknown): never {
  if (!(error instanceof FaultError)) throw error;
  const { location, reason, fix } = error;
  throw new UsageError("option", { option: "--fault", ...location }, reason, fix, { cause: error });
}
