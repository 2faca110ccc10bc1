/** Raw HTTP exchanges made into interactions. */
export { type CleanCassette, cleanCassette } from "./clean-cassette.ts";
export { type RawExchange, draftOfExchange, importExchanges, parseExchanges } from "./import.ts";
