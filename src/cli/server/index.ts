/** Command `gatetape server`. */
export { serverCommand } from "./command.ts";
