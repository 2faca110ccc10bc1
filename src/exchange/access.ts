import type { Answer } from "./answer.ts";
import type { ExchangeRequest, RequestHead } from "./request.ts";

/** Refuses requests as OGL would, and knows what an answer costs the one who asked. */
export interface Access {
  /** Refuses on the head alone, before the body is read. */
  refuseEarly?(head: RequestHead): Answer | undefined;
  refuse(exchange: ExchangeRequest): Answer | undefined;
  /** Adds to an answer what is due to the one who asked: headers of limits, a charge when it has been delivered. */
  settle(request: RequestHead, answer: Answer): Answer;
}
