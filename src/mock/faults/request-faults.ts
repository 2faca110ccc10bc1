import type { Answer, FaultNote, RequestHead } from "../../exchange/index.ts";
import { asgiResponse } from "../../asgi/index.ts";
import { type Header, type Script, headerValue } from "../../http/index.ts";
import type { Spec } from "../../openapi/index.ts";
import { type Faults, SESSION_HEADER } from "../../server/index.ts";
import { tryFaults } from "./apply.ts";
import { type FaultCall, parseFaults } from "./grammar.ts";
import { FaultError } from "./model/index.ts";
import { type DueFaults, type FaultRules, answersEarly } from "./rules.ts";

/** Header with which a client requests faults for one request. */
export const FAULT_HEADER = "x-gatetape-fault";

export interface FaultOptions {
  readonly spec: Spec;
  readonly rules: FaultRules;
  /** Whether clients may request faults by header. */
  readonly allowHeader: boolean;
}

/** Makes the faults of a gateway: those of the rules first, then those of the request's header. */
export function makeFaults(options: FaultOptions): Faults {
  const { rules } = options;
  return {
    answerEarly: (head) => faultedEarly(head, options),
    hide: (exchange) =>
      headerValue(exchange.headers, FAULT_HEADER) === undefined
        ? exchange
        : { ...exchange, headers: withoutFault(exchange.headers) },
    apply(answer, exchange) {
      const requested = headerValue(exchange.headers, FAULT_HEADER);
      if (requested === undefined && rules.empty) return answer;
      const due = rules.due(exchange.session, [exchange.operation?.id ?? ""]);
      return faulted(answer, exchange, due, requested, options);
    },
  };
}

/**
 * Answers in place of the sources if an early fault is due. Before the body is read chat's two operations cannot be
 * distinguished: a rule for either of them fits.
 */
function faultedEarly(head: RequestHead, { spec, rules, allowHeader }: FaultOptions): Answer | undefined {
  const requested = allowHeader ? headerValue(head.headers, FAULT_HEADER) : undefined;
  if (rules.empty && requested === undefined) return undefined;
  const operation = spec.operationOf(head.method, head.path, undefined)?.operation;
  const ids = [operation?.id ?? "", ...(operation?.streaming ? [operation.streaming.id] : [])];
  const due = rules.due(head.session, ids, true);
  const faults = [
    ...due.flatMap((one) => one.faults),
    ...(requested === undefined ? [] : parseEarlyFaults(requested)),
  ];
  if (faults.length === 0) return undefined;
  const { script, notes } = tryFaults(NOTHING, faults);
  return { script, by: { kind: "reply", from: "fault" }, faults: notes };
}

const NOTHING: Script = asgiResponse(200, new Uint8Array(0));

/** Faults of a header if they answer early; a header with mistakes is refused later, after the body has been read. */
function parseEarlyFaults(requested: string): readonly FaultCall[] {
  try {
    const faults = parseFaults(requested);
    return answersEarly(faults) ? faults : [];
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return [];
  }
}

function withoutFault(headers: readonly Header[]): Header[] {
  return headers.filter(([name]) => name.toLowerCase() !== FAULT_HEADER);
}

function faulted(
  answer: Answer,
  head: RequestHead,
  due: readonly DueFaults[],
  requested: string | undefined,
  { allowHeader }: FaultOptions,
): Answer {
  const notes: FaultNote[] = [];
  let { script } = answer;
  const request = { target: faultTarget(head), headers: head.headers };
  const add = (faults: Parameters<typeof tryFaults>[1], seed: number): void => {
    const tried = tryFaults(script, faults, { seed, request });
    ({ script } = tried);
    notes.push(...tried.notes);
  };
  for (const { faults, seed } of due) add(faults, seed);
  if (requested !== undefined && !allowHeader) {
    const why = `${FAULT_HEADER} is ignored without --allow-header-faults`;
    notes.push({ fault: requested, applied: false, why });
  } else if (requested !== undefined) {
    try {
      add(parseFaults(requested), 0);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      return faultRefusal(error);
    }
  }
  if (notes.length === 0) return answer;
  const { delivered, ...rest } = answer;
  // A replaced answer costs nothing, since no provider was reached.
  const same = script.head?.status === answer.script.head?.status;
  return { ...rest, script, faults: notes, ...(same && delivered !== undefined ? { delivered } : {}) };
}

/** Refuses a wrong header: an answer without the fault would look like a client that copes. */
function faultRefusal({ message }: FaultError): Answer {
  const body = Buffer.from(JSON.stringify({ detail: `gatetape: header ${FAULT_HEADER}: ${message}` }));
  return { script: asgiResponse(400, body), by: { kind: "reply", from: "fault-header" } };
}

/** Target as the client sent it, with the session if its base URL has it. */
function faultTarget({ target, session, headers }: RequestHead): string {
  const byHeader = headerValue(headers, SESSION_HEADER) !== undefined;
  return session === "" || byHeader ? target : `/s/${session}${target}`;
}
