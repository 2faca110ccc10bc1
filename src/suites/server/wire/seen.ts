import type { Spec } from "../../../openapi/index.ts";
import type { ServerExchange } from "../model/index.ts";
import { type Heard, scriptHeard } from "../../wire/index.ts";
import type { OutgoingRequest } from "./request.ts";

/** Position and time of an exchange in its run. */
export interface Position {
  readonly nth: number;
  readonly part: string | undefined;
  /** Time (ms since the epoch) at which the request was sent. */
  readonly startedAt: number;
  /** The same in ms since the run's start. */
  readonly at: number;
}

/** Makes the exchange of a request and what was heard. */
export function exchangeSeen(
  request: OutgoingRequest,
  heard: Heard,
  spec: Spec,
  { nth, part, startedAt, at }: Position,
): ServerExchange {
  const { message, ended, surplus, trouble, ms } = heard;
  const path = request.target.split("?", 1)[0] ?? "";
  const operation = spec.operationOf(request.method, path, undefined)?.operation.id;
  const times = message.reads.map((read) => read.at);
  return {
    nth,
    ...(part === undefined ? {} : { part }),
    startedAt,
    at,
    endedAt: at + ms,
    ms,
    session: "",
    expected: true,
    endedBy: ended === "aborted" || ended === "stall" ? "runner" : "server",
    surplus,
    ...(trouble === undefined ? {} : { trouble }),
    request: {
      method: request.method,
      target: request.target,
      headers: request.headers,
      body: request.body,
    },
    ...(operation === undefined ? {} : { operation }),
    findings: [],
    answer: { by: { kind: "upstream" }, script: scriptHeard(heard) },
    delivery: {
      ended,
      writes: times.length,
      bytes: message.reads.reduce((sum, { bytes }) => sum + bytes.length, 0),
      at: times,
    },
  };
}
