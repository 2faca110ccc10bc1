import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import type { Spec } from "../spec/index.ts";
import type {
  Answer,
  ExchangeRequest,
  LiveAnswer,
  LiveSource,
  RequestHead,
  Trace,
} from "../exchange/index.ts";
import { deliver, type Delivery, simpleScript, toResponse } from "../wire/index.ts";
import { exchangeOf, headOfIncoming, headOfRequest, readBody } from "./exchange.ts";
import { runLive } from "./live.ts";

export interface GatewayOptions {
  readonly spec: Spec;
  /** Asked in order; the last one should answer everything. */
  readonly sources: readonly LiveSource[];
  /** Divides every wait of a script; `Infinity` leaves them out. */
  readonly speed: number;
  /** Called after each exchange. */
  readonly onTrace?: (trace: Trace) => void;
  /** Answers everything below `/__gatetape`, in place of the sources. */
  readonly control?: Hono;
}

/** Where the control API is; no path of OGL's begins so. */
export const CONTROL_PATH = "/__gatetape";

export interface Gateway {
  /** For `@hono/node-server`: keeps bytes, order and timing. Without its bindings the answer is an ordinary `Response`. */
  fetch(request: Request, env?: Partial<HttpBindings>): Response | Promise<Response>;
}

/** One exchange after another: request -> operation and findings -> source -> sink. */
export function createGateway(options: GatewayOptions): Gateway {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const turns = new Turns();
  if (options.control !== undefined) app.route(CONTROL_PATH, options.control);
  app.all("*", (c) => overFetch(options, c.req.raw));
  return {
    fetch: (request, env) =>
      // What goes over a socket has one route. Hono would take time to find it, and make a HEAD a GET.
      env?.incoming !== undefined &&
      env.outgoing !== undefined &&
      !(options.control !== undefined && isControl(env.incoming))
        ? overSocket(options, turns, env.incoming, env.outgoing)
        : app.fetch(request, env as HttpBindings),
  };
}

function isControl({ url = "" }: IncomingMessage): boolean {
  return url.startsWith(CONTROL_PATH);
}

/** Pipelined requests are answered one by one, as OGL's server does: the exchanges that wait on each connection. */
class Turns {
  readonly #waiting = new WeakMap<Socket, (() => void)[]>();

  /** Begins now, or when the exchange before has called `end`. */
  begin(socket: Socket, start: () => void): void {
    const waiting = this.#waiting.get(socket);
    if (waiting !== undefined) {
      waiting.push(start);
      return;
    }
    this.#waiting.set(socket, []);
    start();
  }

  end(socket: Socket): void {
    const next = this.#waiting.get(socket)?.shift();
    if (next === undefined) this.#waiting.delete(socket);
    else next();
  }
}

/** Answers over the socket. The mark is returned at once: the adapter has nothing more to do with the response. */
function overSocket(
  options: GatewayOptions,
  turns: Turns,
  incoming: IncomingMessage,
  response: ServerResponse,
): Response {
  const { socket } = incoming;
  turns.begin(socket, () => {
    const started = performance.now();
    const head = headOfIncoming(incoming);
    let pieces: readonly Uint8Array[] | undefined;
    const play = (exchange: ExchangeRequest | undefined, answer: Answer | LiveAnswer): void => {
      const over = (given: Answer, delivery: Delivery): void => {
        trace(options, started, head, exchange, given, delivery);
        turns.end(socket);
      };
      if ("live" in answer) runLive(answer, head, incoming, response, pieces, over);
      else deliver(answer.script, response, { speed: options.speed }, (delivery) => over(answer, delivery));
    };
    const early = earlyAnswer(options.sources, head);
    if (early !== undefined) {
      play(undefined, early);
      return;
    }
    // One request that we fail on must not end the process that answers all others.
    const fail = (error: unknown): void => play(undefined, failed(error));
    readBody(incoming, head, (body, parts) => {
      pieces = parts;
      let exchange: ExchangeRequest | Promise<ExchangeRequest>;
      try {
        exchange = exchangeOf(options.spec, head, body);
      } catch (error) {
        fail(error);
        return;
      }
      if (exchange instanceof Promise)
        void exchange.then((ready) => play(ready, safeAnswer(options.sources, ready)), fail);
      else play(exchange, safeAnswer(options.sources, exchange));
    });
  });
  return RESPONSE_ALREADY_SENT;
}

async function overFetch(options: GatewayOptions, request: Request): Promise<Response> {
  const started = performance.now();
  const head = headOfRequest(request);
  const early = earlyAnswer(options.sources, head);
  const exchange =
    early === undefined
      ? await exchangeOf(options.spec, head, new Uint8Array(await request.arrayBuffer()))
      : undefined;
  const given = early ?? safeAnswer(options.sources, exchange as ExchangeRequest);
  const answer = "live" in given ? failed(new Error("a live answer needs a socket")) : given;
  return toResponse(answer.script, { speed: options.speed }, (delivery) =>
    trace(options, started, head, exchange, answer, delivery),
  );
}

function trace(
  options: GatewayOptions,
  started: number,
  head: RequestHead,
  exchange: ExchangeRequest | undefined,
  answer: Answer,
  delivery: Delivery,
): void {
  answer.delivered?.(delivery);
  options.onTrace?.({
    startedAt: performance.timeOrigin + started,
    request: {
      method: head.method,
      target: head.target,
      headers: head.headers,
      ...(exchange ? { body: exchange.body } : {}),
    },
    session: head.session,
    ...(exchange?.operation ? { operation: exchange.operation.id } : {}),
    findings: exchange?.findings ?? [],
    answer,
    delivery,
    ms: performance.now() - started,
  });
}

function earlyAnswer(sources: readonly LiveSource[], head: RequestHead): Answer | LiveAnswer | undefined {
  for (const source of sources) {
    const answer = source.answerEarly?.(head);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function safeAnswer(sources: readonly LiveSource[], exchange: ExchangeRequest): Answer | LiveAnswer {
  try {
    return answerOf(sources, exchange);
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Answer {
  const body = Buffer.from(JSON.stringify({ detail: `gatetape failed on this request: ${String(error)}` }));
  return {
    by: { kind: "failed", error: String(error) },
    script: simpleScript(500, "Internal Server Error", body),
  };
}

function answerOf(sources: readonly LiveSource[], exchange: ExchangeRequest): Answer | LiveAnswer {
  for (const source of sources) {
    const answer = source.answer(exchange);
    if (answer !== undefined) return answer;
  }
  return {
    by: { kind: "failed", error: "no source answers" },
    script: simpleScript(500, "Internal Server Error", Buffer.from("no source answers")),
  };
}
