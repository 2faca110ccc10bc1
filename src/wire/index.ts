/** undefined */
export { Schedule, type Timed } from "./schedule.ts";
