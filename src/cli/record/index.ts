/** Command `gatetape record`. */
export { recordCommand } from "./record.ts";
