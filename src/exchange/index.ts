/** The one record of a request and its answer, and the types `Answer` and `Source`. */
export { type Access } from "./access.ts";
export {
  type Answer,
  type FaultNote,
  type LaterAnswer,
  type LiveAnswer,
  type LiveCall,
  type LiveSource,
  type RequestBody,
  type Source,
} from "./answer.ts";
export { type AnsweredBy, type CassetteReply, answeredByText, upstreamRefusal } from "./answered-by.ts";
export { type Exchange, type Trace } from "./exchange.ts";
export { type Insight } from "./insight.ts";
export { type ExchangeRequest, type FormPart, type RequestHead } from "./request.ts";
export {
  type UpstreamAnswer,
  type UpstreamEnd,
  type UpstreamExchange,
  type UpstreamTap,
} from "./upstream-tap.ts";
