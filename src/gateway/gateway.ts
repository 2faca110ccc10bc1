import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import type { Spec } from "../spec/index.ts";
import { deliver, type Delivery, simpleScript, toResponse } from "../wire/index.ts";
import { type Answer, bodyOfIncoming, type Exchange, exchangeOf, headOfIncoming, headOfRequest, type RequestHead, type Source } from "./exchange.ts";

/** What happened, told after each exchange. */
export interface Outcome {
  readonly head: RequestHead;
  /** Absent if the answer came before the body was read. */
  readonly exchange: Exchange | undefined;
  readonly answer: Answer;
  readonly delivery: Delivery;
  /** Milliseconds from the request's head to the end of the answer. */
  readonly ms: number;
}

export interface GatewayOptions {
  readonly spec: Spec;
  /** Asked in order; the last one should answer everything. */
  readonly sources: readonly Source[];
  /** Divides every wait of a script; `Infinity` leaves them out. */
  readonly speed: number;
  readonly onOutcome?: (outcome: Outcome) => void;
}

export interface Gateway {
  /** For `@hono/node-server`: keeps bytes, order and timing. Without its bindings the answer is an ordinary `Response`. */
  fetch(request: Request, env?: Partial<HttpBindings>): Response | Promise<Response>;
}

/** One exchange after another: request -> operation and findings -> source -> sink. */
export function createGateway(options: GatewayOptions): Gateway {
  /** The exchange under way on each connection: pipelined requests are answered one by one, as OGL's server does. */
  const busy = new WeakMap<Socket, Promise<void>>();
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.all("*", (c) => {
    if (c.env?.outgoing === undefined) return overFetch(options, c.req.raw);
    return overSocket(options, busy, c.env.incoming, c.env.outgoing);
  });
  return {
    fetch: (request, env) =>
      // Hono makes a HEAD a GET and loses the mark that the response has been sent.
      env?.incoming?.method === "HEAD" && env.outgoing !== undefined
        ? overSocket(options, busy, env.incoming, env.outgoing)
        : app.fetch(request, env as HttpBindings),
  };
}

async function overSocket(options: GatewayOptions, busy: WeakMap<Socket, Promise<void>>, incoming: IncomingMessage, response: ServerResponse): Promise<Response> {
  const { socket } = incoming;
  const before = busy.get(socket);
  const turn = (before ?? Promise.resolve()).then(() => exchange(options, incoming, response));
  busy.set(socket, turn);
  await turn;
  if (busy.get(socket) === turn) busy.delete(socket);
  return RESPONSE_ALREADY_SENT;
}

async function exchange(options: GatewayOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = performance.now();
  const head = headOfIncoming(incoming);
  const early = earlyAnswer(options.sources, head);
  let exchange: Exchange | undefined;
  if (early === undefined) {
    const body = await bodyOfIncoming(incoming, head);
    if (body === undefined) return; // the client went away before it had asked
    exchange = await exchangeOf(options.spec, head, body);
  }
  const answer = early ?? answerOf(options.sources, exchange as Exchange);
  const delivery = await deliver(answer.script, response, { speed: options.speed });
  options.onOutcome?.({ head, exchange, answer, delivery, ms: performance.now() - started });
}

async function overFetch(options: GatewayOptions, request: Request): Promise<Response> {
  const head = headOfRequest(request);
  const early = earlyAnswer(options.sources, head);
  if (early !== undefined) return toResponse(early.script, { speed: options.speed });
  const body = new Uint8Array(await request.arrayBuffer());
  const { script } = answerOf(options.sources, await exchangeOf(options.spec, head, body));
  return toResponse(script, { speed: options.speed });
}

function earlyAnswer(sources: readonly Source[], head: RequestHead): Answer | undefined {
  for (const source of sources) {
    const answer = source.answerEarly?.(head);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function answerOf(sources: readonly Source[], exchange: Exchange): Answer {
  for (const source of sources) {
    const answer = source.answer(exchange);
    if (answer !== undefined) return answer;
  }
  return { by: "no source", script: simpleScript(500, "Internal Server Error", Buffer.from("no source answers")) };
}
