export { applyFaults } from "./faults/apply.ts";
export { FAULTS } from "./faults/all.ts";
export type { Fault, Parameter, Position } from "./faults/fault.ts";
export { FaultError, type FaultErrorCode } from "./faults/fault-error.ts";
export { type FaultCall, parseFaults, printFaults } from "./faults/grammar.ts";
export { BUNDLED, createMock, type Mock, type MockOptions, type RunningMock, startMock } from "./mock.ts";
export { Player } from "./player.ts";
export { Stubs } from "./stubs.ts";
export type { Pace, Reply, Respond, RespondRequest } from "./synth/index.ts";
export {
  type LimitType,
  loadWorld,
  type World,
  WorldError,
  type WorldErrorCode,
  type WorldKey,
  type WorldLimit,
  type WorldModel,
} from "./world/index.ts";
