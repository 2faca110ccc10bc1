/** Commands on a live server: `gatetape drift`, `gatetape provision`. */
export { driftCommand } from "./drift.ts";
export { provisionCommand } from "./provision.ts";
