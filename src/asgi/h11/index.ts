/** Reading of HTTP/1 as uvicorn with h11 does it: also requests that Node's parser refuses or changes. */
export { H11Connection } from "./reader.ts";
export { FIRST_REFUSAL } from "./refusal.ts";
export type { H11Head } from "./head.ts";
export type { BodyTaker, H11Request } from "./request.ts";
