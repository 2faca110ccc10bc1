import { blobsIn } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import { type BodyElement, type Interaction, encodeElement } from "../format/index.ts";

/**
 * Bytes of binary content in a body, over all its writes, from which it goes to side files; smaller content is spelled as
 * hex in the cassette. The sum decides, since the network decides how large a write is.
 */
const MIN_BINARY = 64 * 1024;
/** Bytes of a single write from which it is worth a file of its own. */
const MIN_FILE = 1024;

/**
 * Moves large binary content of the answer to side files: base64 in a body, and bodies that are not text. The sanitizer
 * then leaves the base64 of such a body alone. Requests have no side files: their base64 is replaced by its hash, by
 * which they are matched.
 *
 * @param write stores bytes as a side file and returns their hash
 */
export function blobsToSideFiles(
  interaction: Interaction,
  write: (bytes: Uint8Array) => string,
): Interaction {
  const { body } = interaction.response;
  if (body === undefined) return interaction;
  const binary = body.reduce((sum, { hex }) => sum + (hex?.length ?? 0) / 2, 0);
  const least = binary < MIN_BINARY ? Infinity : MIN_FILE;
  const elements = body.flatMap((element) => splitElement(element, least, write));
  return elements.length === body.length && elements.every((element, i) => element === body[i])
    ? interaction
    : { ...interaction, response: { ...interaction.response, body: elements } };
}

/** @param least size in bytes from which a binary write becomes a side file */
function splitElement(
  element: BodyElement,
  least: number,
  write: (bytes: Uint8Array) => string,
): BodyElement[] {
  if (element.file !== undefined) return [element];
  const { wait, flush } = element;
  const first = { ...defined({ wait, flush }) };
  const bytes = Buffer.from(encodeElement(element));
  if (element.hex !== undefined) return bytes.length < least ? [element] : [{ ...first, file: write(bytes) }];
  // Base64 is ASCII: the text around it is cut between characters.
  const whole = bytes.toString("latin1");
  const parts: BodyElement[] = [];
  let from = 0;
  for (const { start, end } of blobsIn(whole)) {
    const data = Math.max(start, whole.lastIndexOf(",", end) + 1);
    if (data > from) parts.push({ text: bytes.subarray(from, data).toString("utf8") });
    parts.push({ file: write(bytes.subarray(data, end)) });
    from = end;
  }
  if (parts.length === 0) return [element];
  if (from < bytes.length) parts.push({ text: bytes.subarray(from).toString("utf8") });
  return parts.map((part, i) => (i === 0 ? { ...first, ...part } : part));
}
