export { type ExchangeLine, parseExchangeLine } from "./exchange-line.ts";
export { Journal } from "./journal.ts";
export { piecesOf, timelineOf } from "./timeline.ts";
