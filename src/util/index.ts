export {
  type ErrorLocation,
  GatetapeError,
  type Problem,
  problemsOf,
  problemText,
  toProblem,
  withOthers,
} from "./errors.ts";
