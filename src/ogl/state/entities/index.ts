/** Stateful operations by entity: roles, users, keys, routers, providers, collections, documents, usage. */
export {
  type Call,
  type Caller,
  type Embedded,
  type GatewaySettings,
  type Handler,
  type Outcome,
  type StateRules,
  type Upstream,
  answer,
  clockTime,
  isUnreadable,
  made,
  raiseRefusal,
  rowOf,
} from "./call.ts";
export { handlerOf } from "./handlers.ts";
export { prepareCall } from "./prepare.ts";
export {
  MAX_UPLOAD,
  UPLOAD_TOO_LARGE,
  type Upload,
  checkUploadSize,
  kindOfUpload,
  readPdf,
} from "./text/index.ts";
export { plainValue } from "./text/index.ts";
export { cutPage, totalEnvelope } from "./paging.ts";
export { LIMIT_TYPES } from "./roles.ts";
export { type Hit, type SearchQuery, findChunks, hitViews } from "./search.ts";
export { makeToken, ownUser, removeToken } from "./tokens.ts";
export type { UsageRow } from "./usage-row.ts";
