/** Raw HTTP exchanges made into interactions. */
export { type RawExchange, draftOfExchange, importExchanges, parseExchanges } from "./import.ts";
