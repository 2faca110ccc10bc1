/** HAR files as a source and as a target of interactions. */
export { harExchanges } from "./exchanges.ts";
export { exportHar } from "./export.ts";
export { type HarImport, importHar } from "./import.ts";
