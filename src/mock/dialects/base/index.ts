/** Parts that dialects share: their type, heads of answers, and requests asked of the mock's own sources. */
export { type Json, innerBody, innerError, innerRequest, hasEventStream } from "./inner.ts";
export { type Dialect, type DialectParts, type MadeAnswer } from "./dialect.ts";
export { goJson, goResponse, goStream } from "./go-response.ts";
export { chunkedResponse, wholeResponse } from "./response.ts";
export { type Route, type Routes, dialectRoute, ownAnswer, routedDialect } from "./routes.ts";
