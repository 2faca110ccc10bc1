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
import { controlApi } from "./control/index.ts";
import { FaultRules, faultsOf } from "./faults/index.ts";
import { Player } from "./player/index.ts";
import { Stubs } from "./replies/index.ts";
import { type Pace, type Respond, Synthesizer } from "./synthesizer/index.ts";
import { watchPaths } from "./watch.ts";

/** The word that stands for the library that comes with gatetape in a list of cassettes. */
export const BUNDLED = "bundled";

export interface MockOptions {
  /** The generation of OGL to be. `next` is experimental. @default the world's, else "0.4.5" */
  readonly ogl?: OglVersion;
  /** Cassette files and folders; `"bundled"` is the library that comes with gatetape. @default ["bundled"] */
  readonly cassettes?: readonly string[];
  /**
   * Who and what exists: a world, or the file of one. `default` takes any key and has the models that the cassettes know;
   * `off` refuses nothing and only plays cassettes.
   * @default "default"
   */
  readonly world?: World | string;
  /** The clock of limits, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /**
   * What becomes of a request that does not keep to the OpenAPI: `reject` answers 422 unless exactly that request was
   * recorded, `observe` lets it pass.
   * @default "reject"
   */
  readonly policy?: "reject" | "observe";
  /** Divides every wait; `Infinity` leaves them out. @default 1 */
  readonly speed?: number;
  /** Answers only what a cassette has, and makes nothing up. @default false */
  readonly strict?: boolean;
  /** Answers of your own to what no cassette has; where it gives none, the answer is synthesized. */
  readonly respond?: Respond;
  /** How fast synthesized answers come. @default at once */
  readonly pace?: Pace;
  /** Lets pages of other origins in, which OGL does not. @default false */
  readonly cors?: boolean;
  /** Host names beside the loopback ones by which the control API may be reached. */
  readonly allowedHosts?: readonly string[];
  /** What the journal may hold in memory, in bytes. @default 1 MiB */
  readonly journalBytes?: number;
  /** Appends the journal to a file too, as JSON Lines. */
  readonly journalFile?: string;
  /** Faults of the answers, as docs/faults.md writes them: `chat.stream=reset@3`. They compose in their order. */
  readonly faults?: readonly string[];
  /** For the probabilities of faults and what is random in them. @default 0 */
  readonly faultSeed?: number;
  /** Lets clients ask for faults by the header `x-gatetape-fault`. @default false */
  readonly allowHeaderFaults?: boolean;
  /** Asked before all else; what they leave is answered as ever. */
  readonly sources?: readonly Source[];
  /** Called after each exchange. */
  readonly onTrace?: (trace: Trace) => void;
}

export interface Mock {
  /** What is played now. */
  readonly library: Library;
  /** The world that was given; `undefined` where it is the default one, or off. */
  readonly world: World | undefined;
  readonly gateway: Gateway;
  /**
   * The mock as a Hono app, control API included: for use in process (`app.request`), inside another Hono app, or with
   * `serve` of `@hono/node-server`.
   */
  readonly app: Hono;
  /** The exchanges so far, without the secrets in them. */
  readonly journal: Journal;
  /** Interactions added at run time. */
  readonly stubs: Stubs;
  /** What answers are spoiled by. */
  readonly faults: FaultRules;
  /** Forgets how far a session's sequences and faults are, what was added for it alone, and what it used of limits and budgets. */
  resetSession(session: string): void;
  /**
   * Loads the cassettes anew. If one can't be used all stay as they are.
   * @throws CassetteError
   */
  reload(): void;
  /**
   * Loads the cassettes anew whenever a file changes.
   * @param told called after each try, with the error if the old ones were kept
   * @returns what ends it
   */
  watch(notify: (error: CassetteError | undefined) => void): () => void;
}

/**
 * A mock OGL without a port yet.
 * @throws CassetteError for the first cassette that can't be used, FaultError for a fault that can't be followed
 */
export function createMock(options: MockOptions = {}): Mock {
  const given = worldOf(options.world ?? "default");
  const ogl =
    options.ogl ?? (given === "default" || given === "off" ? undefined : given.ogl) ?? DEFAULT_OGL_VERSION;
  const spec = specOf(ogl);
  const paths = (options.cassettes ?? [BUNDLED]).flatMap((path) => {
    if (path !== BUNDLED) return [path];
    return generationOf(ogl).bundled ? [bundledLibrary(ogl)] : [];
  });
  const load = (): Library => loadLibrary({ ogl, paths });
  const stubs = new Stubs(ogl);
  const player = new Player(load(), stubs);
  const faults = new FaultRules(
    spec.operations.list.map(({ id }) => id),
    options.faultSeed ?? 0,
  );
  faults.set(options.faults ?? []);
  const journal = new Journal({
    ...(options.journalBytes === undefined ? {} : { maxBytes: options.journalBytes }),
    ...(options.journalFile === undefined ? {} : { file: options.journalFile }),
  });
  const state = new WorldState(() => (typeof given === "string" ? defaultWorld(player.library) : given), {
    anyKey: given === "default",
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const { strict = false, respond, pace = {} } = options;
  const synthesizer = strict
    ? undefined
    : new Synthesizer({ ogl, state, pace, ...(respond === undefined ? {} : { respond }) });
  const validates = options.policy !== "observe";
  const { access, sources } = answeringParts({ given, spec, state, player, synthesizer, validates });
  const resetSession = (session: string): void => {
    player.reset(session);
    state.reset(session);
    faults.reset(session);
  };
  const gateway = createGateway({
    spec,
    before: options.sources ?? [],
    access: options.cors ? openToBrowsers(access) : access,
    sources,
    faults: faultsOf({ spec, rules: faults, allowHeader: options.allowHeaderFaults ?? false }),
    speed: options.speed ?? 1,
    onTrace: (trace) => {
      journal.add(trace);
      options.onTrace?.(trace);
    },
  });
  const control = controlApi({
    player,
    stubs,
    journal,
    faults,
    resetSession,
    allowedHosts: options.allowedHosts ?? [],
  });
  const app = mockApp({ gateway, control, operations: spec.operations });
  const reload = (): void => {
    player.replaceLibrary(load());
    state.refresh();
  };
  return {
    get library() {
      return player.library;
    },
    world: typeof given === "string" ? undefined : given,
    gateway,
    app,
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
  /** The base URL for clients, `http://127.0.0.1:4010/v1`; for one session, `http://127.0.0.1:4010/s/NAME/v1`. */
  baseUrl(session?: string): string;
}

/**
 * Starts a mock OGL, on a free port of the loopback interface unless told otherwise.
 *
 * @example
 * ```ts
 * await using mock = await startMock({ speed: Infinity });
 * const client = new OpenAI({ baseURL: mock.baseUrl(), apiKey: "sk-anything" });
 * ```
 * @throws CassetteError, or ListenError if the port can't be had
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
    // A route that nobody knows is refused on its head alone, unless it is recorded.
    wantsBody: (method, path) =>
      operations.find(method, path)?.operation.definition.requestBody !== undefined ||
      mock.library.entries.some(({ request }) => request.method === method && request.path === path),
  });
  const close = async (): Promise<void> => {
    await listener.close();
    mock.journal.close();
  };
  const running = {
    ...listener,
    close,
    baseUrl: (session?: string): string =>
      session === undefined ? `${listener.url}/v1` : `${listener.url}/s/${encodeURIComponent(session)}/v1`,
    [Symbol.asyncDispose]: close,
  };
  // Not spread: the library is whatever is played at the time it is asked for.
  return Object.defineProperties(running, Object.getOwnPropertyDescriptors(mock)) as typeof running & Mock;
}

function worldOf(given: World | string): World | "default" | "off" {
  if (given === "default" || given === "off") return given;
  return typeof given === "string" ? loadWorld(given) : checkWorld("the world", given);
}
