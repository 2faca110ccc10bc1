import type { FormPart } from "../../exchange/index.ts";
import { type Sanitizer, openArchive, peopleOf } from "../../secrets/index.ts";
import { defined, parseJsonSource, printCompact } from "../../util/index.ts";
import { type CassetteRequest, spell } from "../format/index.ts";

/** Called with a pointer into the request before its text is scanned, and with the text if it is JSON. */
export type At = (pointer: string, json?: Uint8Array) => void;

/**
 * Removes secrets from a request's body. Returns the members that spell it.
 * @throws SyntaxError if a rule matched more than a string of the JSON
 */
export function scrubRequestBody(
  request: CassetteRequest,
  sanitizer: Sanitizer,
  at: At,
): Partial<CassetteRequest> {
  const { json, text, hex, form } = request;
  const people = peopleOf(request.target);
  const replace = (bytes: Uint8Array): Uint8Array =>
    Buffer.concat(sanitizer.replaceWrites([bytes], "other", people === undefined ? {} : { people }));
  if (json !== undefined) {
    const before = printCompact(json);
    const bytes = Buffer.from(before);
    at("/json", bytes);
    const after = Buffer.from(replace(bytes)).toString();
    return after === before ? { json } : { json: parseJsonSource(after) };
  }
  if (text !== undefined) {
    at("/text");
    // As text, not as bytes: half a surrogate pair would not survive.
    return { text: sanitizer.replaceText(text) };
  }
  if (hex !== undefined) {
    at("/hex");
    return spellAgain(hex, replace, sanitizer);
  }
  return form === undefined
    ? {}
    : { form: form.map((part, i) => scrubPart(part, i, sanitizer, replace, at)) };
}

function scrubPart(
  part: FormPart,
  index: number,
  sanitizer: Sanitizer,
  replace: (bytes: Uint8Array) => Uint8Array,
  at: At,
): FormPart {
  at(`/form/${index}`);
  const { name, filename, contentType, text, hex } = part;
  return {
    name: sanitizer.replaceText(name),
    ...(filename === undefined ? {} : { filename: sanitizer.replaceText(filename) }),
    ...defined({ contentType: contentType === undefined ? undefined : sanitizer.replaceText(contentType) }),
    ...(text === undefined ? {} : { text: sanitizer.replaceField(name, text) }),
    ...(hex === undefined ? {} : spellAgain(hex, replace, sanitizer)),
  };
}

function spellAgain(
  hex: string,
  replace: (bytes: Uint8Array) => Uint8Array,
  sanitizer: Sanitizer,
): Pick<CassetteRequest, "text" | "hex"> {
  const before = Buffer.from(hex, "hex");
  const archive = openArchive(before);
  if (archive !== undefined && sanitizer.findsIn(archive)) return { text: sanitizer.replaceWhole(before) };
  const after = replace(before);
  return Buffer.compare(before, after) === 0 ? { hex } : spell(after);
}
