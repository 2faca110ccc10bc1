/** The text with its first letter in upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Bytes as text of one character a byte, so that offsets in both are the same. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** A copy of a text. A part of a long text keeps all of it in memory; the copy does not. */
export function detached(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  const copy = bytes.toString("latin1");
  return copy === text ? copy : Buffer.from(text, "utf16le").toString("utf16le");
}
