/** Client side of gatetape's own: answers as their bytes come over a connection. */
export { type Connection, type Heard, openConnection } from "./connection.ts";
export { scriptHeard } from "./script.ts";
