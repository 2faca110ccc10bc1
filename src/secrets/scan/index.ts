/** The independent second look for secrets. It shares no code with the first. */
export { randomRuns } from "./entropy.ts";
export { locateText } from "./locate.ts";
export { scanForLeaks } from "./scan.ts";
export { WrittenTexts } from "./written.ts";
