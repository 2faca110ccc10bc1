import type { Answer, ExchangeRequest, LaterAnswer } from "../../../exchange/index.ts";
import type { WorldState } from "../../../ogl/index.ts";
import type { Spec } from "../../../openapi/index.ts";

/** An answer, or one that another thread is still making. */
export type MadeAnswer = Answer | LaterAnswer;

/** Parts of a mock of which a dialect makes its answers. */
export interface DialectParts {
  readonly spec: Spec;
  readonly state: WorldState;
  /** Answers an OpenAI request by replies, fault models and the synthesizer. */
  readonly ask: (exchange: ExchangeRequest) => MadeAnswer | undefined;
}

/** The wire of one kind of server. */
export interface Dialect {
  /** Whether a path is one of the server's routes. */
  serves(path: string): boolean;
  /** The answer to a request on one of the server's routes; `undefined` for any other path. */
  answer(request: ExchangeRequest): MadeAnswer | undefined;
  /** The server's own answer to a request on none of its routes. */
  notFound(request: ExchangeRequest): Answer;
}
