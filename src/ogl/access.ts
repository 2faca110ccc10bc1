import type { Access, Answer, ExchangeRequest, RequestHead, Source } from "../exchange/index.ts";
import { hasHeader } from "../http/index.ts";
import type { Spec } from "../openapi/index.ts";
import { authenticate } from "./auth.ts";
import { compute, computeKeys, computeUser } from "./computed.ts";
import type { RequestFacts } from "./facts.ts";
import { limitHeaders } from "./limit-headers.ts";
import { runsOnModel } from "./operations.ts";
import {
  refuseFeature,
  refuseForeignKey,
  refuseMissing,
  refuseSearch,
  refuseUse,
  remaining,
} from "./refuse-use.ts";
import { openApi, refuseRoute } from "./routes.ts";
import { type WorldState, costOf } from "./state/index.ts";
import { countedTokens, withHeaders } from "./usage.ts";
import { refuseFields, refuseSyntax, refuseUnsendable } from "./validation.ts";
import { type Generation, generationOf } from "./versions.ts";

export interface OglAccessOptions {
  readonly spec: Spec;
  readonly state: WorldState;
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

/**
 * Refuses, limits and charges as OGL does, in OGL's order, and lets the rest in. Its two sources answer, ahead of the
 * cassettes and after them, what the world can compute.
 */
export class OglAccess implements Access {
  readonly #options: OglAccessOptions;
  readonly #generation: Generation;
  /** The last request that was let in and whose sender is known: one is answered at a time. */
  #facts: RequestFacts | undefined;
  /** What a world knows best: the cassettes are not asked for it. */
  readonly first: Source = {
    answer: (exchange) => {
      const facts = this.#options.open ? undefined : this.#requestFacts(exchange);
      return facts && (compute(facts) ?? computeUser(facts));
    },
  };
  /** What a world knows where the cassettes have nothing, and the refusal of what is no operation. */
  readonly last: Source = {
    answer: (exchange) => {
      const { spec, open } = this.#options;
      if (exchange.operation === undefined) return openApi(spec, exchange) ?? refuseRoute(spec, exchange);
      const facts = this.#requestFacts(exchange);
      if (facts === undefined) return undefined;
      return open ? (refuseMissing(facts) ?? compute(facts)) : computeKeys(facts);
    },
  };

  constructor(options: OglAccessOptions) {
    this.#options = options;
    this.#generation = generationOf(options.spec.version);
  }

  /** Refuses a body that waits, on the head alone: OGL asks for one only where it reads one. */
  refuseEarly(head: RequestHead): Answer | undefined {
    const waits = hasHeader(head.headers, "expect");
    const { spec, records } = this.#options;
    return waits && spec.operations.find(head.method, head.path) === undefined && !records(head)
      ? refuseRoute(spec, head)
      : undefined;
  }

  refuse(exchange: ExchangeRequest): Answer | undefined {
    const { spec, state, open } = this.#options;
    const generation = this.#generation;
    const { operation } = exchange;
    if (operation === undefined) return undefined;
    const syntax = refuseSyntax(spec, exchange);
    if (syntax !== undefined) return syntax;
    if (!operation.secured) return this.#refuseFields(exchange);

    const principal = authenticate(state, generation, operation, exchange);
    if (!("user" in principal)) return principal;
    const facts: RequestFacts = { exchange, operation, principal, state, generation };
    const refusal = this.#refuseUse(facts);
    if (refusal !== undefined) return refusal;
    this.#facts = facts;
    return (open ? undefined : this.#refuseUnknown(facts)) ?? refuseUnsendable(facts);
  }

  settle(request: RequestHead, answer: Answer): Answer {
    const facts = this.#requestFacts(request);
    return facts === undefined || answer.by.kind === "miss" ? answer : settled(answer, facts);
  }

  #requestFacts(request: RequestHead): RequestFacts | undefined {
    return this.#facts?.exchange === request ? this.#facts : undefined;
  }

  #refuseUnknown(facts: RequestFacts): Answer | undefined {
    return refuseSearch(facts) ?? refuseMissing(facts) ?? refuseForeignKey(facts);
  }

  /** What is refused before the model is looked for, in the order of the generation. */
  #refuseUse(facts: RequestFacts): Answer | undefined {
    const { exchange, generation } = facts;
    if (!generation.limitsFirst) return this.#refuseFields(exchange) ?? refuseUse(facts);
    return (
      refuseUse(facts) ??
      (this.#options.open ? undefined : refuseFeature(facts)) ??
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
function settled(
  answer: Answer,
  { exchange, operation, principal, state, generation }: RequestFacts,
): Answer {
  const hasBudget = typeof principal.key.budget === "number";
  if (!runsOnModel(operation) || (!generation.limitHeaders && !hasBudget)) return answer;
  const { model } = (exchange.json ?? {}) as { model?: unknown };
  const router = typeof model === "string" ? state.routerOf(model) : undefined;
  if (router === undefined) return answer;
  const { session } = exchange;
  const headers = generation.limitHeaders
    ? limitHeaders(remaining(state, principal, router, session), state.now)
    : [];
  const { script } = answer;
  return {
    ...withHeaders(answer, headers),
    delivered: ({ ended }) => {
      if (!hasBudget || (ended !== "complete" && ended !== "close")) return;
      const tokens = countedTokens(script);
      if (tokens !== undefined)
        state.charge(principal, session, costOf(router.model, tokens.prompt, tokens.completion));
    },
  };
}
