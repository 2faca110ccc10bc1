/** The text with all that a regular expression gives a meaning escaped. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A regular expression for whole texts that fit a glob, in which `*` stands for any characters. */
export function globPattern(glob: string): RegExp {
  return new RegExp(`^${glob.split("*").map(escapeRegExp).join(".*")}$`, "s");
}
