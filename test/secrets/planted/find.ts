/** The search for planted values in what gatetape wrote and printed. */
import type { Plant } from "./plant.ts";
import { views } from "./views.ts";

/** Length of the texts by which needles are indexed. */
const INDEX = 8;

interface Needle {
  readonly text: string;
  readonly id: string;
  readonly spelling: string;
}

/** A planted value that was found. */
export interface Found {
  readonly id: string;
  /** How it was spelled there: `plain`, `part`, `base64` … */
  readonly spelling: string;
  /** Some text around it. */
  readonly around: string;
}

const PART = 0.6;

/** Spellings of a value for which a text is searched; a view has decoded the others. */
function needlesOf({ id, value, needle, kind }: Plant): Needle[] {
  const spellings: [spelling: string, text: string][] = [["plain", needle]];
  const size = Math.ceil(needle.length * PART);
  if (needle.length >= 20) {
    spellings.push(["part", needle.slice(-size)]);
    if (!kind.startsWith("provider")) spellings.push(["part", needle.slice(0, size)]);
  }
  // A block of many lines is a secret line by line.
  for (const line of value.split("\n").slice(1, -1)) spellings.push(["line", line]);
  const bytes = Buffer.from(needle);
  if (bytes.length >= 10) {
    spellings.push(["hex", bytes.toString("hex")]);
    // A run of base64 that does not decode by itself: the value at three offsets, without the letters that mix with others.
    for (const offset of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(offset), bytes])
        .toString("base64")
        .replace(/=+$/, "");
      spellings.push(["base64", text.slice(offset === 0 ? 0 : offset + 1, -2)]);
    }
  }
  spellings.push(["XML", needle.replaceAll("&", "&amp;").replaceAll("<", "&lt;")]);
  return spellings
    .filter(([, text]) => text.length >= INDEX)
    .map(([spelling, text]) => ({ text: text.toLowerCase(), id, spelling }));
}

/** The planted values that a text or a file holds, in any spelling. Letters of either case count as the same. */
export function findIn(source: string | Buffer, planted: readonly Plant[]): Found[] {
  const index = Map.groupBy(planted.flatMap(needlesOf), (needle) => needle.text.slice(0, INDEX));
  const found = new Map<string, Found>();
  for (const view of views(source)) {
    const lower = view.toLowerCase();
    for (let at = 0; at + INDEX <= lower.length; at++) {
      const needles = index.get(lower.slice(at, at + INDEX));
      for (const { text: wanted, id, spelling } of needles ?? [])
        if (!found.has(id) && lower.startsWith(wanted, at))
          found.set(id, { id, spelling, around: view.slice(Math.max(0, at - 40), at + wanted.length + 10) });
    }
  }
  return [...found.values()];
}
