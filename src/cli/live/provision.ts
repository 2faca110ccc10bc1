import { randomBytes } from "node:crypto";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { Command } from "commander";
import { type ProvisionFlags, addOptions } from "../../config/index.ts";
import {
  PRINTED_VALUES,
  type ProvisionPlan,
  type ProvisionStep,
  type World,
  generationOf,
  loadWorld,
  provisionPlan,
} from "../../ogl/index.ts";
import { DEFAULT_OGL_VERSION, type OglVersion, importTools, oglVersion } from "../../openapi/index.ts";
import { parseUpstream } from "../../server/index.ts";
import { type SendLive, liveSender } from "../../suites/index.ts";
import { problemText, visible } from "../../util/index.ts";
import {
  type CommandIo,
  UsageError,
  certificateFile,
  count,
  keyFrom,
  located,
  onSignals,
} from "../support/index.ts";
import { type AdminApi, adminApi, refuseExisting } from "./admin-api.ts";
import { readLiveOpenApi, requiredUrl } from "./live-server.ts";

const HELP = `
Makes a fresh OGL look like a world, over its admin API: models with a provider, roles, users, keys. It only creates, and
stops before the first request that writes if something of the same name is there.

Examples:
  gatetape provision --world world.json              prints the requests
  gatetape provision --url http://127.0.0.1:8000 --world world.json --model-url http://gatetape:4010 \\
    --apply --keys-file keys.json                    sends them; the key of the admin is in OGL_TOKEN

Exit codes: 0 printed or created, 1 the instance refused a request, 2 wrong usage, or no answer.`;

/** Makes the command `gatetape provision`. */
export function provisionCommand(io: CommandIo): Command {
  return addOptions(new Command("provision"), "provision")
    .description("Make a fresh OGL look like a world, over its admin API.")
    .addHelpText("after", HELP)
    .action((flags: ProvisionFlags) => provision(flags, io));
}

async function provision(flags: ProvisionFlags, io: CommandIo): Promise<void> {
  if (flags.world === undefined)
    throw new UsageError("option", {}, "--world is missing", "gatetape provision --world world.json");
  if (flags.apply && flags.dryRun)
    throw new UsageError("option", {}, "--apply and --dry-run contradict each other", "leave one out");
  const world = loadWorld(located(io, flags.world));
  if (flags.apply) await apply(world, flags, io);
  else {
    const ogl = flags.ogl === undefined ? (world.ogl ?? DEFAULT_OGL_VERSION) : oglVersion(flags.ogl);
    const plan = planFor(world, ogl, flags);
    io.stdout.write(`${planLines(plan).join("\n")}\n`);
    io.stderr.write(`gatetape: nothing was sent; --apply sends ${count(plan.steps.length, "request")}\n`);
  }
}

function planFor(world: World, ogl: OglVersion, { modelUrl }: ProvisionFlags): ProvisionPlan {
  if (modelUrl !== undefined) parseUpstream(modelUrl);
  const { stateRules, hasMaster } = generationOf(ogl);
  return provisionPlan(world, { routerMember: stateRules.routerMember, hasMaster, modelUrl });
}

function planLines({ steps, notes }: ProvisionPlan): string[] {
  return [
    ...notes.map((note) => `# ${visible(note)}`),
    ...steps.map(({ path, body }) => `POST ${path} ${visible(JSON.stringify(body(PRINTED_VALUES)))}`),
  ];
}

async function apply(world: World, flags: ProvisionFlags, io: CommandIo): Promise<void> {
  const { keysFile } = flags;
  if (keysFile === undefined)
    throw new UsageError(
      "option",
      {},
      "--apply needs --keys-file: OGL shows a new key only once",
      "--keys-file keys.json",
    );
  const upstream = parseUpstream(requiredUrl(flags.url, "provision"));
  const key = keyFrom(flags.keyEnv, io, "--key-env");
  const ca = (flags.ca ?? []).map((file) => readFileSync(certificateFile(file, io), "utf8"));
  const end = new AbortController();
  const off = onSignals(io, ["SIGINT", "SIGTERM"], () => end.abort());
  try {
    const timeoutMs = flags.timeout * 1000;
    const send = liveSender({ upstream, ca, timeoutMs, env: io.env, signal: end.signal });
    const plan = planFor(
      world,
      await generationAt(`${upstream.origin}${upstream.prefix}`, send, flags),
      flags,
    );
    const api = adminApi(send, key);
    await refuseExisting(api, plan);
    for (const note of plan.notes) io.stdout.write(`# ${visible(note)}\n`);
    await createAll(plan.steps, api, located(io, keysFile), io);
  } finally {
    off();
  }
}

async function generationAt(base: string, send: SendLive, { ogl }: ProvisionFlags): Promise<OglVersion> {
  if (ogl !== undefined) return oglVersion(ogl);
  const { version, document } = await readLiveOpenApi(base, send);
  const { nearestVersion } = await importTools();
  return nearestVersion(version, document);
}

/** Seconds until something has expired that is to be expired. */
const SOON_S = 5;

/** Sends the steps one after the other, and keeps the keys that they create, also if one is refused. */
async function createAll(
  steps: readonly ProvisionStep[],
  api: AdminApi,
  keysFile: string,
  io: CommandIo,
): Promise<void> {
  const file = newPrivateFile(keysFile);
  const ids = new Map<string, number>();
  const keys = new Map<string, string>();
  const values = {
    idOf: (name: string): number => ids.get(name) ?? 0,
    secret: (text: string): string => text,
    madePassword: (): string => randomBytes(24).toString("base64url"),
    soon: (): number => Math.floor(Date.now() / 1000) + SOON_S,
  };
  try {
    for (const step of steps) {
      const key = step.keyOf === undefined ? undefined : keys.get(step.keyOf);
      const created = await api.create(step.path, step.body(values), key);
      if ("refusal" in created) {
        const reason = `${visible(step.creates)}: ${visible(created.refusal)}`;
        const fix = `${ids.size} of ${steps.length} were created and stay; provision a fresh instance`;
        io.stderr.write(`gatetape: ${problemText({ location: {}, reason, fix })}\n`);
        io.exitCode = 1;
        return;
      }
      ids.set(step.creates, created.id);
      if (step.handsOut !== undefined && created.key !== undefined) {
        keys.set(step.creates, created.key);
        writeKeys(file, keys);
      }
      io.stdout.write(`created ${visible(step.creates)}: ${created.id}\n`);
    }
    io.stdout.write(`${count(keys.size, "key")} in ${visible(keysFile)}\n`);
  } finally {
    closeSync(file);
  }
}

/** Opens a file that nobody else can read. @throws UsageError if it is there already */
function newPrivateFile(file: string): number {
  try {
    return openSync(file, "wx", 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST")
      throw new UsageError(
        "exists",
        { option: "--keys-file", file },
        "is there already",
        "name a new file: nothing was created",
      );
    throw new UsageError(
      "unwritable",
      { option: "--keys-file", file },
      `can't be written: ${message}`,
      "name a file in a folder that can be written: nothing was created",
    );
  }
}

/** Writes the keys by their names, from the beginning of the file. */
function writeKeys(file: number, keys: ReadonlyMap<string, string>): void {
  const byName = Object.fromEntries([...keys].map(([name, key]) => [name.replace(/^key /, ""), key]));
  ftruncateSync(file);
  writeSync(file, `${JSON.stringify({ keys: byName }, undefined, 2)}\n`, 0);
}
