export { BUNDLED, createMock, type MockOptions, type RunningMock, startMock } from "./mock.ts";
export type { Stubs } from "./stubs.ts";
