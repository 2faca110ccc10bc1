/** Client side of the server suite: requests and answers as bytes over connections of its own. */
export { type Connection, openConnection } from "./connection.ts";
export { exchangeSeen } from "./seen.ts";
export { type OutgoingRequest, outgoing } from "./request.ts";
