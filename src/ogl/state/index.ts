/** The world of a mocked gateway: its file format, its models and keys, counters that requests change. */
export { defaultWorld } from "./default-world.ts";
export { WorldError, type WorldErrorCode, checkSettings, checkWorld, loadWorld } from "./load.ts";
export { type Router, limitsFor } from "./lookup.ts";
export type { Principal } from "./session.ts";
export { NOBODY, WorldState, costOf, toMicro } from "./state.ts";
export {
  type Call,
  type Embedded,
  type GatewaySettings,
  type Hit,
  MAX_UPLOAD,
  type Outcome,
  type SearchQuery,
  type StateRules,
  UPLOAD_TOO_LARGE,
  type Upload,
  type UsageRow,
  checkUploadSize,
  findChunks,
  handlerOf,
  hitViews,
  isUnreadable,
  kindOfUpload,
  plainValue,
  prepareCall,
  readPdf,
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
