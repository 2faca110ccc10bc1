/** Traces of exchanges: the journal and its schema, timelines and hexdumps. */
export {
  type ExchangeLine,
  type LineWrite,
  exchangeLineProblem,
  parseExchangeLine,
} from "./exchange-line.ts";
export { Journal, type JournalExchange } from "./journal.ts";
export { exchangeLineOf } from "./line-of.ts";
export { readableParts, timelineOf } from "./timeline.ts";
