/** Building blocks of faults: parameters, positions, edits of ops. */
export { type Edit, editStream, edited } from "./edit.ts";
export { FaultError, type FaultErrorCode } from "./fault-error.ts";
export {
  type Fault,
  type FaultContext,
  type HeaderPart,
  MIDWAY,
  type Parameter,
  type Position,
  type PositionKind,
  type Value,
  WITHIN,
  choice,
  defineFault,
  flag,
  number,
  optional,
  textParameter,
} from "./fault.ts";
export {
  type Flat,
  type Write,
  bytesOf,
  endOf,
  isEnd,
  overRuns,
  overWrites,
  prefixed,
  waitOf,
  wholeOf,
  withCutOps,
  withOps,
  writeOf,
} from "./ops.ts";
export { cut, hasEvents, pick } from "./position.ts";
