import { Random } from "../../../util/index.ts";
import type { Language } from "../text/index.ts";
import { SPOKEN } from "./sentences.ts";

/** A part of a transcript: one sentence, with its time in seconds. */
export interface SpokenSegment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Words a second of calm speech. */
const SPEED = 2.5;
/** Most words of a transcript, which last four hours. */
const MAX_WORDS = 36_000;
/** Length (words) of a sentence that may stand in the middle. */
const LONG = 5;

/**
 * Writes down sound of a duration in seconds: as many words as are spoken in it, at least one. The segments follow each other
 * without a gap, from 0 to the end.
 *
 * @param seed hex digits
 */
export function transcriptOf(duration: number, language: Language, seed: string): SpokenSegment[] {
  if (duration <= 0) return [];
  const words = Math.min(MAX_WORDS, Math.max(1, Math.round(duration * SPEED)));
  const random = new Random(seed);
  const segments: SpokenSegment[] = [];
  for (let spoken = 0; spoken < words;) {
    const rest = words - spoken;
    const fitting = SPOKEN[language].filter((text) => {
      const count = wordCount(text);
      return count <= rest && count >= Math.min(LONG, rest);
    });
    const last = segments.at(-1)?.text;
    const others = fitting.filter((text) => text !== last);
    const text = random.pick(others.length > 0 ? others : fitting);
    const end = spoken + wordCount(text);
    segments.push({ text, start: timeAt(spoken), end: timeAt(end) });
    spoken = end;
  }
  return segments;

  function timeAt(spoken: number): number {
    return hundredths((duration * spoken) / words);
  }
}

/** The text of a transcript. */
export function transcriptText(segments: readonly SpokenSegment[]): string {
  return segments.map(({ text }) => text).join(" ");
}

function wordCount(text: string): number {
  return text.split(" ").length;
}

function hundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
