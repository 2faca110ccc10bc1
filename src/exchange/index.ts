export type { Access } from "./access.ts";
export type { Answer, FaultNote, LiveAnswer, LiveCall, LiveSource, RequestBody, Source } from "./answer.ts";
export { type AnsweredBy, answeredByText, type CassetteReply, upstreamRefusal } from "./answered-by.ts";
export type { Exchange, Trace } from "./exchange.ts";
export type { ExchangeRequest, FormPart, RequestHead } from "./request.ts";
export type { UpstreamEnd, UpstreamExchange, UpstreamTap } from "./upstream-tap.ts";
