import type { Sanitizer } from "../../secrets/index.ts";
import type { About } from "../format/index.ts";

/** Members of `about` that come from outside: a user's words, the name of a file, a tool's own name. */
const TEXTS = ["title", "derivedBy", "recordedWith"] as const;

/**
 * Removes secrets from what a cassette says about itself.
 *
 * @param at called with the name of each member before it is looked at
 */
export function scrubAbout(
  about: About,
  sanitizer: Sanitizer,
  at: (member: string) => void = () => {},
): About {
  const texts = TEXTS.flatMap((member) => {
    const text = about[member];
    if (text === undefined) return [];
    at(member);
    return [[member, sanitizer.replaceText(text)] as const];
  });
  return { ...about, ...Object.fromEntries(texts) };
}
