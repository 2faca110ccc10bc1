export type Pair = [name: string, value: string];

/** Descriptions of the changes that were necessary. */
export type Adjusted = string[];

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The headers of a saved message, adjusted to HTTP/1. */
export function fieldsOf(
  fields: readonly (readonly [name: unknown, value: unknown])[],
  side: string,
  adjusted: Adjusted,
): Pair[] {
  const pseudo: string[] = [];
  const dropped: string[] = [];
  const headers = fields.flatMap(([name, text]): Pair[] => {
    if (typeof name !== "string" || (typeof text !== "string" && typeof text !== "number")) return [];
    if (name.startsWith(":")) pseudo.push(name);
    else if (!NAME.test(name)) dropped.push(JSON.stringify(name));
    else {
      // Chrome joins headers that come several times, like set-cookie, by line breaks.
      const values = String(text).split(/\r?\n/);
      if (values.length > 1)
        adjusted.push(`${side} header ${name}: ${values.length} lines became headers of their own`);
      return values.map((line): Pair => [name, fieldValue(line)]);
    }
    return [];
  });
  if (pseudo.length > 0) adjusted.push(`${side} headers of HTTP/2 left out: ${pseudo.join(", ")}`);
  if (dropped.length > 0) adjusted.push(`invalid ${side} headers left out: ${dropped.join(", ")}`);
  return headers;
}

/** The value of the first header with a lower-case name. */
export function valueOf(headers: readonly Pair[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The headers without those of some lower-case names. */
export function withoutHeaders(headers: readonly Pair[], ...names: readonly string[]): Pair[] {
  return headers.filter(([name]) => !names.includes(name.toLowerCase()));
}

/** The headers with a new value for one of them, which is appended if it was absent. */
export function withValue(headers: readonly Pair[], name: string, value: string): Pair[] {
  const wanted = name.toLowerCase();
  if (valueOf(headers, wanted) === undefined) return [...headers, [name, value]];
  return headers.map(([key, old]): Pair => [key, key.toLowerCase() === wanted ? value : old]);
}

/**
 * Makes the headers fit a body as the exporter saved it: decoded, perhaps cut, and without the framing of HTTP/2.
 *
 * @param broken true if the message was cut: a larger content-length is then kept, as the server sent it
 */
export function framed(
  original: readonly Pair[],
  size: number,
  stream: boolean,
  broken: boolean,
  adjusted: Adjusted,
): { headers: Pair[]; chunked: boolean } {
  const headers = [...original];
  const length = valueOf(headers, "content-length");
  if (valueOf(headers, "transfer-encoding") !== undefined) {
    if (length !== undefined) adjusted.push("content-length left out: Transfer-Encoding frames the body");
    return {
      headers: withValue(withoutHeaders(headers, "content-length"), "transfer-encoding", "chunked"),
      chunked: true,
    };
  }
  if (length !== undefined) {
    if (length === String(size) || (broken && Number(length) > size)) return { headers, chunked: false };
    adjusted.push(`content-length ${length} became that of the body in the file, ${size}`);
    return { headers: withValue(headers, "content-length", String(size)), chunked: false };
  }
  const [name, value] =
    stream || broken ? ["Transfer-Encoding", "chunked"] : ["content-length", String(size)];
  adjusted.push(`${name} added: nothing framed the body, as in HTTP/2`);
  return { headers: [...headers, [name, value] as Pair], chunked: stream || broken };
}

/** Header fields are Latin-1 on the wire, without control characters. */
function fieldValue(text: string): string {
  const bytes = /[\u0100-\uffff]/.test(text) ? Buffer.from(text).toString("latin1") : text;
  return bytes.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "").trim();
}
