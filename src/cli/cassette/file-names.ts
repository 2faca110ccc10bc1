/** Device names that Windows reserves, whatever follows the first dot. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** Maximum length (characters) of a name; with a number and the suffix it stays below the limits of file systems. */
const LENGTH = 80;

/**
 * Makes file names, without suffix, from any titles: unique also where case does not count, and safe on every system.
 *
 * @param ordered prefix a number, so that the names sort in the order of the titles
 */
export function fileNames(titles: readonly string[], ordered = false): string[] {
  const taken = new Set<string>();
  const digits = String(titles.length).length;
  return titles.map((title, i) => {
    const plain = title
      .normalize("NFKD")
      .replaceAll(/[^\w.-]+/g, "-")
      .replaceAll(/-{2,}/g, "-")
      .replaceAll(/^[-.]+|[-.]+$/g, "")
      .slice(0, LENGTH);
    const safe = DEVICES.test(plain) || plain === "" ? `_${plain}` : plain;
    const base = ordered ? `${String(i + 1).padStart(digits, "0")}-${safe}` : safe;
    let name = base;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${base}-${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
