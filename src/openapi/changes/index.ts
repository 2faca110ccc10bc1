/** Changes from one OpenAPI document to a newer one: what they touch, and whether they break clients. */
export { specChanges } from "./changes.ts";
export type { SpecChange } from "./model.ts";
