import type { TimedWrite } from "../format/index.ts";
import type { Block, Pair } from "./stream.ts";

/** Differences of the boundaries of two bodies' writes, in words; empty if equal bytes are cut equally. */
export function writeNotes(
  before: readonly TimedWrite[],
  after: readonly TimedWrite[],
  blocks?: {
    readonly before: readonly Block[];
    readonly after: readonly Block[];
    readonly pairs: readonly Pair[];
  },
): string[] {
  const notes = blocks === undefined ? plainNotes(before, after) : blockNotes(before, after, blocks);
  if (before.length === after.length) {
    for (const [i, write] of before.entries()) {
      const now = after[i]?.flush ?? false;
      if (now !== (write.flush ?? false))
        notes.push(`write ${i + 1} ${now ? "now has" : "no longer has"} a TCP segment of its own`);
    }
  }
  return notes;
}

function plainNotes(before: readonly TimedWrite[], after: readonly TimedWrite[]): string[] {
  const a = endsOf(before);
  const b = endsOf(after);
  // For different bytes only the numbers of writes can be compared.
  if (a.at(-1) !== b.at(-1)) return a.length === b.length ? [] : [`${a.length} writes, now ${b.length}`];
  const at = a.findIndex((end, i) => end !== b[i]);
  if (at === -1) return [];
  return [`${a.length} writes, now ${b.length}: write ${at + 1} ends at byte ${a[at]}, now at ${b[at]}`];
}

/** Compares boundaries within events that are in both streams: the cuts, and whether a write ends with the event. */
function blockNotes(
  before: readonly TimedWrite[],
  after: readonly TimedWrite[],
  { before: a, after: b, pairs }: NonNullable<Parameters<typeof writeNotes>[2]>,
): string[] {
  const endsBefore = endsOf(before);
  const endsAfter = endsOf(after);
  const locations: string[] = [];
  for (const [i, j] of pairs) {
    if (i === undefined || j === undefined) continue;
    const one = a[i] as Block;
    const other = b[j] as Block;
    const cutsBefore = cutsOf(endsBefore, one);
    const cutsAfter = cutsOf(endsAfter, other);
    // In an event that changed, a cut may have moved with the text around it.
    const same =
      one.key === other.key
        ? String(cutsBefore.within) === String(cutsAfter.within)
        : cutsBefore.within.length === cutsAfter.within.length;
    if (!same) locations.push(`${blockName(one)} ${cuts(cutsBefore.within)}, now ${cuts(cutsAfter.within)}`);
    if (cutsBefore.ends !== cutsAfter.ends)
      locations.push(`${blockName(one)} ${cutsAfter.ends ? "now ends" : "no longer ends"} a write`);
  }
  if (locations.length === 0) return [];
  return [`${before.length} writes, now ${after.length}`, ...locations];
}

function blockName({ kind, number }: Block): string {
  return kind === "none" ? `what follows event ${number}` : `event ${number}`;
}

function cuts(within: readonly number[]): string {
  return within.length === 0 ? "is whole" : `is cut after ${within.join(", ")} bytes`;
}

function cutsOf(ends: readonly number[], block: Block): { within: number[]; ends: boolean } {
  const end = block.start + block.bytes.length;
  return {
    within: ends.filter((at) => at > block.start && at < end).map((at) => at - block.start),
    ends: ends.includes(end),
  };
}

/** Offsets at which writes end. */
function endsOf(writes: readonly TimedWrite[]): number[] {
  let sum = 0;
  return writes.map(({ bytes }) => (sum += bytes.length));
}
