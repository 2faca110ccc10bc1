/** The independent second look for secrets. It shares no code with the first. */
export { scanForLeaks } from "./scan.ts";
