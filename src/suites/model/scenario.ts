import type { ExchangeRequest } from "../../exchange/index.ts";
import type { Script } from "../../http/index.ts";
import type { Capability, ClientOperation, Control } from "./driver.ts";
import type { Needs, RunTrace } from "./run-trace.ts";

/** MUST: required by a standard or by the API. SHOULD: strong evidence between implementations. MAY: reported, never fails a run. */
export type Level = "must" | "should" | "may";

/** Judgement over a trace: a pure function with the data to list and weigh it. */
export interface Check {
  /** Subject of the check: `text`, `error`, `requests` … */
  readonly id: string;
  /** Sentence about the client that holds if the check passes. */
  readonly says: string;
  readonly needs: Needs;
  /** @default the scenario's */
  readonly level?: Level;
  /** Some clients do not expose the subject: an unseen optional check is noted, and the verdict rests on the others. */
  readonly optional?: boolean;
  /** Returns a message for each problem; `null` if the client does not expose enough to judge. */
  readonly test: (trace: RunTrace) => readonly string[] | null;
  /**
   * For a check that measures time: the lateness (ms) of the machine from which on it could have said the opposite;
   * `null` if it measured nothing. Wrong bytes have no margin.
   */
  readonly margin?: (trace: RunTrace) => number | null;
}

/** Call that the client makes. */
export interface Call {
  readonly operation: ClientOperation;
  /** The wire body without `stream`. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly control?: Control;
}

/** Request, as passed to a scenario's answering function. */
export interface ServedRequest {
  readonly method: string;
  readonly target: string;
  readonly json: unknown;
  /** Number of earlier requests of the called operation. */
  readonly nth: number;
}

/** Behaviour of the server: one script for every request, a list (the last script repeats), or a function of the request. */
export type Answers = Script | readonly Script[] | ((request: ServedRequest) => Script);

/** Answer of a live server, whole, as a script. */
export interface LiveScript {
  readonly script: Script;
  /** Reason why the answer shows nothing of the client. */
  readonly trouble?: string;
}

/** Live server that answers in a scenario's place. */
export interface LiveAnswers {
  /** Number of requests that get the scenario's own answers first. */
  readonly after: number;
  /** @param path the request's target without the scenario's prefix */
  readonly answer: (request: ExchangeRequest, path: string) => Promise<LiveScript>;
}

export interface Scenario {
  /** `area/what-happens`. */
  readonly id: string;
  /** Behaviour of the server, in one line. */
  readonly title: string;
  readonly level: Level;
  /** The tier of the catalogue: 1 is silent loss, hangs and money. */
  readonly tier: 1 | 2 | 3;
  /** Harm to the users of a client that fails. */
  readonly why: string;
  /** Threads, measurements and captures that show the behaviour in the field. */
  readonly evidence: readonly string[];
  /** Version of gatetape that introduced the scenario. */
  readonly since: string;
  /** Calls, made one after another by one client object. */
  readonly calls: readonly Call[];
  readonly answers: Answers;
  /** Live server whose answers take their place. */
  readonly live?: LiveAnswers;
  readonly checks: readonly Check[];
  /** Capabilities without which a client cannot be judged. */
  readonly capabilities: readonly Capability[];
  /** The scenario measures time: it waits, and only others of its kind are played beside it. */
  readonly timing: boolean;
  /** Time (ms) that the client has for each call. */
  readonly deadlineMs: number;
  /** Time (ms) after which the runner stops watching; a client that still waits is not a hang. */
  readonly stopAfterMs?: number;
  /** Pause (ms) between two calls, in which a client can notice closed connections. */
  readonly pauseMs: number;
  /** Time (ms) after the outcome in which the client may end its open connections. */
  readonly lingerMs: number;
  /** A client may also refuse the call without sending a request. */
  readonly localRefusal: boolean;
  /** Additions to the plain base URL. */
  readonly base?: { readonly prefix?: string; readonly trailingSlash?: boolean };
  /** Environment variables of a fresh process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Scenario as written in the catalogue; other members have defaults. */
export interface ScenarioInit
  extends Pick<Scenario, RequiredMembers>, Partial<Omit<Scenario, RequiredMembers | "calls">> {
  readonly call?: Partial<Call>;
  readonly calls?: readonly Partial<Call>[];
}

/** Members without a default. */
type RequiredMembers = "id" | "title" | "level" | "tier" | "why" | "evidence" | "answers" | "checks";

/** Call of scenarios in which the question does not matter. */
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

/** Fills in a scenario's defaults: one streamed chat, since 0.1.0, a deadline of eight seconds. */
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

/** Capability that a parameter needs: without it a client has no word for it. */
const PARAM_CAPABILITIES: Readonly<Record<string, Capability>> = {
  n: "n",
  tools: "tools",
  tool_choice: "tools",
  stream_options: "streamOptions",
};

/** Capabilities that the calls need. `maxRetries: 0` needs none: a client without retries makes none anyway. */
function capabilitiesOf(calls: readonly Call[]): Capability[] {
  const needed = new Set<Capability>();
  for (const { control = {}, params } of calls) {
    for (const name of Object.keys(params)) {
      const capability = PARAM_CAPABILITIES[name];
      if (capability !== undefined) needed.add(capability);
    }
    if (control.cancelAfter !== undefined) needed.add("cancel");
    if (control.timeoutMs !== undefined) needed.add("timeout");
    if ((control.maxRetries ?? 0) > 0) needed.add("retries");
  }
  return [...needed];
}
