export { type Answer, answerOf, validationBody } from "./answer.ts";
export type { Loc, PydanticError } from "./errors.ts";
export { type DecodedJson, readPythonJson } from "./json.ts";
export { queryPairs } from "./query.ts";
export { printPython } from "./print.ts";
export { checkRequest, pydanticErrors, type RequestToCheck, type Verdict } from "./request.ts";
export { asksForStream } from "./rules.ts";
export type { PyDict, PyFile, PyValue } from "./value.ts";
