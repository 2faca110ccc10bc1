export { BUNDLED, createMock, type Mock, type MockOptions, type RunningMock, startMock } from "./mock.ts";
export type { Stubs } from "./stubs.ts";
