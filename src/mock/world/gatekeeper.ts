import type { Answer, ExchangeRequest, RequestHead, Source } from "../../exchange/index.ts";
import type { Spec } from "../../spec/index.ts";
import { hasHeader } from "../../wire/index.ts";
import {
  refuseFeature,
  refuseForeignKey,
  refuseMissing,
  refuseSearch,
  refuseUse,
  remaining,
} from "./access.ts";
import { authenticate } from "./auth.ts";
import { compute, computeKeys, computeUser } from "./computed.ts";
import { type Generation, generationOf } from "./generation.ts";
import { limitHeaders } from "./limit-headers.ts";
import { runsOnModel } from "./operations.ts";
import { openApi, refuseRoute } from "./routes.ts";
import { costOf, type WorldState } from "./state.ts";
import { countedTokens, withHeaders } from "./usage.ts";
import { refuseFields, refuseSyntax, refuseUnsendable } from "./validation.ts";
import type { Visit } from "./visit.ts";

export interface GatekeeperOptions {
  readonly spec: Spec;
  readonly state: WorldState;
  /** What answers a request that is let in. */
  readonly inner: Source;
  /** True if something is recorded for that method and path. */
  readonly records: (head: RequestHead) => boolean;
  /** True if exactly this request was recorded: that answer is the truth about it, valid or not. */
  readonly knows: (exchange: ExchangeRequest) => boolean;
  /** False: requests that do not keep to the OpenAPI are let in. */
  readonly validates: boolean;
  /**
   * True where nobody has said what exists: then what is recorded exists, and only what nothing answers is refused for
   * its model.
   */
  readonly open: boolean;
}

/** Refuses, limits and charges as OGL does, in OGL's order, and lets the rest in. */
export class Gatekeeper implements Source {
  readonly #options: GatekeeperOptions;
  readonly #generation: Generation;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
    this.#generation = generationOf(options.spec.version);
  }

  answerEarly(head: RequestHead): Answer | undefined {
    const early = this.#options.inner.answerEarly?.(head);
    if (early !== undefined) return early;
    // OGL asks for a body that waits only where it reads one.
    const waits = hasHeader(head.headers, "expect");
    const { spec, records } = this.#options;
    return waits && spec.operations.find(head.method, head.path) === undefined && !records(head)
      ? refuseRoute(spec, head)
      : undefined;
  }

  answer(exchange: ExchangeRequest): Answer | undefined {
    const { spec, state, inner, open } = this.#options;
    const generation = this.#generation;
    const { operation } = exchange;
    if (operation === undefined)
      return inner.answer(exchange) ?? openApi(spec, exchange) ?? refuseRoute(spec, exchange);
    const syntax = refuseSyntax(spec, exchange);
    if (syntax !== undefined) return syntax;
    if (!operation.secured) return this.#refuseFields(exchange) ?? inner.answer(exchange);

    const holder = authenticate(state, generation, operation, exchange);
    if (!("user" in holder)) return holder;
    const visit: Visit = { exchange, operation, holder, state, generation };
    const refusal = this.#refuseUse(visit);
    if (refusal !== undefined) return refusal;
    const answer = open
      ? (refuseUnsendable(visit) ?? inner.answer(exchange) ?? refuseMissing(visit) ?? compute(visit))
      : (this.#refuseUnknown(visit) ?? refuseUnsendable(visit) ?? this.#answerKnown(visit));
    return answer && settled(answer, visit);
  }

  #refuseUnknown(visit: Visit): Answer | undefined {
    return refuseSearch(visit) ?? refuseMissing(visit) ?? refuseForeignKey(visit);
  }

  /** What a world knows best is not asked of the cassettes, and what it knows a little only where they have nothing. */
  #answerKnown(visit: Visit): Answer | undefined {
    return (
      compute(visit) ?? computeUser(visit) ?? this.#options.inner.answer(visit.exchange) ?? computeKeys(visit)
    );
  }

  /** What is refused before the model is looked for, in the order of the generation. */
  #refuseUse(visit: Visit): Answer | undefined {
    const { exchange, generation } = visit;
    if (!generation.limitsFirst) return this.#refuseFields(exchange) ?? refuseUse(visit);
    return (
      refuseUse(visit) ??
      (this.#options.open ? undefined : refuseFeature(visit)) ??
      this.#refuseFields(exchange)
    );
  }

  #refuseFields(exchange: ExchangeRequest): Answer | undefined {
    const { spec, validates, knows } = this.#options;
    if (!validates) return undefined;
    const refusal = refuseFields(spec, exchange);
    return refusal === undefined || knows(exchange) ? undefined : refusal;
  }
}

/** The answer with the headers of its generation, and with what it costs: that is taken when it has been delivered whole. */
function settled(answer: Answer, { exchange, operation, holder, state, generation }: Visit): Answer {
  const hasBudget = typeof holder.key.budget === "number";
  if (!runsOnModel(operation) || (!generation.limitHeaders && !hasBudget)) return answer;
  const { model } = (exchange.json ?? {}) as { model?: unknown };
  const router = typeof model === "string" ? state.routerOf(model) : undefined;
  if (router === undefined) return answer;
  const { session } = exchange;
  const headers = generation.limitHeaders
    ? limitHeaders(remaining(state, holder, router, session), state.now)
    : [];
  const { script } = answer;
  return {
    ...withHeaders(answer, headers),
    delivered: ({ ended }) => {
      if (!hasBudget || (ended !== "complete" && ended !== "close")) return;
      const tokens = countedTokens(script);
      if (tokens !== undefined)
        state.charge(holder, session, costOf(router.model, tokens.prompt, tokens.completion));
    },
  };
}
