import type { Script } from "../../http/index.ts";
import type { Capability, ClientOperation, Control } from "./driver.ts";
import type { Needs, RunTrace } from "./run-trace.ts";

/** MUST: a standard or the API says so. SHOULD: strong evidence between implementations. MAY: reported, never fails a run. */
export type Level = "must" | "should" | "may";

/** A judgement over a trace: a pure function with what is needed to list and to weigh it. */
export interface Check {
  /** `text`, `error`, `requests` …: what it looks at. */
  readonly id: string;
  /** What holds if it is passed, as a sentence about the client. */
  readonly says: string;
  readonly needs: Needs;
  /** @default the scenario's */
  readonly level?: Level;
  /** Not every client exposes it: unseen it is noted, and the verdict rests on the others. */
  readonly optional?: boolean;
  /** What is wrong, a message each; `null` if the client does not expose what is needed. */
  readonly test: (trace: RunTrace) => readonly string[] | null;
}

/** One call of a scenario. */
export interface Call {
  readonly operation: ClientOperation;
  /** The wire body without `stream`. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly control?: Control;
}

/** A request as an answering function of a scenario sees it. */
export interface ServedRequest {
  readonly method: string;
  readonly target: string;
  readonly json: unknown;
  /** How many requests of the called operation came before it. */
  readonly nth: number;
}

/** What the server does: one script for every request, a list (the last one goes on), or a function of the request. */
export type Answers = Script | readonly Script[] | ((request: ServedRequest) => Script);

export interface Scenario {
  /** `area/what-happens`. */
  readonly id: string;
  /** What the server does, in one line. */
  readonly title: string;
  readonly level: Level;
  /** The tier of the catalogue: 1 is silent loss, hangs and money. */
  readonly tier: 1 | 2 | 3;
  /** What goes wrong for the users of a client that fails it. */
  readonly why: string;
  /** Threads, measurements and captures that show it happening. */
  readonly evidence: readonly string[];
  /** The version of gatetape that brought it. */
  readonly since: string;
  /** One call, or several that are made one after another by one client object. */
  readonly calls: readonly Call[];
  readonly answers: Answers;
  readonly checks: readonly Check[];
  /** Without these a client can't be judged by it. */
  readonly capabilities: readonly Capability[];
  /** It measures time: never played beside another. */
  readonly timing: boolean;
  /** How long the client has for each call. */
  readonly deadlineMs: number;
  /** The runner stops watching then; a client that is still waiting is no hang. */
  readonly stopAfterMs?: number;
  /** Between two calls: a client has that long to see what became of its connections. */
  readonly pauseMs: number;
  /** After the outcome: how long the server waits for the client to end what is still open. */
  readonly lingerMs: number;
  /** A client that refuses the call without sending anything is right too. */
  readonly localRefusal: boolean;
  /** What the base URL looks like beyond the plain one. */
  readonly base?: { readonly prefix?: string; readonly trailingSlash?: boolean };
  /** Environment variables of a fresh process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What is written of a scenario; the rest has defaults. */
export interface ScenarioInit
  extends Pick<Scenario, RequiredMembers>, Partial<Omit<Scenario, RequiredMembers | "calls">> {
  readonly call?: Partial<Call>;
  readonly calls?: readonly Partial<Call>[];
}

/** What has no default. */
type RequiredMembers = "id" | "title" | "level" | "tier" | "why" | "evidence" | "answers" | "checks";

/** The question that scenarios ask where it does not matter. */
const QUESTION: Call = {
  operation: "chat.stream",
  params: { model: "ok", messages: [{ role: "user", content: "hi" }] },
};

const PARAMS: Readonly<Record<ClientOperation, Call["params"]>> = {
  "models.list": {},
  "models.get": { model: "ok" },
  "embeddings.create": { model: "embed", input: ["a", "b"] },
  "chat.create": QUESTION.params,
  "chat.stream": QUESTION.params,
};

const DEADLINE_MS = 8000;
const LINGER_MS = 2000;

/** A scenario with its defaults filled in: a streamed chat, first version, eight seconds. */
export function defineScenario(init: ScenarioInit): Scenario {
  const { call, calls, ...rest } = init;
  const all = (calls ?? [call ?? {}]).map(callOf);
  return {
    since: "0.1.0",
    timing: false,
    deadlineMs: DEADLINE_MS,
    pauseMs: 0,
    lingerMs: LINGER_MS,
    localRefusal: false,
    ...rest,
    calls: all,
    capabilities: rest.capabilities ?? capabilitiesOf(all),
  };
}

function callOf(call: Partial<Call>): Call {
  const operation = call.operation ?? QUESTION.operation;
  return { operation, params: PARAMS[operation], ...call };
}

/** What the calls ask of a client that not every one can do. Asking for no retries asks nothing of one that has none. */
function capabilitiesOf(calls: readonly Call[]): Capability[] {
  const needed = new Set<Capability>();
  for (const { control = {} } of calls) {
    if (control.cancelAfter !== undefined) needed.add("cancel");
    if (control.timeoutMs !== undefined) needed.add("timeout");
    if ((control.maxRetries ?? 0) > 0) needed.add("retries");
  }
  return [...needed];
}
