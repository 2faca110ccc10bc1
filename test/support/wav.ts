/** Bytes a second: 2,000 samples of 16 bits, so that files are small. */
const RATE = 4000;
const HEADER = 44;

/** Makes a WAV file of so many seconds, whose samples all have one value. */
export function wav(seconds: number, sample = 0): Buffer<ArrayBuffer> {
  const size = Math.round(seconds * RATE);
  const file = Buffer.alloc(HEADER + size, sample);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(HEADER - 8 + size, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE / 2, 24);
  file.writeUInt32LE(RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(size, 40);
  return file;
}
