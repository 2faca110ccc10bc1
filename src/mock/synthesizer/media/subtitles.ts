import type { SpokenSegment } from "./transcript.ts";

/** Subtitles in the SubRip format. */
export function subRip(segments: readonly SpokenSegment[]): string {
  return segments
    .map(
      ({ text, start, end }, i) => `${i + 1}\n${timeText(start, ",")} --> ${timeText(end, ",")}\n${text}\n\n`,
    )
    .join("");
}

/** Subtitles in the WebVTT format. */
export function webVtt(segments: readonly SpokenSegment[]): string {
  const cues = segments.map(
    ({ text, start, end }) => `${timeText(start, ".")} --> ${timeText(end, ".")}\n${text}\n\n`,
  );
  return `WEBVTT\n\n${cues.join("")}`;
}

/** A time as `01:02:03.456`; the mark before the milliseconds differs by format. */
function timeText(seconds: number, mark: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${mark}${String(ms % 1000).padStart(3, "0")}`;
}
