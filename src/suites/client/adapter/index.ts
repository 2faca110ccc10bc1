/** Adapter protocol: its messages and processes. */
export { AdapterError } from "./adapter-error.ts";
export { type AdapterDriver, adapterDriver } from "./driver.ts";
