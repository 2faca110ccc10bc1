import { parseUpstream, proxyFor } from "../server/index.ts";
import { type LiveGateway, openLiveGateway } from "../suites/index.ts";
import type { ClientFlags } from "./reporting/index.ts";
import {
  type CommandIo,
  UsageError,
  certificateFile,
  keyFrom,
  readTextFile,
  shellQuoted,
} from "./support/index.ts";

/** Live gateway of a run, and the key that it alone gets. */
export interface ClientUpstream {
  readonly gateway: LiveGateway;
  readonly key: string | undefined;
}

/**
 * Opens the gateway of `--upstream`, if there is one.
 * @throws UsageError for options that need `--upstream`, UpstreamError for a wrong URL, SuiteError if no gateway answers
 */
export async function clientUpstream(flags: ClientFlags, io: CommandIo): Promise<ClientUpstream | undefined> {
  if (flags.upstream === undefined) {
    const lonely = LIVE_OPTIONS.find(([name]) => flags[name] !== undefined);
    if (lonely !== undefined)
      throw new UsageError(
        "option",
        { option: lonely[1] },
        `${lonely[1]} is for --upstream`,
        "name the gateway with --upstream URL, or leave it out",
      );
    return undefined;
  }
  const target = parseUpstream(flags.upstream);
  const key = flags.upstreamKeyEnv === undefined ? undefined : keyFrom(flags.upstreamKeyEnv, io);
  const ca = flags.ca?.map((file) =>
    readTextFile(certificateFile(file, io), "check its permissions", "--ca"),
  );
  const gateway = await openLiveGateway({
    route: { target, proxy: proxyFor(target, io.env), ca },
    key,
    chat: flags.model,
    embedding: flags.embeddingModel,
  });
  return { gateway, key };
}

const LIVE_OPTIONS = [
  ["upstreamKeyEnv", "--upstream-key-env"],
  ["ca", "--ca"],
  ["model", "--model"],
  ["embeddingModel", "--embedding-model"],
] as const;

/** The options of a live run as they are typed, for the command that plays a scenario again. */
export function upstreamArguments(flags: ClientFlags): string {
  const { upstream, upstreamKeyEnv, ca = [], model, embeddingModel } = flags;
  const given: readonly (readonly [string, string | undefined])[] = [
    ["--upstream", upstream],
    ["--upstream-key-env", upstreamKeyEnv],
    ...ca.map((file) => ["--ca", file] as const),
    ["--model", model],
    ["--embedding-model", embeddingModel],
  ];
  return given
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name} ${shellQuoted(value)}`]))
    .join("");
}
