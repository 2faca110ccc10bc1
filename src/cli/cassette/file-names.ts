/** Windows keeps these for devices, whatever follows the first dot. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** Characters of a name; with a number and the suffix it stays well under what file systems take. */
const LENGTH = 80;

/**
 * File names, without suffix, for titles of any kind: one each, safe on every system, also where case does not count.
 *
 * @param ordered puts a number first, so that the names sort as the titles come
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
