/** The world of a mocked gateway: its file format, its models and keys, counters that requests change. */
export { defaultWorld } from "./default-world.ts";
export { WorldError, type WorldErrorCode, checkSettings, checkWorld, loadWorld } from "./load.ts";
export { type Router, limitsFor } from "./lookup.ts";
export type { Principal } from "./session.ts";
export { NOBODY, WorldState, costOf } from "./state.ts";
export {
  type Call,
  type GatewaySettings,
  type Outcome,
  type SearchQuery,
  type StateRules,
  type Upload,
  type UsageRow,
  checkUploadSize,
  findChunks,
  MAX_UPLOAD,
  handlerOf,
  hitViews,
  isUnreadable,
  kindOfUpload,
  plainValue,
} from "./entities/index.ts";
export { rewrittenHandlerOf } from "./rewrite/index.ts";
export {
  LIMIT_TYPES,
  type LimitType,
  type World,
  type WorldKey,
  type WorldLimit,
  type WorldModel,
} from "./types.ts";
