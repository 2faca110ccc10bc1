import type { Hono } from "hono";
import { CassetteError, type Library, bundledLibrary, isBundled, loadLibrary } from "../cassette/index.ts";
import {
  type World,
  WorldState,
  checkWorld,
  defaultWorld,
  generationOf,
  loadWorld,
  openToBrowsers,
} from "../ogl/index.ts";
import { DEFAULT_OGL_VERSION, specOf } from "../openapi/index.ts";
import {
  type Gateway,
  type ListenOptions,
  type Listener,
  RememberedRequests,
  createGateway,
  listen,
} from "../server/index.ts";
import { knownTexts } from "../util/index.ts";
import { Journal } from "../trace/index.ts";
import { answeringParts } from "./answering.ts";
import { type Call, type CallFilter, callsIn, checkPlayed, playedExchange } from "./calls/index.ts";
import { mockApp } from "./app.ts";
import { controlApi, controlToken } from "./control/index.ts";
import { embedder } from "./embedder.ts";
import { type DialectName, asOperation, dialectNames, dialectSource } from "./dialects/index.ts";
import { FaultRules, makeFaults } from "./faults/index.ts";
import { Offload } from "./offload/index.ts";
import { uploadLimit } from "./upload-limit.ts";
import { Player, namedKeys } from "./player/index.ts";
import type { MockOptions } from "./options.ts";
import {
  type AddedReply,
  Replies,
  type ReplyGiven,
  type ReplyOptions,
  Stubs,
  replySource,
} from "./replies/index.ts";
import { Synthesizer, faultModels, isFaultModel } from "./synthesizer/index.ts";
import { watchPaths } from "./watch.ts";

export { type MockOptions } from "./options.ts";

/** Word for the bundled library in a list of cassettes. */
export const BUNDLED = "bundled";

/**
 * This file's name in a bundle, with a hash of all that it imports and of the OpenAPI; in the sources, which may change at any time,
 * there is none.
 */
const BUILD = /\/chunks\/([^/]+)\.js$/.exec(import.meta.url)?.[1];

const DEFAULT_MAX_BODY = 16 * 1024 * 1024;

export interface Mock {
  /** Library that is played now. */
  readonly library: Library;
  /** Servers whose wire the mock speaks, in the order of the options. */
  readonly dialects: readonly DialectName[];
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
  /** Replies of the options, and those added at run time. */
  readonly replies: Replies;
  /**
   * Gives a reply to the requests that fit, in JSON and as a stream, from now on. The newest reply goes first.
   *
   * @example
   * ```ts
   * mock.reply("Bonjour", { when: { message: "hello" }, times: 1 });
   * mock.reply({ error: { status: 429, message: "Slow down" } }, { when: { model: "qwen3-coder" } });
   * ```
   * @throws ReplyError with the JSON pointer of the mistake
   */
  reply(reply: ReplyGiven, options?: ReplyOptions): AddedReply;
  /**
   * Requests that were answered so far and fit, oldest first, without their secrets. The journal holds the newest ones.
   * @throws ReplyError for a filter that can choose nothing
   */
  calls(filter?: CallFilter): Call[];
  /**
   * Checks that every interaction of your cassettes, every added one and every reply was played, and that nothing else was
   * answered. The bundled library need not be played.
   *
   * @param session the only session that counts: what was added for it alone, and the cassette of its name
   * @throws PlayedError that names each difference
   */
  expectAllPlayed(session?: string): void;
  /** Fault rules of the answers. */
  readonly faults: FaultRules;
  /** Restarts a session's sequences and faults, removes its own interactions and replies, and forgets its use of limits and budgets. */
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
    loadLibrary({
      ogl,
      paths,
      sessionPerCassette: options.sessionPerCassette ?? false,
      ...(BUILD === undefined ? {} : { known: knownTexts(BUILD) }),
    });
  const stubs = new Stubs(ogl);
  const replies = new Replies(options.replies, options.respond);
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
  const lists = options.faultModels ?? false;
  const offload = new Offload(spec);
  const makeWorld = (): World =>
    typeof given === "string" ? defaultWorld(player.library, lists ? faultModels() : []) : given;
  const state: WorldState = new WorldState(makeWorld, {
    anyKey: given === "default",
    hasMaster: generationOf(ogl).hasMaster,
    embed: embedder(replies, () => state),
    readPdf: (content) => offload.readPdf(content),
    ...(given === "default" && !lists ? { hides: isFaultModel } : {}),
    ...(options.searchRefresh === undefined ? {} : { settings: { searchRefresh: options.searchRefresh } }),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.stateBytes === undefined ? {} : { maxBytes: options.stateBytes }),
  });
  const { strict = false, pace = {} } = options;
  const synthesizer = new Synthesizer({
    ogl,
    state,
    pace,
    open: typeof given === "string",
    elsewhere: (work, exchange) => offload.make(work, exchange),
  });
  const replied = replySource(replies, synthesizer, {
    answer: (exchange) => player.answerAdded(exchange),
  });
  const maxBody = { bytes: options.maxBody ?? DEFAULT_MAX_BODY, option: "--max-body" };
  const validates = options.policy !== "observe";
  const { access, sources } = answeringParts({
    given,
    spec,
    state,
    player,
    replies,
    synthesizer,
    strict,
    hides: given === "default" && !lists,
    validates,
  });
  const dialects = dialectNames(options.dialects ?? []);
  const dialect = dialectSource(
    dialects,
    {
      spec,
      state,
      ask: (exchange) => replied.answer(exchange) ?? (strict ? undefined : synthesizer.answer(exchange)),
    },
    player,
  );
  const resetSession = (session: string): void => {
    player.reset(session);
    replies.reset(session);
    state.reset(session);
    faults.reset(session);
  };
  const before = [...(options.sources ?? []), ...(dialect === undefined ? [] : [dialect])];
  // A source of the author's own may change what it is given.
  const remembered = before.length === 0 ? new RememberedRequests(spec) : undefined;
  const spoils = makeFaults({ spec, rules: faults, allowHeader: options.allowHeaderFaults ?? false });
  const gateway = createGateway({
    spec,
    ...(remembered && { remembered }),
    maxBody,
    bodyLimit: (head) => uploadLimit(head, maxBody),
    readElsewhere: (head, body) =>
      offload.read(head, body, player.librariesOf(head.session))?.then(({ exchange, matches }) => {
        if (exchange.insight !== undefined) player.learn(exchange.insight, matches);
        return exchange;
      }),
    before,
    access: options.cors ? openToBrowsers(access) : access,
    sources,
    faults:
      dialect === undefined
        ? spoils
        : { ...spoils, apply: (answer, exchange) => spoils.apply(answer, asOperation(spec, exchange)) },
    speed: options.speed ?? 1,
    onTrace: (trace) => {
      journal.add(trace);
      options.onTrace?.(trace);
    },
  });
  const token = controlToken(options.controlToken, options.env ?? process.env);
  const makeControl = (): Hono =>
    controlApi({
      player,
      stubs,
      replies,
      calls: (filter) => calls(filter),
      readInteractions: (text) => offload.readInteractions(text),
      maxBody,
      journal,
      faults,
      state,
      resetSession,
      guard: { allowedHosts: options.allowedHosts ?? [], token },
    });
  const operations = [...spec.operations.list.map(({ id }) => id), "rerank"];
  const calls = (filter?: CallFilter): Call[] => callsIn(journal, operations, filter);
  let app: Hono | undefined;
  const reload = (): void => {
    player.replaceLibrary(load());
    journal.copyAnswers();
    remembered?.clear();
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
    dialects: dialects.length === 0 ? ["ogl"] : dialects,
    world: typeof given === "string" ? undefined : given,
    gateway,
    // Made when first needed: requests on the mock's own socket go without it.
    get app() {
      return (app ??= mockApp({ gateway, control: makeControl(), operations: spec.operations }));
    },
    controlToken: token,
    journal,
    stubs,
    replies,
    reply: (reply, how) => replies.add(reply, how),
    calls,
    expectAllPlayed: (session) => {
      const own = player.ownEntries(session).filter(({ file }) => !isBundled(file));
      const filter = session === undefined ? {} : { session };
      const exchanges = [...journal.exchanges(filter)].map(({ trace }) => playedExchange(trace));
      const dropped = journal.dropped(session);
      checkPlayed({ exchanges, dropped }, { entries: own, replies: replies.ownOf(session) });
    },
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
    app: { fetch: (request, env) => mock.app.fetch(request, env) },
    direct: options.direct ?? true,
    // An unknown route is refused on its head alone, unless it is recorded.
    wantsBody: (method, path) =>
      options.dialects !== undefined ||
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
