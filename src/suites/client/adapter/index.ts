/** Adapter protocol: its messages and processes. */
export { noResult } from "./adapter-error.ts";
export { type AdapterDriver, adapterDriver } from "./driver.ts";
