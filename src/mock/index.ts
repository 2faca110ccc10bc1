export { BUNDLED, createMock, type MockOptions, type RunningMock, startMock } from "./mock.ts";
export type { Stubs } from "./stubs.ts";
export {
  loadWorld,
  type World,
  WorldError,
  type WorldKey,
  type WorldLimit,
  type WorldModel,
} from "./world/index.ts";
