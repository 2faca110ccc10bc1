/** Replies with their conditions: their form, their check, the requests that they fit, and their order. */
export { checkOperation, checkPatterns, checkRule, checkRules, plainRules } from "./check.ts";
export { userTexts, systemTexts, toolNames, turnOf } from "./question.ts";
export { type AddedReply, Replies, type ReplyState } from "./replies.ts";
export { ReplyError, type ReplyErrorCode, type ReplyErrorLocation } from "./reply-error.ts";
export { type Pattern, type ReplyGiven, type ReplyOptions, type ReplyRule, type When } from "./types.ts";
export { questionTest } from "./when.ts";
