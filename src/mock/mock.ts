import type { Hono } from "hono";
import { CassetteError, type Library, bundledLibrary, loadLibrary } from "../cassette/index.ts";
import type { Source, Trace } from "../exchange/index.ts";
import {
  type World,
  WorldState,
  checkWorld,
  defaultWorld,
  generationOf,
  loadWorld,
  openToBrowsers,
} from "../ogl/index.ts";
import { DEFAULT_OGL_VERSION, type OglVersion, specOf } from "../openapi/index.ts";
import { type Gateway, type ListenOptions, type Listener, createGateway, listen } from "../server/index.ts";
import { Journal } from "../trace/index.ts";
import { answeringParts } from "./answering.ts";
import { mockApp } from "./app.ts";
import { controlApi, controlToken } from "./control/index.ts";
import { embedder } from "./embedder.ts";
import { FaultRules, makeFaults } from "./faults/index.ts";
import { Offload } from "./offload/index.ts";
import { uploadLimit } from "./upload-limit.ts";
import { Player, namedKeys } from "./player/index.ts";
import { Stubs } from "./replies/index.ts";
import { type Pace, type Respond, Synthesizer } from "./synthesizer/index.ts";
import { watchPaths } from "./watch.ts";

/** Word for the bundled library in a list of cassettes. */
export const BUNDLED = "bundled";

const DEFAULT_MAX_BODY = 16 * 1024 * 1024;

export interface MockOptions {
  /** OGL version to mock. `next` is experimental. @default the world's, else "0.4.5" */
  readonly ogl?: OglVersion;
  /** Cassette files and folders; `"bundled"` is the library that comes with gatetape. @default ["bundled"] */
  readonly cassettes?: readonly string[];
  /**
   * World: models, keys, limits, or the path of a world file. `default` takes any key and has the models that the
   * cassettes know; `off` refuses nothing and only plays cassettes.
   * @default "default"
   */
  readonly world?: World | string;
  /**
   * Keys by their labels in cassettes: `{ "sk-2": "env:BAD_KEY" }`. `env:NAME` is a variable of the environment. A key
   * without a label gets a free one of those that its request was recorded with.
   */
  readonly keys?: Readonly<Record<string, string>>;
  /**
   * Play each cassette to the session of its name alone (file name without extension, or path below its folder), so that two may
   * answer the same request. A request without a session plays the first that has an answer.
   * @default false
   */
  readonly sessionPerCassette?: boolean;
  /** Environment for `env:` in `keys` and `controlToken`. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Clock of limits, in ms since the epoch. @default Date.now */
  readonly now?: () => number;
  /**
   * Policy for requests that break the OpenAPI: `reject` answers 422 unless exactly that request was recorded, `observe`
   * lets them pass.
   * @default "reject"
   */
  readonly policy?: "reject" | "observe";
  /** Divides every wait; `Infinity` leaves them out. @default 1 */
  readonly speed?: number;
  /** Answer only from cassettes, never synthesize. @default false */
  readonly strict?: boolean;
  /** Makes answers to requests that no cassette has; if it returns none, the answer is synthesized. */
  readonly respond?: Respond;
  /** Speed of synthesized answers. @default at once */
  readonly pace?: Pace;
  /** Let pages of other origins in, which OGL does not. @default false */
  readonly cors?: boolean;
  /** Host names that may reach the control API, in addition to those of this machine. */
  readonly allowedHosts?: readonly string[];
  /**
   * Token that lets calls of other machines reach the control API, 8 characters at least; `env:NAME` is a variable of the
   * environment.
   * @default a new one, `controlToken` of the mock
   */
  readonly controlToken?: string;
  /** Limit of a request's body, in bytes; a larger one is refused with 413. @default 16 MiB */
  readonly maxBody?: number;
  /** Memory limit of the journal, in bytes. @default 1 MiB */
  readonly journalBytes?: number;
  /** Memory that the state of all sessions may take, in bytes. @default 256 MiB */
  readonly stateBytes?: number;
  /** Time in ms until the vector store shows a change to searches and lists. @default the world's, else 0 */
  readonly searchRefresh?: number;
  /** File to which the journal is appended as JSON Lines. */
  readonly journalFile?: string;
  /** Fault rules in the form of docs/faults.md: `chat.stream=reset@3`. They compose in their order. */
  readonly faults?: readonly string[];
  /** Seed of the faults' probabilities and random choices. @default 0 */
  readonly faultSeed?: number;
  /** Let clients request faults by the header `x-gatetape-fault`. @default false */
  readonly allowHeaderFaults?: boolean;
  /** Sources consulted before all others. */
  readonly sources?: readonly Source[];
  /** Called after each exchange. */
  readonly onTrace?: (trace: Trace) => void;
}

export interface Mock {
  /** Library that is played now. */
  readonly library: Library;
  /** World passed in the options; `undefined` for `default` or `off`. */
  readonly world: World | undefined;
  readonly gateway: Gateway;
  /**
   * The mock as a Hono app, control API included: for use in process (`app.request`), inside another Hono app, or with
   * `serve` of `@hono/node-server`.
   */
  readonly app: Hono;
  /** Token for calls of the control API from other machines: `Authorization: Bearer TOKEN`. */
  readonly controlToken: string;
  /** Exchanges so far, without their secrets. */
  readonly journal: Journal;
  /** Interactions added at run time. */
  readonly stubs: Stubs;
  /** Fault rules of the answers. */
  readonly faults: FaultRules;
  /** Restarts a session's sequences and faults, removes its own interactions, and forgets its use of limits and budgets. */
  resetSession(session: string): void;
  /**
   * Loads the cassettes again. If one is invalid, the old ones stay.
   * @throws CassetteError if a cassette is invalid
   */
  reload(): void;
  /**
   * Loads the cassettes again whenever a file changes.
   * @param notify called after each attempt, with the error if the old cassettes were kept
   * @returns a function that stops watching
   */
  watch(notify: (error: CassetteError | undefined) => void): () => void;
  /** Ends its thread for large requests, if one was started, and closes the journal's file. */
  close(): Promise<void>;
}

/**
 * Creates a mock OGL without a port.
 * @throws CassetteError for the first invalid cassette
 * @throws FaultError for a wrong fault rule, KeyNameError for a wrong entry of `keys`, ControlTokenError for a wrong token
 */
export function createMock(options: MockOptions = {}): Mock {
  const given = readWorld(options.world ?? "default");
  const ogl =
    options.ogl ?? (given === "default" || given === "off" ? undefined : given.ogl) ?? DEFAULT_OGL_VERSION;
  const spec = specOf(ogl);
  const paths = (options.cassettes ?? [BUNDLED]).flatMap((path) => {
    if (path !== BUNDLED) return [path];
    return generationOf(ogl).bundled ? [bundledLibrary(ogl)] : [];
  });
  const load = (): Library =>
    loadLibrary({ ogl, paths, sessionPerCassette: options.sessionPerCassette ?? false });
  const stubs = new Stubs(ogl);
  const keys = namedKeys(options.keys ?? {}, options.env ?? process.env);
  const player = new Player(load(), stubs, new Map([...worldLabels(given), ...keys]));
  const faults = new FaultRules(
    spec.operations.list.map(({ id }) => id),
    options.faultSeed ?? 0,
  );
  faults.set(options.faults ?? []);
  const journal = new Journal({
    ...(options.journalBytes === undefined ? {} : { maxBytes: options.journalBytes }),
    ...(options.journalFile === undefined ? {} : { file: options.journalFile }),
  });
  const offload = new Offload(spec);
  const makeWorld = (): World => (typeof given === "string" ? defaultWorld(player.library) : given);
  const state: WorldState = new WorldState(makeWorld, {
    anyKey: given === "default",
    hasMaster: generationOf(ogl).hasMaster,
    embed: embedder(options.respond, () => state),
    readPdf: (content) => offload.readPdf(content),
    ...(options.searchRefresh === undefined ? {} : { settings: { searchRefresh: options.searchRefresh } }),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.stateBytes === undefined ? {} : { maxBytes: options.stateBytes }),
  });
  const { strict = false, respond, pace = {} } = options;
  const synthesizer = strict
    ? undefined
    : new Synthesizer({
        ogl,
        state,
        pace,
        elsewhere: (work, exchange) => offload.make(work, exchange),
        ...(respond === undefined ? {} : { respond }),
      });
  const maxBody = { bytes: options.maxBody ?? DEFAULT_MAX_BODY, option: "--max-body" };
  const validates = options.policy !== "observe";
  const { access, sources } = answeringParts({ given, spec, state, player, synthesizer, validates });
  const resetSession = (session: string): void => {
    player.reset(session);
    state.reset(session);
    faults.reset(session);
  };
  const gateway = createGateway({
    spec,
    maxBody,
    bodyLimit: (head) => uploadLimit(head, maxBody),
    readElsewhere: (head, body) =>
      offload.read(head, body, player.librariesOf(head.session))?.then(({ exchange, matches }) => {
        if (exchange.insight !== undefined) player.learn(exchange.insight, matches);
        return exchange;
      }),
    before: options.sources ?? [],
    access: options.cors ? openToBrowsers(access) : access,
    sources,
    faults: makeFaults({ spec, rules: faults, allowHeader: options.allowHeaderFaults ?? false }),
    speed: options.speed ?? 1,
    onTrace: (trace) => {
      journal.add(trace);
      options.onTrace?.(trace);
    },
  });
  const token = controlToken(options.controlToken, options.env ?? process.env);
  const control = controlApi({
    player,
    stubs,
    readInteractions: (text) => offload.readInteractions(text),
    maxBody,
    journal,
    faults,
    state,
    resetSession,
    guard: { allowedHosts: options.allowedHosts ?? [], token },
  });
  const app = mockApp({ gateway, control, operations: spec.operations });
  const reload = (): void => {
    player.replaceLibrary(load());
    state.refresh();
  };
  return {
    close: async () => {
      await offload.close();
      journal.close();
    },
    get library() {
      return player.library;
    },
    world: typeof given === "string" ? undefined : given,
    gateway,
    app,
    controlToken: token,
    journal,
    stubs,
    faults,
    resetSession,
    reload,
    watch: (notify) =>
      watchPaths(paths, () => {
        try {
          reload();
          notify(undefined);
        } catch (error) {
          if (!(error instanceof CassetteError)) throw error;
          notify(error);
        }
      }),
  };
}

export interface RunningMock extends Mock, Listener, AsyncDisposable {
  /** Base URL for clients, `http://127.0.0.1:4010/v1`; of one session, `http://127.0.0.1:4010/s/NAME/v1`. */
  baseUrl(session?: string): string;
}

/**
 * Starts a mock OGL, by default on a free port of the loopback interface.
 *
 * @example
 * ```ts
 * await using mock = await startMock({ speed: Infinity });
 * const client = new OpenAI({ baseURL: mock.baseUrl(), apiKey: "sk-anything" });
 * ```
 * @throws CassetteError for the first invalid cassette, ListenError if the port is not available
 */
export async function startMock(
  options: MockOptions & Partial<Omit<ListenOptions, "wantsBody" | "app">> = {},
): Promise<RunningMock> {
  const host = options.host ?? "127.0.0.1";
  const mock = createMock({ ...options, allowedHosts: [...(options.allowedHosts ?? []), host] });
  const { operations } = specOf(mock.library.ogl);
  const listener = await listen(mock.gateway, {
    host,
    port: options.port ?? 0,
    ...(options.keepAliveMs === undefined ? {} : { keepAliveMs: options.keepAliveMs }),
    h11: options.h11 ?? true,
    app: mock.app,
    direct: options.direct ?? true,
    // An unknown route is refused on its head alone, unless it is recorded.
    wantsBody: (method, path) =>
      operations.find(method, path)?.operation.definition.requestBody !== undefined ||
      mock.library.entries.some(({ request }) => request.method === method && request.path === path),
  });
  const close = async (): Promise<void> => {
    await listener.close();
    await mock.close();
  };
  const running = {
    ...listener,
    close,
    baseUrl: (session?: string): string =>
      session === undefined ? `${listener.url}/v1` : `${listener.url}/s/${encodeURIComponent(session)}/v1`,
    [Symbol.asyncDispose]: close,
  };
  // Copied as descriptors, not spread: `library` is a getter of the current library.
  const { close: _, ...parts } = Object.getOwnPropertyDescriptors(mock);
  return Object.defineProperties(running, parts) as typeof running & Mock;
}

/** Keys by the labels that a world names. */
function worldLabels(given: World | "default" | "off"): [label: string, key: string][] {
  if (typeof given === "string") return [];
  return (given.keys ?? []).flatMap(({ key, label }) => (label === undefined ? [] : [[label, key]]));
}

function readWorld(given: World | string): World | "default" | "off" {
  if (given === "default" || given === "off") return given;
  return typeof given === "string" ? loadWorld(given) : checkWorld("the world", given);
}
