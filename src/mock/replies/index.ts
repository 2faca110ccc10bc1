/** Answers given by a test at run time or by the config: replies, and whole interactions. */
export { type AddedInteractions, readAdded } from "./check.ts";
export {
  type AddedReply,
  type Pattern,
  Replies,
  ReplyError,
  type ReplyErrorCode,
  type ReplyErrorLocation,
  type ReplyGiven,
  type ReplyOptions,
  type ReplyRule,
  type ReplyState,
  type When,
  userTexts,
  checkOperation,
  checkPatterns,
  checkRule,
  checkRules,
  plainRules,
  questionTest,
  systemTexts,
  toolNames,
  turnOf,
} from "./rules/index.ts";
export { replySource } from "./source.ts";
export { Stubs } from "./stubs.ts";
