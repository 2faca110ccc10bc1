/** The scenario server: answers a scenario's calls with its scripts. */
export { Stage, scriptFor } from "./scenario-server.ts";
