/** Behaviour of many Python servers: uvicorn reads and writes HTTP, FastAPI validates requests. */
export {
  type AppFacts,
  Crash,
  ERRORS,
  FastApiApp,
  type ModelRule,
  type ModelValue,
  NestedErrors,
  type PyDict,
  type PyValue,
  type PydanticError,
  Refusal,
  type Run,
  type Type,
  ValidatorFailure,
  type Verdict,
  printAnswer,
  checkRequest,
  errorAt,
  needsFullLook,
  printPython,
  pythonFloat,
  queryPairs,
  readPythonJson,
  readPythonJsonText,
  reprFloat,
  validate,
} from "./fastapi/index.ts";
export { FIRST_REFUSAL, H11Reader } from "./h11/index.ts";
export { KEEP_ALIVE_MS } from "./keep-alive.ts";
export {
  EVENT_STREAM_TYPE,
  STREAM_HEADERS,
  asgiResponse,
  lengthHeaders,
  uvicornHeaders,
} from "./response.ts";
