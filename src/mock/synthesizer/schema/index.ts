/** JSON values made from a JSON Schema. */
export { type Hints, hintsOf } from "./hints.ts";
export { jsonObject, schemaAsked } from "./request.ts";
export { makeStructured } from "./structured.ts";
