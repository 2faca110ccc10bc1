/** Checks over the trace of a run. */
export {
  choices,
  finishReason,
  modelId,
  models,
  noGluedArguments,
  text,
  textBegins,
  toolCalls,
  usage,
  usageMember,
  vectors,
} from "./content.ts";
export { error, message, noSilentLoss, refusal, status, textOrError } from "./errors.ts";
export {
  bearerKey,
  bodyMember,
  closesWithin,
  gapAtLeast,
  givesUpWithin,
  keyInTarget,
  methods,
  noEarlyRetry,
  path,
  requests,
  staysBelow,
  validRequest,
} from "./wire.ts";
