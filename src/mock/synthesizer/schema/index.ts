/** Values made from a JSON Schema. */
export { type Hints, findHints } from "./hints.ts";
export { jsonObject, requestedSchema } from "./request.ts";
export { makeStructured } from "./structured.ts";
