/** Values made from a JSON Schema. */
export { type Hints, hintsOf } from "./hints.ts";
export { jsonObject, requestedSchema } from "./request.ts";
export { makeStructured } from "./structured.ts";
