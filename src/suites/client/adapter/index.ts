/** The adapter protocol: messages, and the process that speaks it. */
export { AdapterError } from "./adapter-error.ts";
export { type AdapterDriver, adapterDriver } from "./driver.ts";
