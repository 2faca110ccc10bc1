/** How FastAPI with pydantic validates a request, and how it words its 422. */
export { answerOf } from "./answer.ts";
export { needsFullLook } from "./full-look.ts";
export { readPythonJson } from "./json.ts";
export { printPython } from "./print.ts";
export { pythonFloat } from "./python-float.ts";
export { queryPairs } from "./query.ts";
export { type Verdict, checkRequest } from "./request.ts";
export { type PyValue, reprFloat } from "./value.ts";
