/** Requests of the server suite as bytes, and their answers as exchanges. */
export { exchangeSeen } from "./seen.ts";
export { type OutgoingRequest, outgoing } from "./request.ts";
