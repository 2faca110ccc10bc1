import type { scanForLeaks } from "./scan/index.ts";

/**
 * Looks for secrets a second time, with code of its own, in texts that are about to be written. That code is loaded with
 * the first call: a mock never needs it.
 *
 * @returns the findings; none if the texts may be written
 */
export async function lookAgain(...given: Parameters<typeof scanForLeaks>): ReturnType<typeof scanForLeaks> {
  const { scanForLeaks: look } = await import("./scan/index.ts");
  return await look(...given);
}
