import type { ServingFlags } from "../../config/index.ts";
import { BUNDLED, FaultError, type MockOptions } from "../../mock/index.ts";
import { oglVersion } from "../../openapi/index.ts";
import { UsageError } from "./errors.ts";
import { type Io, located } from "./io.ts";
import { variables } from "./upstream.ts";

/** Bytes of a MiB. */
export const MIB: number = 1024 * 1024;

/** Mock options for the flags of a command. */
export function servingOptions(flags: ServingFlags, io: Pick<Io, "cwd" | "env">): MockOptions {
  return {
    ...(flags.ogl === undefined ? {} : { ogl: oglVersion(flags.ogl) }),
    cassettes: (flags.cassettes ?? [BUNDLED]).filter((path) => path !== "none"),
    world: flags.world,
    ...(flags.keys === undefined ? {} : { keys: flags.keys, env: variables(io) }),
    sessionPerCassette: flags.sessionPerCassette ?? false,
    policy: flags.policy,
    speed: flags.speed ?? 1,
    strict: flags.strict ?? false,
    faultModels: flags.faultModels ?? false,
    ...(flags.dialect === undefined ? {} : { dialects: flags.dialect }),
    ...(flags.replies === undefined ? {} : { replies: flags.replies }),
    ...(flags.respond === undefined ? {} : { respond: flags.respond }),
    pace: { ttft: flags.ttft ?? 0, tps: flags.tps ?? Infinity, jitter: flags.jitter ?? 0 },
    maxBody: Math.floor(flags.maxBody * MIB),
    ...(flags.searchRefresh === undefined ? {} : { searchRefresh: flags.searchRefresh }),
    faults: flags.fault ?? [],
    faultSeed: flags.faultSeed ?? 0,
  };
}

/** Resolves the paths of cassettes and world relative to `io.cwd`. */
export function locatedServing<F extends ServingFlags>(flags: F, io: Pick<Io, "cwd">): F {
  const path = (name: string): string => (NO_PATHS.has(name) ? name : located(io, name));
  return {
    ...flags,
    world: path(flags.world),
    ...(flags.cassettes === undefined ? {} : { cassettes: flags.cassettes.map(path) }),
  };
}

/** Words with a meaning of their own instead of a path. */
const NO_PATHS: ReadonlySet<string> = new Set([BUNDLED, "none", "default", "off"]);

/** Rethrows an error. @throws UsageError for a wrong `--fault`, otherwise the error itself */
export function explainFault(error: unknown): never {
  if (!(error instanceof FaultError)) throw error;
  const { location, reason, fix } = error;
  throw new UsageError("option", { option: "--fault", ...location }, reason, fix ?? "see docs/faults.md", {
    cause: error,
  });
}
