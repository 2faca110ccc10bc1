import type {
  Access,
  Answer,
  Exchange,
  ExchangeRequest,
  LaterAnswer,
  LiveAnswer,
  LiveSource,
  RequestHead,
  Trace,
  UpstreamTap,
} from "../exchange/index.ts";
import { asgiResponse } from "../asgi/index.ts";
import type { Delivery } from "../http/index.ts";
import type { Spec } from "../openapi/index.ts";
import type { Outlet } from "./outlet.ts";
import type { RememberedRequests } from "./remembered.ts";
import { type BodyLimit, BodyTooLarge, exchangeOf, tooLargeText } from "./request.ts";

/** Spoils answers as a rule or the request itself asks for it. */
export interface Faults {
  /** Answers in place of all sources, before the body is read. */
  answerEarly(head: RequestHead): Answer | undefined;
  /** The request as access and sources see it: without the header by which it asks for faults. */
  hide(exchange: ExchangeRequest): ExchangeRequest;
  apply(answer: Answer, exchange: ExchangeRequest): Answer;
}

/** The parts of the line that every exchange takes. Mock, recorder, client suite and gate differ only in them. */
export interface ExchangeParts {
  readonly spec: Spec;
  /** Limit of a request's body. Without it a body of any size is read. */
  readonly maxBody?: BodyLimit;
  /** Limit of the bodies of certain requests, in place of `maxBody`. */
  readonly bodyLimit?: (head: RequestHead) => BodyLimit | undefined;
  /** Reads a large request elsewhere; `undefined` for one that is to be read here. */
  readonly readElsewhere?: (head: RequestHead, body: Uint8Array) => Promise<ExchangeRequest> | undefined;
  /** Reads requests and remembers what it read. Without it each is read anew. */
  readonly remembered?: RememberedRequests;
  /** Sources asked before access: they answer instead of the server. */
  readonly before?: readonly LiveSource[];
  /** Without it everybody is let in. */
  readonly access?: Access;
  /** Sources, asked in order; the last one should answer everything. */
  readonly sources: readonly LiveSource[];
  /** Sees a live answer before faults, and before the client sees its end. */
  readonly recorder?: UpstreamTap;
  /** Without it answers go out as the source made them. A live answer is never spoiled. */
  readonly faults?: Faults;
  /** Divides every wait of a script; `Infinity` leaves them out. */
  readonly speed: number;
  /** Called after each exchange, with the record that the journal tap began and the delivery tap completed. */
  readonly onTrace?: (trace: Trace) => void;
}

/**
 * Runs one exchange, whoever serves it and whatever outlet the request came by:
 *
 *     request -> operation + findings -> access -> source -> recorder tap -> faults -> journal tap -> sink -> delivery tap
 *
 * Callbacks, not promises: this is the hot path. It never throws: a request that gatetape fails on is answered 500.
 */
export function exchange(parts: ExchangeParts, outlet: Outlet): void {
  const started = performance.now();
  const request = outlet.head;

  const play = (facts: ExchangeRequest | undefined, answer: Answer | LaterAnswer | LiveAnswer): void => {
    if ("later" in answer) {
      void answer.later.then(
        (made) => play(facts, made),
        (error: unknown) => play(facts, failed(error)),
      );
      return;
    }
    const record = journalTap(started, request, facts);
    const delivered = (given: Answer, delivery: Delivery): void =>
      deliveryTap(parts, record, started, given, delivery);
    if (!("live" in answer)) outlet.send(answer, parts.speed, delivered);
    else if (outlet.relay === undefined) outlet.send(failed(NEEDS_SOCKET), parts.speed, delivered);
    else outlet.relay(answer, parts.recorder ?? NO_TAP, delivered); // the relay calls the recorder tap
  };

  const early = answerEarly(parts, request);
  if (early !== undefined) {
    play(undefined, early);
    return;
  }
  outlet.readBody(
    parts.bodyLimit?.(request) ?? parts.maxBody,
    (body) => withFacts(parts, request, body, (facts) => play(facts, answerThrough(parts, facts)), fail),
    fail,
  );
  function fail(error: unknown): void {
    play(undefined, error instanceof BodyTooLarge ? refuseSize(error) : failed(error));
  }
}

/** Access, source and faults, as one answer: one request that gatetape fails on must not end the process. */
function answerThrough(parts: ExchangeParts, facts: ExchangeRequest): Answer | LaterAnswer | LiveAnswer {
  const { access, faults } = parts;
  const spoil = (answer: Answer): Answer => faults?.apply(answer, facts) ?? answer;
  try {
    const requested = faults?.hide(facts) ?? facts;
    const first = firstAnswer(parts.before ?? NO_SOURCES, requested);
    if (first !== undefined) return whenMade(first, spoil);
    const answer = access?.refuse(requested) ?? firstAnswer(parts.sources, requested) ?? NO_ANSWER;
    const settle = access?.settle(requested);
    return whenMade(answer, settle === undefined ? spoil : (made) => spoil(settle(made)));
  } catch (error) {
    return failed(error);
  }
}

/** Changes an answer when it is there. A live one stays as it is. */
function whenMade(
  answer: Answer | LaterAnswer | LiveAnswer,
  change: (answer: Answer) => Answer,
): Answer | LaterAnswer | LiveAnswer {
  if ("live" in answer) return answer;
  return "later" in answer ? { later: answer.later.then(change) } : change(answer);
}

/** The same line for an answer that does not wait for the body. */
function answerEarly(parts: ExchangeParts, head: RequestHead): Answer | LiveAnswer | undefined {
  const { access, before, faults, sources } = parts;
  const answer =
    faults?.answerEarly(head) ?? firstEarly(before ?? NO_SOURCES, head) ?? access?.refuseEarly?.(head);
  if (answer !== undefined) return answer;
  const found = firstEarly(sources, head);
  return found === undefined || "live" in found || access === undefined ? found : access.settle(head)(found);
}

/** Parses and validates a request once. */
function withFacts(
  { spec, readElsewhere, remembered }: ExchangeParts,
  head: RequestHead,
  body: Uint8Array,
  use: (facts: ExchangeRequest) => void,
  fail: (error: unknown) => void,
): void {
  let facts: ExchangeRequest | Promise<ExchangeRequest>;
  try {
    facts = readElsewhere?.(head, body) ?? remembered?.read(head, body) ?? exchangeOf(spec, head, body);
  } catch (error) {
    fail(error);
    return;
  }
  if (facts instanceof Promise) void facts.then(use, fail);
  else use(facts);
}

type OpenRecord = Omit<Exchange, "answer">;

/** Begins the record of an exchange, before anything is sent. */
function journalTap(started: number, head: RequestHead, facts: ExchangeRequest | undefined): OpenRecord {
  return {
    startedAt: performance.timeOrigin + started,
    request: {
      method: head.method,
      target: head.target,
      headers: head.headers,
      ...(facts ? { body: facts.body } : {}),
    },
    session: head.session,
    ...(facts?.operation ? { operation: facts.operation.id } : {}),
    findings: facts?.findings ?? [],
  };
}

/** Completes the record by what was delivered, and hands it on. */
function deliveryTap(
  parts: ExchangeParts,
  record: OpenRecord,
  started: number,
  answer: Answer,
  delivery: Delivery,
): void {
  answer.delivered?.(delivery);
  parts.onTrace?.({ ...record, answer, delivery, ms: performance.now() - started });
}

function firstAnswer(
  sources: readonly LiveSource[],
  facts: ExchangeRequest,
): Answer | LaterAnswer | LiveAnswer | undefined {
  for (const source of sources) {
    const answer = source.answer(facts);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function firstEarly(sources: readonly LiveSource[], head: RequestHead): Answer | LiveAnswer | undefined {
  for (const source of sources) {
    const answer = source.answerEarly?.(head);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function refuseSize({ bytes, limit }: BodyTooLarge): Answer {
  const body = Buffer.from(JSON.stringify({ detail: tooLargeText(bytes, limit) }));
  return { by: { kind: "too-large", bytes, limit: limit.bytes }, script: asgiResponse(413, body) };
}

function failed(error: unknown): Answer {
  const body = Buffer.from(JSON.stringify({ detail: `gatetape failed on this request: ${String(error)}` }));
  return {
    by: { kind: "failed", error: String(error) },
    script: asgiResponse(500, body),
  };
}

const NO_SOURCES: readonly LiveSource[] = [];
const NO_TAP: UpstreamTap = {};
const NEEDS_SOCKET = new Error("a live answer needs a socket");
const NO_ANSWER: Answer = {
  by: { kind: "failed", error: "no source answers" },
  script: asgiResponse(500, Buffer.from("no source answers")),
};
