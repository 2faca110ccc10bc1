import { formatPointer, jsonc } from "../../util/index.ts";

/**
 * JSON pointer to the value at an offset of a body; `""` if the text is no JSON there.
 *
 * @param bytes a JSON document, or an event with one as its data
 */
export function jsonPointerAt(bytes: Uint8Array, offset: number): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const start = /^(?:data: ?)?\s*(?=[[{])/.exec(whole)?.[0].length;
  if (start === undefined || offset < start) return "";
  const { path } = jsonc().getLocation(whole.slice(start), offset - start);
  return formatPointer(
    path.map((key) => (typeof key === "string" ? Buffer.from(key, "latin1").toString() : key)),
  );
}
