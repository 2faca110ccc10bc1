/** Traces of exchanges: the journal and its schema, timelines and hexdumps. */
export {
  type ExchangeLine,
  type LineWrite,
  exchangeLineProblem,
  parseExchangeLine,
} from "./exchange-line.ts";
export { Journal } from "./journal.ts";
export { exchangeLineOf } from "./line-of.ts";
export { readableParts, timelineOf } from "./timeline.ts";
