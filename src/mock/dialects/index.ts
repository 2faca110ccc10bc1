/** Dialects: the mock as another server, with its routes, bodies, errors and streams. */
export { DIALECT_FACTS, type DialectFacts } from "./about.ts";
export { type DialectName, dialectNames, dialectSource } from "./dialects.ts";
export { asOperation } from "./operations.ts";
