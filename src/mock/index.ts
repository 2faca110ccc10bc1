/** Mock: its Hono app, player, replies, synthesizer, faults and control API. */
export { ControlTokenError, type ControlTokenErrorCode } from "./control/index.ts";
export { FaultError, type FaultErrorCode } from "./faults/index.ts";
export { BUNDLED, type Mock, type MockOptions, type RunningMock, createMock, startMock } from "./mock.ts";
export { KeyNameError, type KeyNameErrorCode, Player } from "./player/index.ts";
export { Stubs } from "./replies/index.ts";
export { type Pace, type Reply, type Respond, type RespondRequest } from "./synthesizer/index.ts";
