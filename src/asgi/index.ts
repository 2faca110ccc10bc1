/** Behaviour of many Python servers: how uvicorn reads HTTP, how FastAPI validates. */
export {
  type PyValue,
  type Verdict,
  answerOf,
  checkRequest,
  needsFullLook,
  printPython,
  pythonFloat,
  queryPairs,
  readPythonJson,
  reprFloat,
} from "./fastapi/index.ts";
export { FIRST_REFUSAL, H11Reader } from "./h11/index.ts";
export {
  EVENT_STREAM_TYPE,
  STREAM_HEADERS,
  asgiResponse,
  lengthHeaders,
  uvicornHeaders,
} from "./response.ts";
