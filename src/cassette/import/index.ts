/** Exchanges of other tools, or raw ones, made into interactions. */
export { type CleanCassette, cleanCassette } from "./clean-cassette.ts";
export { type CollectOptions, type ImportResult, collectImport } from "./collect.ts";
export { type Adjusted, type Pair, fieldsOf, valueOf, withValue } from "./headers.ts";
export { draftOfExchange, importExchanges } from "./import.ts";
export { IMPORT_FORMATS, type ImportFormat } from "./import-format.ts";
export { parseExchanges, parseLines } from "./lines.ts";
export { type Refuse, type SavedRequest, type SavedResponse, rawOfSaved } from "./saved.ts";
export type { Adjustment, ImportEntry, ParsedImport, RawExchange } from "./types.ts";
