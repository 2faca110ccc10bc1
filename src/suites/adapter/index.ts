export { adapterDriver, type AdapterDriver, type AdapterDriverOptions } from "./adapter-driver.ts";
export { AdapterError, type AdapterErrorCode } from "./adapter-error.ts";
