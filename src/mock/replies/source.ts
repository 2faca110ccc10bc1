import type { Source } from "../../exchange/index.ts";
import type { Synthesizer } from "../synthesizer/index.ts";
import type { Replies } from "./rules/index.ts";

/**
 * Source of replies: the synthesizer makes answers of them, in JSON and as streams.
 * @param added interactions added at run time, which are about one request and go before replies
 */
export function replySource(replies: Replies, synthesizer: Synthesizer, added: Source): Source {
  return {
    answer: (exchange) => {
      if (replies.isEmpty) return undefined;
      const question = synthesizer.questionOf(exchange);
      if (question === undefined) return undefined;
      const answer = added.answer(exchange);
      if (answer !== undefined) return answer;
      const found = replies.find(question);
      return found && synthesizer.answerWith(exchange, found);
    },
  };
}
