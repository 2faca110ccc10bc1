/** Lateness of the machine: delays of the runner's own event loop and of a control process's exchanges. */
export { type LatenessWatch, watchLateness } from "./watch.ts";
