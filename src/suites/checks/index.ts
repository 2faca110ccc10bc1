/** Checks over the trace of a run. */
export { asSent } from "./as-sent.ts";
export { inTime } from "./check.ts";
export {
  choices,
  modelId,
  models,
  noGluedArguments,
  text,
  textBegins,
  textSurfaced,
  toolCalls,
  usage,
  usageSent,
  usageMember,
  vectors,
} from "./content.ts";
export { cutBy, finishReason, finishReasonSent } from "./finish.ts";
export {
  error,
  message,
  noSilentLoss,
  refusal,
  status,
  surfacesSomething,
  textOrError,
  waitsOrError,
} from "./errors.ts";
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
