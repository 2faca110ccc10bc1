/** Stateful operations by entity: roles, users, keys, routers, providers, collections, documents, usage. */
export {
  type Call,
  type Caller,
  type GatewaySettings,
  type Outcome,
  type StateRules,
  type Upstream,
  type UpstreamError,
  isUnreadable,
} from "./call.ts";
export { handlerOf } from "./handlers.ts";
export { type Upload, checkUploadSize, kindOfUpload } from "./text/index.ts";
export { MAX_UPLOAD } from "./text/index.ts";
export { plainValue } from "./text/index.ts";
export { LIMIT_TYPES } from "./roles.ts";
export { type SearchQuery, findChunks, hitViews } from "./search.ts";
export type { UsageRow } from "./usage-row.ts";
