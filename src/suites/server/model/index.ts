/** Types of the server suite: probes, exchanges, checks, facts about the server. */
export type { Facts } from "./facts.ts";
export type { Asker, Consent, Created, CreatedKind, Draft, Probe, Unfit } from "./probe.ts";
export { type ServerCheck, type ServerFinding, eachAnswer } from "./server-check.ts";
export {
  type Members,
  type ServerExchange,
  answeredBytes,
  answeredHeader,
  answeredObject,
  answeredStatus,
  answeredBodyText,
  answeredType,
  isWholeAnswer,
  isSuccess,
  madeKey,
  asMembers,
  objectsAmong,
  shownExchange,
  streamChunks,
  streamEvents,
  streamTokens,
} from "./server-exchange.ts";
