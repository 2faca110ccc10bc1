import { rmSync } from "node:fs";
import path from "node:path";
import type { Library, LibraryEntry } from "../../cassette/index.ts";
import type { Source, Trace } from "../../exchange/index.ts";
import { HttpParseError } from "../../http/index.ts";
import { type MockOptions, startMock } from "../../mock/index.ts";
import { DEFAULT_OGL_VERSION, type OglVersion, oglVersion, specOf } from "../../openapi/index.ts";
import { masked } from "../../secrets/index.ts";
import { Upstream, createGateway, listen, parseUpstream, proxyFor } from "../../server/index.ts";
import { Journal } from "../../trace/index.ts";
import { within } from "../../util/index.ts";
import {
  type Io,
  UsageError,
  explainFault,
  keyFrom,
  keyOf,
  located,
  readTextFile,
  certificateFile,
  servingOptions,
  mustBeWritable,
} from "../support/index.ts";
import { findUpstreamKey } from "./environment.ts";
import type { GateFlags } from "./flags.ts";

/** Server that the command talks to: a mock, or a relay to a live gateway. */
export interface GateServer {
  readonly url: string;
  readonly ogl: OglVersion;
  /** Key for the command. */
  readonly key: string;
  /** Key that the command must not see. */
  readonly keptKey?: string;
  /** Secret keys, and pseudonyms of keys. */
  readonly keys: readonly string[];
  readonly library: Library | undefined;
  /** Whether a live gateway answers: then its answers are judged too. */
  readonly live: boolean;
  /** Ended exchanges. */
  readonly traces: readonly Trace[];
  /** Distinct reasons why the live gateway gave no answer. */
  readonly troubles: ReadonlySet<string>;
  /** Ends open exchanges and closes the server. */
  close(): Promise<void>;
}

/** Key for servers that take any key. */
const ANY_KEY = "sk-gatetape-gate";
/** Size limit of the journal: none, since the traffic may be judged again. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** Starts a mock, or a relay to a live gateway. */
export async function startServer(
  flags: GateFlags,
  sources: readonly Source[],
  options: Pick<MockOptions, "respond">,
  io: Io,
): Promise<GateServer> {
  const traces: Trace[] = [];
  const journal = openJournal(flags.journal === undefined ? undefined : located(io, flags.journal));
  const open = new OpenExchanges();
  const onTrace = (trace: Trace): void => {
    traces.push(trace);
    journal?.add(trace);
    open.ended(trace);
  };
  const all = [open, ...sources];
  const server =
    flags.upstream === undefined
      ? await mock(flags, all, options, onTrace, io)
      : await startPair(flags, flags.upstream, all, onTrace, io);
  const close = async (): Promise<void> => {
    await server.close();
    await open.none(CLOSED_MS);
    journal?.close();
  };
  return { ...server, traces, close };
}

/** Time (ms) to wait for the exchanges of destroyed sockets, which end soon after them. */
const CLOSED_MS = 2000;

/** Counter of open exchanges: a source that sees every request and answers none. */
class OpenExchanges implements Source {
  #count = 0;
  #none: () => void = () => {};

  answer(): undefined {
    this.#count++;
  }

  ended({ request }: Trace): void {
    if (request.body === undefined) return; // answered on its head alone: no source saw the request
    this.#count--;
    if (this.#count === 0) this.#none();
  }

  /** Resolves when no exchange is open, or after `ms`. */
  async none(ms: number): Promise<void> {
    if (this.#count === 0) return;
    await within(new Promise<void>((resolve) => (this.#none = resolve)), ms);
  }
}

type Started = Omit<GateServer, "traces">;

async function mock(
  flags: GateFlags,
  sources: readonly Source[],
  options: Pick<MockOptions, "respond">,
  onTrace: (trace: Trace) => void,
  io: Io,
): Promise<Started> {
  const running = await startMock({ ...servingOptions(flags, io), ...options, sources, onTrace }).catch(
    explainFault,
  );
  const { world, library, url } = running;
  const key = flags.key ?? keyOf(world) ?? world?.keys?.[0]?.key ?? ANY_KEY;
  const keys = [key, ...(world?.keys?.map((known) => known.key) ?? [])];
  return {
    url,
    ogl: library.ogl,
    key,
    keys,
    library,
    live: false,
    troubles: new Set(),
    close: () => running.close(),
  };
}

/** Starts a relay to a live gateway, without recording. Requests are read in full before they are forwarded. */
async function startPair(
  flags: GateFlags,
  url: string,
  sources: readonly Source[],
  onTrace: (trace: Trace) => void,
  io: Io,
): Promise<Started> {
  const target = parseUpstream(url);
  const upstreamKey = flags.upstreamKeyEnv === undefined ? undefined : keyFrom(flags.upstreamKeyEnv, io);
  const ogl = oglVersion(flags.ogl ?? DEFAULT_OGL_VERSION);
  const key = flags.key ?? (upstreamKey === undefined ? findUpstreamKey(io.env) : ANY_KEY);
  if (key === upstreamKey) throw sameKey();
  const troubles = new Set<string>();
  const upstream = new Upstream({
    target,
    proxy: proxyFor(target, io.env),
    ca: flags.ca?.map((file) => readTextFile(certificateFile(file, io), "check its permissions", "--ca")),
    key: upstreamKey,
    standIn: key,
  });
  const gateway = createGateway({
    spec: specOf(ogl),
    sources: [...sources, { answer: () => upstream.answer }],
    recorder: {
      finished: ({ trouble }) => {
        if (trouble !== undefined) troubles.add(troubleText(trouble));
        return undefined;
      },
    },
    speed: 1,
    onTrace,
  });
  // The upstream closes idle connections.
  const listener = await listen(gateway, { host: "127.0.0.1", port: 0, keepAliveMs: 0 });
  const keys = [key, ...(upstreamKey === undefined ? [] : [upstreamKey])];
  return {
    url: listener.url,
    ogl,
    key,
    ...(upstreamKey === undefined ? {} : { keptKey: upstreamKey }),
    keys,
    library: undefined,
    live: true,
    troubles,
    close: () => listener.close(),
  };
}

function sameKey(): UsageError {
  return new UsageError(
    "option",
    { option: "--key" },
    "the key for the command is the one that --upstream-key-env keeps from it",
    "leave --key out, or give another one",
  );
}

/** Text for a gateway that gave no answer. That it is no HTTP is told by a quotation of its bytes. */
function troubleText(trouble: Error): string {
  const text = trouble.message || String(trouble);
  return trouble instanceof HttpParseError ? masked(text) : text;
}

function openJournal(file: string | undefined): Journal | undefined {
  if (file === undefined) return undefined;
  mustBeWritable(file, "--journal");
  rmSync(file, { force: true });
  return new Journal({ file, maxBytes: 0, maxFileBytes: UNBOUNDED, maxBody: UNBOUNDED });
}

/** Makes a test for interactions of the named cassettes; the bundled library does not count for coverage. */
export function isOwn(cassettes: readonly string[] = []): (entry: LibraryEntry) => boolean {
  const named = cassettes.filter((name) => !NO_PATHS.has(name)).map((name) => path.resolve(name));
  return ({ file }) => named.some((name) => file === name || file.startsWith(path.join(name, path.sep)));
}

const NO_PATHS: ReadonlySet<string> = new Set(["bundled", "none"]);
