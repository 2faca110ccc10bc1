import type { Script } from "../http/index.ts";
import type { AnsweredBy } from "./answered-by.ts";

/** An answer that refuses a request. */
interface RefusalAnswer {
  readonly script: Script;
  readonly by: AnsweredBy;
}

/** Results of long computations on a large body, which a worker thread has made. */
export interface Insight {
  /** True if the body was read as JSON. */
  readonly isJson: boolean;
  /** The members of the body that decide on access, as OGL's own checks read them; `undefined` if they can't read it. */
  readonly outline: unknown;
  /** Prompt tokens as OGL counts them before it validates the body. */
  readonly promptTokens: number;
  /** Refusal of a body that FastAPI can't read. */
  readonly syntax: RefusalAnswer | undefined;
  /** Refusal of fields that do not fit OGL's models. */
  readonly fields: RefusalAnswer | undefined;
  /** Refusal of a body that Python can't send on. */
  readonly unsendable: RefusalAnswer | undefined;
}
