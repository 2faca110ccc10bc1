import { bundledLibrary, CassetteError, type Library, loadLibrary } from "../cassette/index.ts";
import {
  createGateway,
  type Exchange,
  type Gateway,
  listen,
  type Listener,
  type Source,
} from "../gateway/index.ts";
import { DEFAULT_OGL_VERSION, type OglVersion, specOf } from "../spec/index.ts";
import { Journal, type Trace } from "../trace/index.ts";
import { controlApi } from "./control.ts";
import { FaultRules } from "./faults/rules.ts";
import { withFaults } from "./faults/with-faults.ts";
import { Player } from "./player.ts";
import { Stubs } from "./stubs.ts";
import { watchPaths } from "./watch.ts";
import { RefuseInvalid, RequireKey, UnknownRoute } from "./world.ts";

/** The word that stands for the library that comes with gatetape in a list of cassettes. */
export const BUNDLED = "bundled";

export interface MockOptions {
  /** The generation of OGL to be. @default "0.4.5" */
  readonly ogl?: OglVersion;
  /** Cassette files and folders; `"bundled"` is the library that comes with gatetape. @default ["bundled"] */
  readonly cassettes?: readonly string[];
  /**
   * `default` refuses as OGL does what has no key or no route; `off` only plays cassettes.
   * @default "default"
   */
  readonly world?: "default" | "off";
  /**
   * What becomes of a request that does not keep to the OpenAPI: `reject` answers 422 unless exactly that request was
   * recorded, `observe` lets it pass.
   * @default "reject"
   */
  readonly policy?: "reject" | "observe";
  /** Divides every recorded wait; `Infinity` leaves them out. @default 1 */
  readonly speed?: number;
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
  /** Called after each exchange. */
  readonly onTrace?: (trace: Trace) => void;
}

export interface Mock {
  /** What is played now. */
  readonly library: Library;
  readonly gateway: Gateway;
  /** The exchanges so far, without the secrets in them. */
  readonly journal: Journal;
  /** Interactions added at run time. */
  readonly stubs: Stubs;
  /** What answers are spoiled by. */
  readonly faults: FaultRules;
  /** Forgets how far a session's sequences and faults are, and what was added for it alone. */
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
  watch(told: (error: CassetteError | undefined) => void): () => void;
}

/**
 * A mock OGL without a port yet.
 * @throws CassetteError for the first cassette that can't be used, FaultError for a fault that can't be followed
 */
export function createMock(options: MockOptions = {}): Mock {
  const ogl = options.ogl ?? DEFAULT_OGL_VERSION;
  const spec = specOf(ogl);
  const paths = (options.cassettes ?? [BUNDLED]).map((path) =>
    path === BUNDLED ? bundledLibrary(ogl) : path,
  );
  const load = (): Library => loadLibrary({ ogl, paths });
  const stubs = new Stubs(ogl);
  const player = new Player(load(), stubs);
  const faults = new FaultRules(
    spec.operations.list.map(({ id }) => id),
    options.faultSeed ?? 0,
  );
  faults.set(options.faults ?? []);
  const resetSession = (session: string): void => {
    player.reset(session);
    faults.reset(session);
  };
  const journal = new Journal({
    ...(options.journalBytes === undefined ? {} : { maxBytes: options.journalBytes }),
    ...(options.journalFile === undefined ? {} : { file: options.journalFile }),
  });
  const world = options.world !== "off";
  const sources: Source[] = [
    ...(world ? [new RequireKey()] : []),
    ...(options.policy === "observe" ? [] : [unlessRecorded(player, new RefuseInvalid())]),
    player,
    ...(world ? [new UnknownRoute(spec)] : []),
    { answer: (exchange) => player.miss(exchange) },
  ];
  const gateway = createGateway({
    spec,
    sources: [withFaults(sources, { spec, rules: faults, allowHeader: options.allowHeaderFaults ?? false })],
    speed: options.speed ?? 1,
    control: controlApi({
      player,
      stubs,
      journal,
      faults,
      resetSession,
      allowedHosts: options.allowedHosts ?? [],
    }),
    onTrace: (trace) => {
      journal.add(trace);
      options.onTrace?.(trace);
    },
  });
  const reload = (): void => player.replaceLibrary(load());
  return {
    get library() {
      return player.library;
    },
    gateway,
    journal,
    stubs,
    faults,
    resetSession,
    reload,
    watch: (told) =>
      watchPaths(paths, () => {
        try {
          reload();
          told(undefined);
        } catch (error) {
          if (!(error instanceof CassetteError)) throw error;
          told(error);
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
 * @throws CassetteError, or the system's error (`EADDRINUSE`)
 */
export async function startMock(
  options: MockOptions & { readonly host?: string; readonly port?: number } = {},
): Promise<RunningMock> {
  const host = options.host ?? "127.0.0.1";
  const mock = createMock({ ...options, allowedHosts: [...(options.allowedHosts ?? []), host] });
  const listener = await listen(mock.gateway, { host, port: options.port ?? 0 });
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

/** A recorded answer to exactly this request is the truth about it, be it valid or not. */
function unlessRecorded(player: Player, source: Source): Source {
  return {
    answer: (exchange: Exchange) =>
      exchange.findings.length === 0 || player.knows(exchange) ? undefined : source.answer(exchange),
  };
}
