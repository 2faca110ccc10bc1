export { answerOf } from "./answer.ts";
export { needsFullLook } from "./full-look.ts";
export type { Loc } from "./errors.ts";
export { readPythonJson } from "./json.ts";
export { queryPairs } from "./query.ts";
export { printPython } from "./print.ts";
export { checkRequest, pydanticErrors, type RequestToCheck, type Verdict } from "./request.ts";
export { asksForStream } from "./rules.ts";
export type { PyValue } from "./value.ts";
