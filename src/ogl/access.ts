import { createHash } from "node:crypto";
import type { Access, Answer, ExchangeRequest, RequestHead, Source } from "../exchange/index.ts";
import { hasHeader } from "../http/index.ts";
import type { Spec } from "../openapi/index.ts";
import { authenticate, refuseRights } from "./auth.ts";
import { chatSearchOf, refuseChatSearch } from "./chat-search.ts";
import { answerMonitoring, compute } from "./computed.ts";
import { withHeaders } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import {
  refuseFeature,
  refuseHugeId,
  refuseMissing,
  refuseSearch,
  refuseUnaskable,
  refuseUse,
} from "./refuse-use.ts";
import { refuseUpload } from "./refuse-upload.ts";
import { besideOpenApi, refuseRoute } from "./routes.ts";
import { answerSearch } from "./search.ts";
import { settle } from "./settle.ts";
import { NOBODY, type WorldState } from "./state/index.ts";
import { answerState } from "./stateful.ts";
import { refuseFields, refuseForm, refuseSyntax, refuseUnsendable } from "./validation.ts";
import { type Generation, generationOf } from "./versions.ts";

export interface OglAccessOptions {
  readonly spec: Spec;
  readonly state: WorldState;
  /** True if a recording exists for that method and path. */
  readonly records: (head: RequestHead) => boolean;
  /** True if exactly this request was recorded. The recorded answer then decides, whether the request is valid or not. */
  readonly knows: (exchange: ExchangeRequest) => boolean;
  /** True if exactly this request was recorded with such a credential, or without one. */
  readonly recorded: (exchange: ExchangeRequest) => boolean;
  /** False to let requests in that do not keep to the OpenAPI. */
  readonly validates: boolean;
  /**
   * True if no world was given. Models exist as far as they are recorded, a request is refused for its model only if no
   * source answers it, and a recorded one is not refused at all.
   */
  readonly open: boolean;
}

/**
 * Access to a mocked gateway: refuses, limits and charges requests as OGL does, in OGL's order. Its two sources answer from
 * the world, one before the cassettes and one after them.
 */
export class OglAccess implements Access {
  readonly #options: OglAccessOptions;
  readonly #generation: Generation;
  /** Facts about the last request that was let in. A single field is enough, since one request is answered at a time. */
  #facts: RequestFacts | undefined;
  /** The source before the cassettes: models and the user, which the world knows best. */
  readonly first: Source = {
    answer: (exchange) => {
      const facts = this.#options.open ? undefined : this.#requestFacts(exchange);
      return (
        facts && (compute(facts) ?? (isOwnInfo(facts) ? answerState(this.#options.spec, facts) : undefined))
      );
    },
  };
  /** The source beside the cassettes: all operations on the gateway's state. */
  readonly stateful: Source = {
    answer: (exchange) => {
      const facts = this.#requestFacts(exchange);
      const { spec } = this.#options;
      return facts && (answerState(spec, facts) ?? answerSearch(spec, facts) ?? answerMonitoring(facts));
    },
  };
  /** The source after the cassettes: the rest that the world knows, and refusals of requests that are no operation. */
  readonly last: Source = {
    answer: (exchange) => {
      const { spec, open } = this.#options;
      if (exchange.operation === undefined)
        return besideOpenApi(spec, exchange) ?? refuseRoute(spec, exchange);
      const facts = this.#requestFacts(exchange);
      if (facts === undefined) return undefined;
      return open ? (refuseMissing(facts) ?? refuseHugeId(facts) ?? compute(facts)) : undefined;
    },
  };

  constructor(options: OglAccessOptions) {
    this.#options = options;
    this.#generation = generationOf(options.spec.version);
  }

  /** Refuses a request that waits with its body, on the head alone: OGL wants a body only if it reads one. */
  refuseEarly(head: RequestHead): Answer | undefined {
    const waits = hasHeader(head.headers, "expect");
    const { spec, records } = this.#options;
    return waits && spec.operations.find(head.method, head.path) === undefined && !records(head)
      ? refuseRoute(spec, head)
      : undefined;
  }

  refuse(exchange: ExchangeRequest): Answer | undefined {
    const { open, recorded } = this.#options;
    const refusal = this.#refusal(exchange);
    if (refusal === undefined || (open && recorded(exchange))) return undefined;
    return this.#withId(exchange, refusal);
  }

  #refusal(exchange: ExchangeRequest): Answer | undefined {
    const { spec, state, open } = this.#options;
    const generation = this.#generation;
    const { operation } = exchange;
    if (operation === undefined) return undefined;
    const syntax = refuseSyntax(spec, exchange, state.now);
    if (syntax !== undefined) return syntax;
    if (!operation.secured) {
      this.#facts = { exchange, operation, principal: NOBODY, state, generation };
      return this.#refuseFields(exchange);
    }

    const principal = authenticate(state, generation, operation, exchange);
    if ("script" in principal) return principal;
    const facts: RequestFacts = { exchange, operation, principal, state, generation };
    const refusal = this.#refuseUse(facts);
    if (refusal !== undefined) return refusal;
    this.#facts = facts;
    return (
      (open ? undefined : this.#refuseUnknown(facts)) ??
      refuseUnsendable(facts) ??
      refuseUpload(spec, facts) ??
      refuseChatSearch(spec, facts)
    );
  }

  settle(request: RequestHead): (answer: Answer) => Answer {
    const facts = this.#requestFacts(request);
    if (facts === undefined) return unchanged;
    const vectors = chatSearchOf(facts.exchange)?.vectors;
    return (answer) =>
      answer.by.kind === "miss" ? answer : this.#withId(facts.exchange, settle(answer, facts, vectors));
  }

  /** Adds the id that the rewrite gives to each request; a recorded answer has its own, or none. */
  #withId(exchange: ExchangeRequest, answer: Answer): Answer {
    return this.#generation.requestIds && answer.by.kind !== "cassette"
      ? withHeaders(answer, [["x-request-id", requestId(exchange)]])
      : answer;
  }

  #requestFacts(request: RequestHead): RequestFacts | undefined {
    return this.#facts?.exchange === request ? this.#facts : undefined;
  }

  #refuseUnknown(facts: RequestFacts): Answer | undefined {
    return refuseSearch(facts) ?? refuseMissing(facts);
  }

  /** Refusals that come before the model is looked up, in the order of the generation. */
  #refuseUse(facts: RequestFacts): Answer | undefined {
    const { exchange, generation } = facts;
    if (!generation.limitsFirst)
      return (
        refuseRights(facts) ?? this.#refuseFields(exchange) ?? refuseUse(facts) ?? this.#refuseFeature(facts)
      );
    return (
      this.#refuseUnaskable(facts) ??
      refuseUse(facts) ??
      this.#refuseFeature(facts) ??
      this.#refuseFields(exchange) ??
      refuseRights(facts)
    );
  }

  #refuseUnaskable(facts: RequestFacts): Answer | undefined {
    const { validates, knows } = this.#options;
    const refusal = validates ? refuseUnaskable(facts) : undefined;
    return refusal === undefined || knows(facts.exchange) ? undefined : refusal;
  }

  #refuseFeature(facts: RequestFacts): Answer | undefined {
    const { open, spec } = this.#options;
    const { operation, exchange, state } = facts;
    const refusal = open ? undefined : refuseFeature(facts);
    if (refusal === undefined || operation.path !== "/v1/documents" || operation.method !== "POST")
      return refusal;
    return refuseForm(spec, exchange, state.now) ?? refusal;
  }

  #refuseFields(exchange: ExchangeRequest): Answer | undefined {
    const { spec, validates, knows, state } = this.#options;
    if (!validates) return undefined;
    const refusal = refuseFields(spec, exchange, state.now);
    return refusal === undefined || knows(exchange) ? undefined : refusal;
  }
}

/** The id of a request: made of it, so that the same request gets the same. */
function requestId({ method, target, session, body }: ExchangeRequest): string {
  return createHash("sha256")
    .update(`${method} ${target} ${session}\0`)
    .update(body)
    .digest("hex")
    .slice(0, 32);
}

const unchanged = (answer: Answer): Answer => answer;

/** True for the question who the user of the key is. */
function isOwnInfo({ operation: { method, path } }: RequestFacts): boolean {
  return method === "GET" && (path === "/v1/me/info" || path === "/v1/me");
}
