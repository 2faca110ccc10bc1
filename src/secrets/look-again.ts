import type { WrittenTexts, locateText, scanForLeaks } from "./scan/index.ts";

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

/** JSON pointer to where a value shows a text that `lookAgain` found. */
export async function locationOfText(...given: Parameters<typeof locateText>): Promise<string> {
  const { locateText: locate } = await import("./scan/index.ts");
  return locate(...given);
}

/** An empty index of written texts, in which secrets are looked up that are learnt later. */
export async function writtenTexts<Key>(): Promise<WrittenTexts<Key>> {
  const { WrittenTexts: Written } = await import("./scan/index.ts");
  return new Written<Key>();
}
