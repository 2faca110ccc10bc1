/** OpenAI's own API. */
export { openai } from "./openai.ts";
