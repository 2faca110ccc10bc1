/** Thread for requests that take long, so that no request stops the others. */
export { Offload } from "./offload.ts";
