import { Refusal } from "./raise.ts";
import type { PyFile } from "./value.ts";

/** A form as Starlette reads it: fields in their order, each a text or a file. */
export type Form = readonly (readonly [string, string | PyFile])[];

/** The detail of the 400 with which FastAPI answers a body that it can't read. */
export const BODY_UNREADABLE = "There was an error parsing the body";
const MAX_PART = 1024 * 1024;

/**
 * Reads the form of a request.
 *
 * @returns no fields if the content type is no form's
 * @throws Refusal 400 if a multipart body can't be read
 */
export function readForm(contentType: string | undefined, body: Uint8Array): Form {
  const { type, options } = parseOptions(contentType ?? "");
  if (type === "application/x-www-form-urlencoded") return urlEncoded(latin1(body));
  if (type !== "multipart/form-data") return [];
  const boundary = options.get("boundary");
  if (boundary === undefined) throw new Refusal(400, "Missing boundary in multipart.");
  return multipart(body, boundary);
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const utf8 = (text: string): string => Buffer.from(text, "latin1").toString("utf8");

/** Parses a header like `multipart/form-data; boundary="x"`, its bytes as characters. */
function parseOptions(header: string): { type: string; options: ReadonlyMap<string, string> } {
  const options = new Map<string, string>();
  const [type = ""] = header.split(";", 1);
  for (const match of header.matchAll(/;\s*([^=;\s]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)/g)) {
    const [, name = "", value = ""] = match;
    const plain = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value.trim();
    options.set(name.toLowerCase(), plain);
  }
  return { type: type.trim().toLowerCase(), options };
}

/** Splits names and values at `&`. Bytes beside `%` escapes are Latin-1, those of the escapes UTF-8. */
function urlEncoded(text: string): Form {
  return text
    .split(/[&;]/)
    .filter((field) => field !== "")
    .map((field) => {
      const equals = field.indexOf("=");
      const [name, value] = equals === -1 ? [field, ""] : [field.slice(0, equals), field.slice(equals + 1)];
      return [unquotePlus(name), unquotePlus(value)] as const;
    });
}

/** Decodes as Python's `unquote_plus`: runs of escapes are UTF-8, and bytes that are not become U+FFFD. */
export function unquotePlus(text: string): string {
  return text
    .replaceAll("+", " ")
    .replaceAll(/(?:%[0-9a-fA-F][0-9a-fA-F])+/g, (run) =>
      Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
    );
}

/**
 * Reads a multipart body as python-multipart does: a body that is cut short gives the parts that ended, and a body that
 * does not begin with its boundary is refused. A boundary counts only with a line end or two hyphens after it.
 */
function multipart(body: Uint8Array, boundary: string): Form {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const form: [string, string | PyFile][] = [];
  let at = findStart(bytes, `--${boundary}`);
  while (at !== undefined) {
    // The search begins at the line end before the headers, since in a part without headers that line end also ends them.
    const headEnd = bytes.indexOf("\r\n\r\n", at - 2, "latin1");
    if (headEnd === -1) return form;
    const head = bytes.subarray(at, Math.max(at, headEnd)).toString("latin1");
    const end = findBoundary(bytes, headEnd + 2, `\r\n--${boundary}`);
    const part = readPart(head, bytes.subarray(Math.min(headEnd + 4, end?.at ?? bytes.length), end?.at));
    if (end === undefined) return form;
    form.push(part);
    at = end.next;
  }
  return form;
}

/** Finds the offset of the first part; `undefined` if there is none. */
function findStart(bytes: Buffer, delimiter: string): number | undefined {
  let at = 0;
  while (bytes[at] === 13 || bytes[at] === 10) at++;
  const begin = bytes.subarray(at, at + delimiter.length + 2).toString("latin1");
  if (begin === `${delimiter}\r\n`) return at + begin.length;
  if (`${delimiter}\r\n`.startsWith(begin) || `${delimiter}--`.startsWith(begin)) return undefined;
  throw new Refusal(400, BODY_UNREADABLE);
}

/** Finds the offsets at which a part ends and the next begins. */
function findBoundary(
  bytes: Buffer,
  from: number,
  delimiter: string,
): { at: number; next?: number } | undefined {
  for (let at = bytes.indexOf(delimiter, from, "latin1"); at !== -1;) {
    const next = at + delimiter.length + 2;
    const after = bytes.subarray(next - 2, next).toString("latin1");
    if (after === "--") return { at };
    if (after === "\r\n") return { at, next };
    at = bytes.indexOf(delimiter, at + 1, "latin1");
  }
  return undefined;
}

function readPart(head: string, content: Buffer): [string, string | PyFile] {
  const headers = head
    .split("\r\n")
    .filter((line) => line !== "")
    .map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trimStart()];
    });
  const disposition = headers.findLast(([name]) => name === "content-disposition")?.[1] ?? "";
  const { options } = parseOptions(disposition);
  const name = options.get("name");
  if (name === undefined)
    throw new Refusal(400, 'The Content-Disposition header field "name" must be provided.');
  const filename = options.get("filename");
  if (filename !== undefined) return [utf8(name), { filename: utf8(filename), content, headers }];
  if (content.length > MAX_PART)
    throw new Refusal(400, `Part exceeded maximum size of ${MAX_PART / 1024}KB.`);
  return [utf8(name), formText(content)];
}

/** The text of a part: UTF-8, else its bytes as Latin-1. */
function formText(content: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return content.toString("latin1");
  }
}
