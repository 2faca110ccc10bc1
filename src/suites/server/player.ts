import type { UpstreamRoute } from "../../server/index.ts";
import { SuiteError } from "../model/index.ts";
import type { Asker, Created, Draft, Facts, Probe, ServerExchange } from "./model/index.ts";
import { type Connection, openConnection } from "../wire/index.ts";
import { type OutgoingRequest, exchangeSeen, outgoing } from "./wire/index.ts";

/** Limits of a run. */
export interface Limits {
  readonly maxRequests: number;
  readonly maxTokens: number;
  /** Time (ms) that an answer may take. */
  readonly timeoutMs: number;
}

/** Result of a probe: its exchanges, or the limit that kept it from being sent. */
export type Played = { readonly exchanges: readonly ServerExchange[] } | { readonly spent: string };

/** Number of requests and tokens that a run has spent. */
export interface Spent {
  readonly requests: number;
  readonly tokens: number;
}

/** Way to the judged server. */
export interface Way {
  readonly route: UpstreamRoute;
  readonly key: string | undefined;
  readonly signal: AbortSignal;
}

/** Player of probes: sends them within the limits. */
export interface Player {
  play(probe: Probe, facts: Facts, drafts: readonly Draft[]): Promise<Played>;
  /** Sends one request at a time, for clean-ups. */
  asker(facts: Facts): Asker;
  readonly spent: Spent;
  /** Keys that the run has made. */
  readonly keys: readonly string[];
}

/** Bytes of a prompt that are counted as one token, when its tokens are not known. */
const BYTES_PER_TOKEN = 3;

/** Makes a player. The first request that finds no server ends the run. */
export function createPlayer(way: Way, limits: Limits, created: Created): Player {
  const startedAt = Date.now();
  const spent = { requests: 0, tokens: 0 };
  const keys: string[] = [];
  let isReached = false;

  const limitReached = (drafts: readonly Draft[]): string | undefined => {
    way.signal.throwIfAborted();
    if (spent.requests + drafts.length > limits.maxRequests)
      return `--max-requests ${limits.maxRequests} leaves no room for it`;
    const tokens = drafts.reduce((sum, draft) => sum + tokensOf(draft), 0);
    return spent.tokens + tokens > limits.maxTokens
      ? `--max-tokens ${limits.maxTokens} leaves no room for it`
      : undefined;
  };

  const connect = async (): Promise<Connection | string> => {
    try {
      const connection = await openConnection(way.route, limits.timeoutMs);
      isReached = true;
      return connection;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (isReached) return reason;
      throw new SuiteError(
        "unreachable",
        {},
        `no server at ${way.route.target.origin}: ${reason}`,
        "start the server, or check the address of --url",
      );
    }
  };

  const send = async (
    connection: Connection | string,
    draft: Draft,
    nth: number,
    facts: Facts,
  ): Promise<ServerExchange> => {
    const request = outgoing(draft, way.route.target, way.key);
    spent.requests++;
    spent.tokens += tokensOf(draft);
    const sentAt = Date.now();
    const heard =
      typeof connection === "string" ? unheard(connection) : await connection.ask(request, draft.leaveAfter);
    const position = { nth, part: draft.part, startedAt: sentAt, at: sentAt - startedAt };
    return exchangeSeen(withKeyHidden(request), heard, facts.spec, position);
  };

  const apart = async (draft: Draft, nth: number, facts: Facts): Promise<ServerExchange> => {
    const connection = await connect();
    const exchange = await send(connection, draft, nth, facts);
    if (typeof connection !== "string") connection.close();
    return exchange;
  };

  const asker = (facts: Facts): Asker => {
    let nth = 0;
    return {
      ask: (draft) => apart(draft, nth++, facts),
      learn: (key) => void keys.push(key),
      created,
      now: () => Date.now(),
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
  };

  return {
    get spent() {
      return { ...spent };
    },
    keys,
    asker,
    play: async ({ how = "apart", play }, facts, drafts) => {
      const reason = limitReached(drafts);
      if (reason !== undefined) return { spent: reason };
      if (play !== undefined) return { exchanges: await play(asker(facts), facts) };
      if (how === "together")
        return { exchanges: await Promise.all(drafts.map((draft, i) => apart(draft, i, facts))) };
      const exchanges: ServerExchange[] = [];
      const shared = how === "in-turn" ? await connect() : undefined;
      for (const [i, draft] of drafts.entries())
        exchanges.push(
          shared === undefined ? await apart(draft, i, facts) : await send(shared, draft, i, facts),
        );
      if (shared !== undefined && typeof shared !== "string") shared.close();
      return { exchanges };
    },
  };
}

/** Estimate of the tokens that a request can cost: its prompt, and the most that it asks for. */
export function tokensOf({ json }: Draft): number {
  if (json === undefined || json === null || typeof json !== "object") return 0;
  const { max_completion_tokens: most = 0, n = 1 } = json as { max_completion_tokens?: number; n?: number };
  return Math.ceil(JSON.stringify(json).length / BYTES_PER_TOKEN) + most * n;
}

/** The request as reports show it: the key has no place there. */
function withKeyHidden(request: OutgoingRequest): OutgoingRequest {
  return {
    ...request,
    headers: request.headers.map(([name, value]) =>
      name === "Authorization" ? [name, value.replace(/ .*/s, " (key)")] : [name, value],
    ),
  };
}

function unheard(trouble: string): Awaited<ReturnType<Connection["ask"]>> {
  return {
    message: {
      startLine: "",
      status: 0,
      reason: "",
      http: "1.1",
      headers: [],
      framing: "none",
      informational: [],
      headAt: 0,
      reads: [],
      trailers: [],
      complete: false,
      endAt: 0,
    },
    hasHead: false,
    ended: "reset",
    surplus: 0,
    trouble,
    ms: 0,
  };
}
