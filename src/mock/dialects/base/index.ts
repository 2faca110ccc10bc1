/** Parts that dialects share: their type, heads of answers, and chats asked of the mock's own sources. */
export {
  type Inner,
  type Json,
  eventReader,
  innerBody,
  innerError,
  innerRequest,
  hasEventStream,
} from "./inner.ts";
export { type Dialect, type DialectParts } from "./dialect.ts";
export { goResponse, goStream } from "./go-response.ts";
