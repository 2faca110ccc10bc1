export { BUNDLED, createMock, type MockOptions, type RunningMock, startMock } from "./mock.ts";
export { Player } from "./player.ts";
export { Stubs } from "./stubs.ts";
