/** Bytes a second of compressed sound whose header is not read: 128 kbit/s, which most encoders of MP3 default to. */
const COMPRESSED_RATE = 16_000;
/** Least rate (bytes a second) that is believed: that of speech in narrow-band codecs. */
const MIN_RATE = 1000;
/** Shortest duration (s) of sound that is not empty and whose header is not read: clients are often tested with a few bytes. */
const MIN_SECONDS = 1;

/** Estimates the duration of sound in seconds: that of a WAV file by its header, of any other by its size. */
export function durationOf(content: Uint8Array): number {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const exact = wavDuration(bytes);
  if (exact !== undefined) return exact;
  return bytes.length === 0 ? 0 : Math.max(MIN_SECONDS, bytes.length / COMPRESSED_RATE);
}

const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;
/** Offset of the bytes a second in a format chunk. */
const RATE_AT = 8;

/** The duration of a WAV file in seconds. A file that was written as a stream has no size: it ends where the bytes end. */
function wavDuration(bytes: Buffer): number | undefined {
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE")
    return undefined;
  let rate = 0;
  for (let at = RIFF_HEADER; at + CHUNK_HEADER <= bytes.length;) {
    const id = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const content = at + CHUNK_HEADER;
    if (id === "fmt " && content + RATE_AT + 4 <= bytes.length) rate = bytes.readUInt32LE(content + RATE_AT);
    if (id === "data") return Math.min(size, bytes.length - content) / Math.max(rate, MIN_RATE);
    // Chunks begin at even offsets.
    at = content + size + (size % 2);
  }
  return undefined;
}
