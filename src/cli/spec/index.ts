/** Command `gatetape spec`. */
export { specCommand } from "./command.ts";
