/** The world of a mocked gateway: its file format, its models and keys, counters that requests change. */
export { defaultWorld } from "./default-world.ts";
export { WorldError, type WorldErrorCode, checkWorld, loadWorld } from "./load.ts";
export { type Principal, type Router, WorldState, costOf } from "./state.ts";
export {
  LIMIT_TYPES,
  type LimitType,
  type World,
  type WorldKey,
  type WorldLimit,
  type WorldModel,
} from "./types.ts";
