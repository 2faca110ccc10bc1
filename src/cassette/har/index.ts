/** HAR files as a source and as a target of interactions. */
export { type ReadAttached, noAttached } from "./attached.ts";
export { harExchanges } from "./exchanges.ts";
export { exportHar } from "./export.ts";
export { importHar, parseHar } from "./import.ts";
