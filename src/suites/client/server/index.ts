/** Scenario server: answers a scenario's calls with its scripts. */
export { ScenarioServer, scriptFor } from "./scenario-server.ts";
