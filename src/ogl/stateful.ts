import { Crash, Refusal, asgiResponse, uvicornHeaders } from "../asgi/index.ts";
import type { Answer, ExchangeRequest, LaterAnswer } from "../exchange/index.ts";
import type { Operation, Spec } from "../openapi/index.ts";
import { computed } from "./computed.ts";
import { failure, refuse, unexpected } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import {
  type Call,
  type Outcome,
  handlerOf,
  plainValue,
  prepareCall,
  rewrittenHandlerOf,
} from "./state/index.ts";
import { requestInputs } from "./validation.ts";
import type { Generation } from "./versions.ts";

const MAKES = new Set(["POST", "PATCH"]);

/**
 * Answers an operation on the gateway's state: roles, users, keys, routers, collections and the like.
 *
 * @returns `undefined` for an operation without state, and for a request that FastAPI would not accept
 */
export function answerState(spec: Spec, facts: RequestFacts): Answer | LaterAnswer | undefined {
  const { state, operation, exchange, generation } = facts;
  const handler = handlerOfOperation(operation, generation);
  if (handler === undefined) return undefined;
  if (MAKES.has(operation.method) && state.bytes.used + exchange.body.length > state.bytes.max)
    return refuseFull(state.bytes.max);
  return answerCall(spec, facts, (call) =>
    answerRaised(() => outcomeAnswer(handler(call)), generation.rewritten(operation)),
  );
}

/** Answers a call, at once or after work that takes long. @returns `undefined` if FastAPI would not accept the request */
export function answerCall(
  spec: Spec,
  facts: RequestFacts,
  answer: (call: Call) => Answer,
): Answer | LaterAnswer | undefined {
  const call = stateCall(spec, facts);
  if (call === undefined) return undefined;
  const { method, path } = facts.operation;
  const preparing = prepareCall(`${method} ${path}`, call);
  if (preparing === undefined) return answer(call);
  // The state is looked at when that work is done: others may have changed it.
  return { later: preparing.then((prepared) => answer({ ...(stateCall(spec, facts) ?? call), prepared })) };
}

type Handler = ReturnType<typeof handlerOf>;

const handlers = new WeakMap<Operation, { readonly handler: Handler }>();

/** The handler of an operation, looked up once: chats pass here, too. */
function handlerOfOperation(operation: Operation, { hasRewrite }: Generation): Handler {
  let known = handlers.get(operation);
  if (known === undefined) {
    const { method, path } = operation;
    const rewritten = hasRewrite ? rewrittenHandlerOf(method, path) : undefined;
    known = { handler: rewritten ?? handlerOf(method, path) };
    handlers.set(operation, known);
  }
  return known.handler;
}

/** A call of the user who asks, without any input. */
export function callOfUser({ state, exchange, principal, generation }: RequestFacts): Call {
  return {
    ...state.callOf(principal, exchange.session),
    rules: generation.stateRules,
    path: [],
    query: {},
    body: {},
  };
}

/** A request as its handler sees it. */
export function stateCall(spec: Spec, facts: RequestFacts): Call | undefined {
  const inputs = requestInputs(spec, facts.exchange, facts.state.now);
  if (inputs === undefined) return undefined;
  return {
    ...callOfUser(facts),
    path: [...inputs.path.values()].map(Number),
    query: Object.fromEntries([...inputs.query].map(([name, value]) => [name, plainValue(value)])),
    body: plainBody(inputs.body),
  };
}

/**
 * The fields of a request's body or form as OGL reads them, with its defaults.
 *
 * @param now milliseconds since 1970
 * @returns `undefined` if FastAPI refuses the request
 */
export function bodyFields(spec: Spec, exchange: ExchangeRequest, now: number): Call["body"] | undefined {
  const inputs = requestInputs(spec, exchange, now);
  return inputs && plainBody(inputs.body);
}

function plainBody(body: unknown): Call["body"] {
  return (plainValue(body) ?? {}) as Call["body"];
}

/** Turns what OGL's code raises into an answer. The rewritten part answers its failures in JSON. */
export function answerRaised<A extends Answer | undefined>(run: () => A, rewritten: boolean): A | Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.status, error.detail);
    if (error instanceof Crash) return rewritten ? unexpected(error.exception) : failure(error.exception);
    throw error;
  }
}

function outcomeAnswer(outcome: Outcome): Answer {
  return outcome.status === 204 ? NO_CONTENT : computed(outcome.body, outcome.status);
}

/** An answer without a body, and without headers of one (observed on 0.4.1: keys-89). */
const NO_CONTENT: Answer = {
  by: { kind: "ogl" },
  script: {
    wait: 0,
    head: { http: "1.1", status: 204, reason: "No Content", framing: "none", headers: uvicornHeaders() },
    ops: [{ op: "complete" }],
  },
};

/** gatetape's own refusal of a request for which there is no room. */
function refuseFull(max: number): Answer {
  const detail = `gatetape: the state of this mock is full (${max} bytes for all sessions). Fix: DELETE /__gatetape/state, or reset sessions that are over`;
  return {
    by: { kind: "ogl", refused: 507 },
    script: asgiResponse(507, Buffer.from(JSON.stringify({ detail }))),
  };
}
