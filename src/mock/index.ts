export { BUNDLED, createMock, type MockOptions, type RunningMock, startMock } from "./mock.ts";
export type { Pace, Reply, Respond, RespondRequest } from "./synth/index.ts";
export type { Stubs } from "./stubs.ts";
export {
  type LimitType,
  loadWorld,
  type World,
  WorldError,
  type WorldKey,
  type WorldLimit,
  type WorldModel,
} from "./world/index.ts";
