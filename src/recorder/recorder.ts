import { readFileSync } from "node:fs";
import { CASSETTE_SUFFIX, type SanitizeConfig } from "../cassette/index.ts";
import type { Trace } from "../exchange/index.ts";
import { PlayedTraces, checkPlayed } from "../mock/index.ts";
import { DEFAULT_OGL_VERSION, type OglVersion, specOf } from "../openapi/index.ts";
import {
  type Listener,
  type ProxyEnv,
  Upstream,
  UpstreamError,
  type UpstreamTarget,
  createGateway,
  listen,
  parseUpstream,
  proxyFor,
} from "../server/index.ts";
import { problemText, version } from "../util/index.ts";
import { askGeneration } from "./ask-generation.ts";
import { Counters } from "./counters.ts";
import {
  RecordError,
  type RecordMode,
  type RecorderEvent,
  type RecorderStats,
  type RecordingSummary,
  requestTitle,
  type WorkerOptions,
} from "./model/index.ts";
import { type Plan, recordPlan } from "./modes.ts";
import { OpenRequests, recorderTap, workerListener } from "./tap.ts";
import { WorkerClient } from "./worker/index.ts";

export interface RecorderOptions {
  /** The gateway's base URL, with or without `/v1`. Not needed where nothing is recorded. */
  readonly upstream?: string;
  /** A cassette to record into (`NAME.cassette.json`), or a folder that gets one for each operation. */
  readonly out: string;
  /** @default "all" */
  readonly mode?: RecordMode;
  /** The name of one interaction to record again; all others are played. */
  readonly only?: string;
  /** The generation whose OpenAPI the traffic is held against. @default "0.4.5" */
  readonly ogl?: OglVersion;
  /**
   * Requests `/openapi.json` of the upstream once, without a credential, to say if it is of another generation. Not through a proxy, nor
   * with `ca`.
   * @default false
   */
  readonly askGeneration?: boolean;
  /** Keeps the waits of earlier recordings whose bytes did not change. */
  readonly keepWaits?: boolean;
  /** Replaces the text of prompts and answers by filler. */
  readonly redactPrompts?: boolean;
  /** Rules for secrets beside those of gatetape, as in the config file. */
  readonly sanitize?: SanitizeConfig;
  /** Records answers that a client left, as far as they came; such an interaction never ends when it is played. */
  readonly keepAborted?: boolean;
  /** The upstream's key, in place of what clients send. */
  readonly upstreamKey?: string;
  /** Files of certificates (PEM) that are trusted beside the system's. */
  readonly ca?: readonly string[];
  /** For `HTTPS_PROXY` and `NO_PROXY`. @default process.env */
  readonly env?: ProxyEnv;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** Divides the waits of played answers. @default 1 */
  readonly speed?: number;
  readonly onEvent?: (event: RecorderEvent) => void;
}

export interface RunningRecorder extends Listener {
  /** Whether anything is recorded: a mode may only play. */
  readonly records: boolean;
  readonly upstream: UpstreamTarget | undefined;
  readonly stats: Readonly<RecorderStats>;
  /** The base URL for clients. */
  readonly baseUrl: string;
  /** Settled when all exchanges that are over have been worked on: they are in the recording log, or it was said why not. */
  settled(): Promise<void>;
  /**
   * Checks that all interactions of the recording were played, and that nothing else was asked. While something is recorded
   * all is well.
   * @throws PlayedError that names each difference
   */
  expectAllPlayed(): void;
  /** Ends open exchanges and writes the cassettes. */
  finish(): Promise<RecordingSummary>;
}

/**
 * Starts a recorder.
 * @throws RecordError or CassetteError if the options can't be followed, or ListenError if the port is not available
 */
export async function startRecorder(options: RecorderOptions): Promise<RunningRecorder> {
  const target =
    options.upstream === undefined ? undefined : withOptions(() => parseUpstream(String(options.upstream)));
  const { out } = options;
  const folder = !out.endsWith(CASSETTE_SUFFIX);
  if (folder && out.endsWith(".json"))
    throw new RecordError(
      "name",
      {},
      `${out} is not the name of a cassette`,
      `name it ${out.replace(/\.json$/, CASSETTE_SUFFIX)}, or give a folder`,
    );
  const ogl = options.ogl ?? DEFAULT_OGL_VERSION;
  const plan = recordPlan({ mode: options.mode ?? "all", only: options.only, out, folder, ogl });
  const counters = new Counters(options.onEvent ?? (() => {}));
  if (plan.records && target === undefined)
    throw new RecordError(
      "no-upstream",
      {},
      `mode ${options.mode ?? "all"} records into ${out}, and there is no upstream to record`,
      "name the upstream, or bring the cassette and use mode none",
    );
  const requests = new OpenRequests(ogl);
  const played = new PlayedTraces();
  const worker = plan.records
    ? await WorkerClient.start(workerOptions(options, plan, target), workerListener(counters, requests))
    : undefined;
  try {
    const gateway = createGateway({
      spec: specOf(ogl),
      sources: plan.sources(upstreamOf(options, target ?? NOWHERE)),
      recorder: recorderTap({
        keepAborted: options.keepAborted ?? false,
        target: target ?? NOWHERE,
        worker,
        counters,
        requests,
      }),
      speed: options.speed ?? 1,
      onTrace: (trace) => {
        if (!plan.records) played.add(trace);
        notifyOf(trace, ogl, counters);
      },
    });
    const listener = await listen(gateway, {
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      // It is the upstream that closes idle connections, and that says whether to continue.
      keepAliveMs: 0,
      wantsBody: () => !plan.streams,
      // It judges requests as OGL's server does, for which it holds some of them back; here the upstream judges.
      h11: false,
    });
    if (plan.records) void adviseGeneration(options, target, ogl, counters);
    const close = async (): Promise<void> => void (await finish());
    let finished: Promise<RecordingSummary> | undefined;
    const finish = (): Promise<RecordingSummary> =>
      (finished ??= recordingSummary(listener, requests, counters, worker));
    return {
      ...listener,
      close,
      records: plan.records,
      upstream: target,
      stats: counters.stats,
      baseUrl: `${listener.url}/v1`,
      expectAllPlayed: () => {
        if (!plan.records) checkPlayed(played, { entries: plan.library?.entries ?? [], replies: [] });
      },
      settled: () => worker?.idle() ?? Promise.resolve(),
      finish,
    };
  } catch (error) {
    await worker?.close();
    throw error;
  }
}

/** Turns errors of the upstream's address or proxy into errors of the recorder's options. */
function withOptions<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UpstreamError)
      throw new RecordError("upstream", error.location, error.reason, error.fix, { cause: error });
    throw error;
  }
}

/** Stands in for the upstream if nothing is recorded; it is never connected to. */
const NOWHERE = parseUpstream("http://upstream.invalid");

function upstreamOf(options: RecorderOptions, target: UpstreamTarget): Upstream {
  return new Upstream({
    target,
    proxy: withOptions(() => proxyFor(target, options.env ?? process.env)),
    ca: options.ca?.map(certificatesOf),
    key: options.upstreamKey,
    keepBodies: false,
  });
}

/** Gives advice if the upstream is of another generation, where that is wanted. */
async function adviseGeneration(
  options: RecorderOptions,
  target: UpstreamTarget | undefined,
  ogl: OglVersion,
  counters: Counters,
): Promise<void> {
  if (options.askGeneration !== true || target === undefined || !isDirect(options, target)) return;
  const advice = await askGeneration(target.origin + target.prefix, ogl);
  if (advice !== undefined) counters.trouble(advice);
}

/** True if the upstream is reached without a proxy and without certificates of one's own. */
function isDirect(options: RecorderOptions, target: UpstreamTarget): boolean {
  return (options.ca ?? []).length === 0 && proxyFor(target, options.env ?? process.env) === undefined;
}

function certificatesOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = `can't be read: ${(error as Error).message}`;
    throw new RecordError("unreadable", { file }, reason, "give a file of certificates in PEM", {
      cause: error,
    });
  }
}

function workerOptions(
  options: RecorderOptions,
  plan: Plan,
  target: UpstreamTarget | undefined,
): WorkerOptions {
  return {
    out: options.out,
    folder: !options.out.endsWith(CASSETTE_SUFFIX),
    ogl: options.ogl ?? DEFAULT_OGL_VERSION,
    how: plan.how,
    only: plan.only,
    keepWaits: options.keepWaits ?? false,
    redactPrompts: options.redactPrompts ?? false,
    sanitize: options.sanitize ?? {},
    hosts: target === undefined ? [] : [target.host],
    recordedWith: `gatetape ${version()}`,
    secrets: options.upstreamKey === undefined ? [] : [options.upstreamKey],
  };
}

function notifyOf({ request, answer }: Trace, ogl: OglVersion, counters: Counters): void {
  if (answer.by.kind === "upstream") return;
  counters.stats.requests++;
  counters.played(
    requestTitle(ogl, request.method, request.target),
    answer.by,
    answer.script.head?.status ?? null,
  );
}

async function recordingSummary(
  listener: Listener,
  requests: OpenRequests,
  counters: Counters,
  worker: WorkerClient | undefined,
): Promise<RecordingSummary> {
  await listener.close();
  await requests.none();
  const end = await worker?.close();
  for (const problem of end?.problems ?? []) {
    const { location, reason, fix } = problem;
    counters.trouble(problemText({ location, reason }), fix);
  }
  return {
    files: end?.files ?? [],
    stats: counters.stats,
    withheld: counters.withheld,
    replaced: counters.replaced,
    drift: counters.drift,
    lost: end?.lost ?? 0,
  };
}
