export { adapterDriver, type AdapterDriver } from "./adapter-driver.ts";
export { AdapterError } from "./adapter-error.ts";
