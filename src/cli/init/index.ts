/** Command `gatetape init`. */
export { initCommand } from "./command.ts";
