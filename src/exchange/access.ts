import type { Answer } from "./answer.ts";
import type { ExchangeRequest, RequestHead } from "./request.ts";

/** Refuses requests as OGL would, and charges answers to the principal of a request. */
export interface Access {
  /** Refuses on the head alone, before the body is read. */
  refuseEarly?(head: RequestHead): Answer | undefined;
  refuse(exchange: ExchangeRequest): Answer | undefined;
  /**
   * Makes the function that adds to the request's answer the headers of limits, and a charge when it has been delivered.
   * Called at once after `refuse`; the answer may come later.
   */
  settle(request: RequestHead): (answer: Answer) => Answer;
}
