import type { Answer, ExchangeRequest, LaterAnswer, Trace } from "../../../exchange/index.ts";
import type { Script } from "../../../http/index.ts";
import type { Spec } from "../../../openapi/index.ts";
import { type Listener, createGateway, listen } from "../../../server/index.ts";
import type {
  Answers,
  ClientOperation,
  ExchangeTrace,
  LiveScript,
  Scenario,
  ServedRequest,
} from "../../model/index.ts";
import { json } from "../scenarios/index.ts";

/** Requests that a client sends for each operation. */
const ROUTES: Readonly<Record<ClientOperation, readonly [method: string, path: RegExp]>> = {
  "models.list": ["GET", /^\/v1\/models(?:\?|$)/],
  "models.get": ["GET", /^\/v1\/models\/./],
  "embeddings.create": ["POST", /^\/v1\/embeddings(?:\?|$)/],
  "chat.create": ["POST", /^\/v1\/chat\/completions(?:\?|$)/],
  "chat.stream": ["POST", /^\/v1\/chat\/completions(?:\?|$)/],
};

/** HTTP server for one scenario: plays its answers and collects its exchanges. */
export class ScenarioServer implements AsyncDisposable {
  readonly #scenario: Scenario;
  readonly #origin: number;
  /** Answers under way, each with whether its request is of the called operation. */
  readonly #open = new Map<Trace["answer"], boolean>();
  readonly #traces: ExchangeTrace[] = [];
  /** Called when an exchange has ended. */
  #woken: () => void = () => {};
  /** Number of requests that a live server is asked at the moment. */
  #asking = 0;
  #trouble: string | undefined;
  #closing = false;
  /** Number of requests of the called operation. */
  #requested = 0;
  #listener: Listener | undefined;

  private constructor(scenario: Scenario, origin: number) {
    this.#scenario = scenario;
    this.#origin = origin;
  }

  /** @param origin time of `performance.now()` from which times are counted */
  static async open(scenario: Scenario, spec: Spec, origin: number): Promise<ScenarioServer> {
    const server = new ScenarioServer(scenario, origin);
    const gateway = createGateway({
      spec,
      speed: 1,
      sources: [{ answer: (exchange) => server.#answer(exchange) }],
      onTrace: (trace) => server.#note(trace),
    });
    server.#listener = await listen(gateway, { host: "127.0.0.1", port: 0 });
    return server;
  }

  /** Base URL for the client, with the scenario's additions. */
  baseUrl(form: "v1" | "root"): string {
    const { prefix = "", trailingSlash = false } = this.#scenario.base ?? {};
    return `${this.#listener?.url}${prefix}${form === "v1" ? "/v1" : ""}${trailingSlash ? "/" : ""}`;
  }

  /** Reason why the answers of a live server show nothing of the client; `undefined` if they do. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Resolves when no exchange is open, or after `limitMs`. */
  async idle(limitMs: number): Promise<void> {
    if (this.#isIdle) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#woken = () => {
        if (!this.#isIdle) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#woken = () => {};
  }

  /** Ends open exchanges and returns all of them. */
  async close(): Promise<readonly ExchangeTrace[]> {
    this.#closing = true;
    await this.#listener?.close();
    // The exchanges of destroyed sockets end right after.
    await this.idle(1000);
    return this.#traces.toSorted((a, b) => a.at - b.at);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closing) await this.close();
  }

  get #isIdle(): boolean {
    return this.#open.size === 0 && this.#asking === 0;
  }

  #answer(exchange: ExchangeRequest): Answer | LaterAnswer {
    const { method, target } = exchange;
    const methods = this.#methodsOf(target);
    if (!methods.includes(method)) return this.#opened(serverRefusal(methods), false);
    const nth = this.#requested++;
    const { answers, live } = this.#scenario;
    if (live === undefined || nth < live.after)
      return this.#opened(scriptFor(answers, { method, target, json: exchange.json, nth }), true);
    return { later: this.#relayed(live.answer(exchange, this.#pathOf(target) ?? target)) };
  }

  async #relayed(answer: Promise<LiveScript>): Promise<Answer> {
    this.#asking++;
    try {
      const { script, trouble } = await answer;
      this.#trouble ??= trouble;
      return this.#opened(script, true);
    } finally {
      this.#asking--;
    }
  }

  #opened(script: Script, expected: boolean): Answer {
    const answer: Answer = { by: { kind: "reply", from: "scenario", name: this.#scenario.id }, script };
    this.#open.set(answer, expected);
    return answer;
  }

  /** The target without the scenario's prefix; `undefined` if it does not begin with it. */
  #pathOf(target: string): string | undefined {
    const prefix = this.#scenario.base?.prefix ?? "";
    return target.startsWith(prefix) ? target.slice(prefix.length) : undefined;
  }

  /** Methods of the scenario's calls to this target; empty if no call has it. */
  #methodsOf(target: string): string[] {
    const path = this.#pathOf(target);
    if (path === undefined) return [];
    return this.#scenario.calls.flatMap(({ operation }) => {
      const [method, pattern] = ROUTES[operation];
      return pattern.test(path) ? [method] : [];
    });
  }

  #note(trace: Trace): void {
    const expected = this.#open.get(trace.answer);
    if (expected === undefined) return;
    this.#open.delete(trace.answer);
    const at = trace.startedAt - performance.timeOrigin - this.#origin;
    const { ended } = trace.delivery;
    const byScript = ended !== "aborted" && ended !== "stall";
    this.#traces.push({
      ...trace,
      at,
      expected,
      endedAt: at + trace.ms,
      endedBy: byScript ? "server" : this.#closing ? "runner" : "client",
    });
    this.#woken();
  }
}

/** OGL's answer to an unknown route or method (observed on 0.4.1: http-unknown-path-noauth, http-head-models). */
function serverRefusal(methods: readonly string[]): Script {
  const [allowed] = methods;
  return allowed === undefined
    ? json({ detail: "Not Found" }, { status: 404 })
    : json({ detail: "Method Not Allowed" }, { status: 405, headers: [["allow", allowed]] });
}

/** Chooses the scenario's script for a request. */
export function scriptFor(answers: Answers, request: ServedRequest): Script {
  if (typeof answers === "function") return answers(request);
  if (!isList(answers)) return answers;
  return (answers[request.nth] ?? answers.at(-1)) as Script;
}

const isList = (answers: Script | readonly Script[]): answers is readonly Script[] => Array.isArray(answers);
