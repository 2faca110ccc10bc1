export {
  type ExchangeLine,
  exchangeLineProblem,
  type LineWrite,
  parseExchangeLine,
} from "./exchange-line.ts";
export { exchangeLineOf } from "./line-of.ts";
export { Journal } from "./journal.ts";
export { piecesOf, timelineOf } from "./timeline.ts";
