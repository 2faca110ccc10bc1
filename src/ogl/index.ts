/** Behaviour of OGL alone: versions, authentication, limits, budgets, usage, errors, state. */
export { OglAccess } from "./access.ts";
export { type ChatSearch, chatSearchOf } from "./chat-search.ts";
export { openToBrowsers } from "./cors.ts";
export { failure, relayRefusal } from "./errors.ts";
export { insightOf } from "./insight.ts";
export { MODEL_TYPES, modelName } from "./operations.ts";
export { PRINTED_VALUES, type ProvisionPlan, type ProvisionStep, provisionPlan } from "./provision/index.ts";
export { bodyFields } from "./stateful.ts";
export {
  type Embedded,
  type GatewaySettings,
  type LimitType,
  MAX_UPLOAD,
  UPLOAD_TOO_LARGE,
  type Upload,
  type World,
  WorldError,
  type WorldErrorCode,
  type WorldKey,
  type WorldLimit,
  type WorldModel,
  WorldState,
  checkSettings,
  checkWorld,
  defaultWorld,
  kindOfUpload,
  loadWorld,
  readPdf,
} from "./state/index.ts";
export { countCompletion, countDelta, promptTokens } from "./tokens.ts";
export { type CountedTokens, usageObject } from "./usage.ts";
export { readBodyValue, refuseFields } from "./validation.ts";
export { type Generation, generationOf } from "./versions.ts";
