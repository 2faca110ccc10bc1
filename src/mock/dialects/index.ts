/** Dialects: the mock as another server, with its routes, bodies, errors and streams. */
export { DIALECTS, DialectError, type DialectName, dialectNames, dialectSource } from "./dialects.ts";
