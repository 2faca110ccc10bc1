import type { AnsweredBy } from "../../../exchange/index.ts";

/** Author of answers made by the config's `respond`. */
export const REPLIED: AnsweredBy = { kind: "reply", from: "respond" };

/** Author of synthesized answers; `how` describes how the answer was made. */
export function synthesized(how: string): AnsweredBy {
  return { kind: "synthesizer", how };
}
