/** How uvicorn with h11 reads HTTP/1: requests that Node's parser refuses or changes. */
export { H11Reader } from "./reader.ts";
export { FIRST_REFUSAL } from "./refusal.ts";
