export { defaultWorld } from "./default-world.ts";
export { Gatekeeper } from "./gatekeeper.ts";
export { checkWorld, loadWorld, WorldError, type WorldErrorCode } from "./load.ts";
export { WorldState } from "./state.ts";
export { withHeaders } from "./usage.ts";
export type { LimitType, World, WorldKey, WorldLimit, WorldModel } from "./types.ts";
export { refuseFields } from "./validation.ts";
