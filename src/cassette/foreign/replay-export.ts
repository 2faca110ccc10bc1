import { type Header, headerValue, isJsonType, mediaType } from "../../http/index.ts";
import { parseJsonSource } from "../../util/index.ts";
import {
  type CassetteRequest,
  type Interaction,
  type ReadSideFile,
  encodeBody,
  requestBytes,
  spell,
  splitTarget,
} from "../format/index.ts";
import { WIRE_FORMATS } from "./replay-fixture.ts";

type TaggedBody = { readonly type: "json" | "text" | "binary" | "multipart" } & Readonly<
  Record<string, unknown>
>;

/** OmniLLM's fixture of one exchange, as its serde reads it. */
export interface ReplayFixture {
  readonly wire_format: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly accept?: string;
    readonly body: TaggedBody;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly content_type?: string;
    readonly body: TaggedBody;
  };
}

const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

/** An interaction as OmniLLM's ReplayFixture, or the reason for which it can't be one. */
export function replayFixtureOf(
  { request, response }: Interaction,
  readSideFile: ReadSideFile,
): ReplayFixture | string {
  const format = wireFormatOf(request);
  if (format === undefined) return "OmniLLM has no wire format for its path";
  if (!METHODS.has(request.method)) return `OmniLLM has no method ${request.method}`;
  const { status, headers = [], end } = response;
  if (status === undefined) return "its response has no status";
  if (end !== undefined && end.how !== "complete" && end.how !== "close") return "its response breaks off";
  const accept = headerValue(request.headers ?? [], "accept");
  const type = headerValue(headers, "content-type");
  const bytes = Buffer.concat(encodeBody(response.body ?? [], readSideFile).map((write) => write.bytes));
  return {
    wire_format: format,
    request: {
      method: request.method,
      path: request.target.replace(/^\/v1(?=\/)/, ""),
      headers: headerMap(
        request.headers ?? [],
        "accept",
        ...(request.form === undefined ? [] : ["content-type"]),
      ),
      ...(accept === undefined ? {} : { accept }),
      body: requestBodyOf(request),
    },
    response: {
      status,
      headers: headerMap(headers),
      ...(type === undefined ? {} : { content_type: type }),
      body: taggedBody(bytes, type),
    },
  };
}

function wireFormatOf({ target }: CassetteRequest): string | undefined {
  const { path } = splitTarget(target);
  if (path.endsWith(":generateContent")) return "gemini_generate_content";
  const short = path.replace(/^\/v1(?=\/)/, "");
  return Object.entries(WIRE_FORMATS).find(([, known]) => known === short)?.[0];
}

/** Headers as a map, sorted as OmniLLM writes it; those of one name are joined, computed ones are left out. */
function headerMap(headers: readonly Header[], ...without: readonly string[]): Record<string, string> {
  const map = new Map<string, [name: string, value: string]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (value === null || without.includes(lower) || lower === "content-length") continue;
    const known = map.get(lower);
    map.set(lower, known === undefined ? [name, value] : [known[0], `${known[1]}, ${value}`]);
  }
  return Object.fromEntries([...map.values()].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function requestBodyOf(request: CassetteRequest): TaggedBody {
  const { json, form, headers = [] } = request;
  if (json !== undefined) return { type: "json", value: json };
  if (form === undefined) return taggedBody(requestBytes(request), headerValue(headers, "content-type"));
  const fields = form.map(({ name, filename, contentType, text, hex }) => {
    const bytes = text === undefined ? Buffer.from(hex ?? "", "hex") : Buffer.from(text);
    if (filename === undefined && text !== undefined) return { name, value: { type: "text", value: text } };
    const value = { type: "file", filename: filename ?? name, ...base64Blob(bytes, contentType) };
    return { name, value };
  });
  return { type: "multipart", fields };
}

function taggedBody(bytes: Uint8Array, type: string | undefined): TaggedBody {
  const spelled = spell(bytes);
  if (!("text" in spelled)) return { type: "binary", ...base64Blob(bytes, mediaType(type)) };
  if (isJsonType(type)) {
    try {
      return { type: "json", value: parseJsonSource(spelled.text) };
    } catch {
      // A body that only claims to be JSON is a text.
    }
  }
  return { type: "text", text: spelled.text };
}

function base64Blob(
  bytes: Uint8Array,
  type: string | undefined,
): { data_base64: string; media_type?: string } {
  return {
    data_base64: Buffer.from(bytes).toString("base64"),
    ...(type === undefined ? {} : { media_type: type }),
  };
}
