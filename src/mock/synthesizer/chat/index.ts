/** Chat completions: tokens, deltas, tool calls, logprobs. */
export { answered, relayed } from "./answers.ts";
export { chat, chatStream } from "./chat.ts";
