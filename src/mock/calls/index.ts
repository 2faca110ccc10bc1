/** Calls: what the mock was asked, for the assertions of tests. */
export { assertReceived, assertReceivedTimes } from "./assert.ts";
export { type Call, type CallFilter, FILTER_MEMBERS, callsIn } from "./calls.ts";
export { PlayedError, type PlayedErrorCode, PlayedTraces, checkPlayed, playedExchange } from "./played.ts";
