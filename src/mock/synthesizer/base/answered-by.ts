import type { AnsweredBy } from "../../../exchange/index.ts";

/** Names the config's `respond` as the author of an answer. */
export const REPLIED: AnsweredBy = { kind: "reply", from: "respond" };

/** Names the synthesizer as the author of an answer, with how the answer came about. */
export function synthesized(how: string): AnsweredBy {
  return { kind: "synthesizer", how };
}
