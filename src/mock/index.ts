/** Mock: its Hono app, player, replies, synthesizer, faults and control API. */
export {
  type Call,
  type CallFilter,
  PlayedError,
  type PlayedErrorCode,
  PlayedTraces,
  assertReceived,
  assertReceivedTimes,
  checkPlayed,
} from "./calls/index.ts";
export { ControlTokenError, type ControlTokenErrorCode } from "./control/index.ts";
export { DIALECT_FACTS, type DialectFacts } from "./dialects/index.ts";
export { FaultError, type FaultErrorCode, tryFaults } from "./faults/index.ts";
export { BUNDLED, type Mock, type MockOptions, type RunningMock, createMock, startMock } from "./mock.ts";
export { KeyNameError, type KeyNameErrorCode, Player } from "./player/index.ts";
export {
  type AddedReply,
  type Pattern,
  ReplyError,
  type ReplyErrorCode,
  type ReplyErrorLocation,
  type ReplyGiven,
  type ReplyOptions,
  type ReplyRule,
  Stubs,
  type When,
  checkRules,
  plainRules,
} from "./replies/index.ts";
export { type Pace, type Reply, type Respond, type RespondRequest } from "./synthesizer/index.ts";
