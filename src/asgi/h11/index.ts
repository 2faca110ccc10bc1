/** Reading of HTTP/1 as uvicorn with h11 does it: also requests that Node's parser refuses or changes. */
export { H11Reader } from "./reader.ts";
export { FIRST_REFUSAL } from "./refusal.ts";
