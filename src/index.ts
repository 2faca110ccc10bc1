/**
 * gatetape's public library. Only these exports are stable API.
 *
 * @packageDocumentation
 */
export { CassetteError, type CassetteErrorCode, type CassetteErrorLocation } from "./cassette/index.ts";
export { type ErrorLocation, GatetapeError, type Problem } from "./util/index.ts";
export { type Config, defineConfig, type MockConfig, type RecordConfig } from "./config/index.ts";
export { type AnsweredBy } from "./exchange/index.ts";
export { ListenError, type ListenErrorCode } from "./server/index.ts";
export {
  type CassetteOptions,
  type CassetteSession,
  RecordError,
  type RecordErrorCode,
  type RecordMode,
  type RecorderEvent,
  type RecorderOptions,
  type RecordingSummary,
  type RunningRecorder,
  startRecorder,
  withCassette,
} from "./recorder/index.ts";
export {
  type AddedReply,
  type Call,
  type CallFilter,
  ControlTokenError,
  type ControlTokenErrorCode,
  createMock,
  FaultError,
  type FaultErrorCode,
  KeyNameError,
  type KeyNameErrorCode,
  startMock,
  type Mock,
  type MockOptions,
  type Pace,
  type Pattern,
  PlayedError,
  type PlayedErrorCode,
  type Reply,
  ReplyError,
  type ReplyErrorCode,
  type ReplyErrorLocation,
  type ReplyGiven,
  type ReplyOptions,
  type ReplyRule,
  type Respond,
  type RespondRequest,
  type RunningMock,
  type When,
} from "./mock/index.ts";
export {
  loadWorld,
  type LimitType,
  type World,
  WorldError,
  type WorldErrorCode,
  type WorldKey,
  type WorldLimit,
  type WorldModel,
} from "./ogl/index.ts";
export {
  DEFAULT_OGL_VERSION,
  OGL_VERSIONS,
  SpecError,
  type SpecErrorCode,
  type OglVersion,
} from "./openapi/index.ts";
export {
  type Capability,
  type ClientInfo,
  type ClientOperation,
  type ClientRun,
  type Control,
  type Driver,
  type Level,
  type Outcome,
  type OutcomeError,
  type Result,
  type RunOptions,
  runScenarios,
  type Scenario,
  type Selection,
  selectScenarios,
  Skip,
  SuiteError,
  type SuiteErrorCode,
  type Verdict,
  type VerdictFinding,
} from "./suites/index.ts";
