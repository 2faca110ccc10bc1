/** Exchanges of other tools, or raw ones, made into interactions. */
export { type CollectOptions, type ImportResult, collectImport } from "./collect.ts";
export { type Adjusted, type Pair, fieldsOf, valueOf, withValue } from "./headers.ts";
export { draftOfExchange } from "./import.ts";
export { IMPORT_FORMATS, type ImportFormat } from "./import-format.ts";
export { parseLines } from "./lines.ts";
export { BOM_BYTES, type Refuse, type SavedRequest, type SavedResponse, rawOfSaved } from "./saved.ts";
export type { ImportEntry, ParsedImport, RawExchange } from "./types.ts";
