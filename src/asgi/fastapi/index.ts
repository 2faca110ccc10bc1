/** Validation of requests as FastAPI with pydantic does it, and the words of its 422. */
export { printAnswer } from "./answer.ts";
export { type AppFacts, FastApiApp } from "./app.ts";
export { ERRORS, type PydanticError, errorAt } from "./errors.ts";
export { needsFullLook } from "./full-look.ts";
export { readPythonJson, readPythonJsonText } from "./json.ts";
export { printPython } from "./print.ts";
export { pythonFloat } from "./python-float.ts";
export { queryPairs } from "./query.ts";
export { Crash, NestedErrors, Refusal, ValidatorFailure } from "./raise.ts";
export { type Inputs, type Verdict, checkRequest } from "./request.ts";
export { stripText } from "./scalars.ts";
export type { ModelRule, ModelValue, Run, Type } from "./types.ts";
export { validate } from "./validate.ts";
export { type PyDict, type PyValue, isDict, reprFloat, reprString } from "./value.ts";
