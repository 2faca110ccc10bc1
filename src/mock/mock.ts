import { bundledLibrary, type Library, loadLibrary } from "../cassette/index.ts";
import {
  createGateway,
  type Exchange,
  type Gateway,
  listen,
  type Listener,
  type Outcome,
  type Source,
} from "../gateway/index.ts";
import { DEFAULT_OGL_VERSION, type OglVersion, specOf } from "../spec/index.ts";
import { Player } from "./player.ts";
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
  readonly onOutcome?: (outcome: Outcome) => void;
}

export interface Mock {
  readonly library: Library;
  readonly gateway: Gateway;
  /** Forgets how far a session's sequences are. */
  resetSession(session: string): void;
}

/**
 * A mock OGL without a port yet.
 * @throws CassetteError for the first cassette that can't be used
 */
export function createMock(options: MockOptions = {}): Mock {
  const ogl = options.ogl ?? DEFAULT_OGL_VERSION;
  const spec = specOf(ogl);
  const paths = (options.cassettes ?? [BUNDLED]).map((path) =>
    path === BUNDLED ? bundledLibrary(ogl) : path,
  );
  const library = loadLibrary({ ogl, paths });
  const player = new Player(library);
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
    sources,
    speed: options.speed ?? 1,
    ...(options.onOutcome ? { onOutcome: options.onOutcome } : {}),
  });
  return { library, gateway, resetSession: (session) => player.reset(session) };
}

export interface RunningMock extends Mock, Listener {}

/**
 * Starts a mock OGL on a port of the loopback interface.
 * @throws CassetteError, or the system's error (`EADDRINUSE`)
 */
export async function startMock(
  options: MockOptions & { readonly host?: string; readonly port?: number } = {},
): Promise<RunningMock> {
  const mock = createMock(options);
  const listener = await listen(mock.gateway, { host: options.host ?? "127.0.0.1", port: options.port ?? 0 });
  return { ...mock, ...listener };
}

/** A recorded answer to exactly this request is the truth about it, be it valid or not. */
function unlessRecorded(player: Player, source: Source): Source {
  return {
    answer: (exchange: Exchange) =>
      exchange.findings.length === 0 || player.knows(exchange) ? undefined : source.answer(exchange),
  };
}
