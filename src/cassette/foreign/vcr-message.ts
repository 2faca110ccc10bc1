import { isJsonType } from "../../http/index.ts";
import { isObject } from "../../util/index.ts";
import { type Adjusted, type Pair, type Refuse, fieldsOf, valueOf } from "../import/index.ts";
import { isGzip } from "./input.ts";
import { jsonOfYaml } from "./yaml.ts";

/** A request or a response of a VCR cassette. */
export type VcrMessage = Readonly<Record<string, unknown>>;

/** The headers of a message: each value may be a text or a list of texts. */
export function vcrHeaders({ headers }: VcrMessage, side: string, adjusted: Adjusted): Pair[] {
  if (Array.isArray(headers))
    return fieldsOf(
      headers.map((pair): [unknown, unknown] => (Array.isArray(pair) ? [pair[0], pair[1]] : ["", ""])),
      side,
      adjusted,
    );
  if (!isObject(headers)) return [];
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => [name, fieldText(one)] as const),
  );
  return fieldsOf(fields, side, adjusted);
}

function fieldText(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return typeof value === "bigint" || typeof value === "boolean" ? String(value) : value;
}

/**
 * The bytes of a message's body in any dialect: a text, bytes, `{string}`, `{base64_string}`, `content`, or the value of a
 * JSON body (`parsed_body`).
 * @throws CassetteError that `refuse` makes, if it is of another kind
 */
export function vcrBody(message: VcrMessage, headers: readonly Pair[], refuse: Refuse): Uint8Array {
  if ("parsed_body" in message) return parsedBody(message["parsed_body"], headers, refuse);
  const { body = message["content"] } = message;
  return plainBytes(body) ?? memberBytes(body) ?? fail(refuse);
}

function fail(refuse: Refuse): never {
  throw refuse("its body is of a kind that is not known", "record it again, or write its body as a string");
}

function memberBytes(body: unknown): Uint8Array | undefined {
  if (!isObject(body)) return undefined;
  const { string, base64_string: base64 } = body;
  if (typeof base64 === "string") return Buffer.from(base64, "base64");
  return string === undefined && Object.keys(body).length > 0 ? undefined : plainBytes(string);
}

function plainBytes(value: unknown): Uint8Array | undefined {
  if (value === null || value === undefined) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return Buffer.from(value);
  return typeof value === "number" || typeof value === "bigint" ? Buffer.from(String(value)) : undefined;
}

function parsedBody(value: unknown, headers: readonly Pair[], refuse: Refuse): Uint8Array {
  if (value === null || value === undefined) return new Uint8Array(0);
  if (typeof value === "string" && !isJsonType(valueOf(headers, "content-type"))) return Buffer.from(value);
  const json = jsonOfYaml(value);
  if (json === undefined) throw refuse("its parsed body is larger than 16 MiB, or its aliases make it grow");
  return Buffer.from(json);
}

/** The headers of a body that is gzip, though its header was taken out: some recorders do that. */
export function withGzip(headers: readonly Pair[], body: Uint8Array): Pair[] {
  const labelled = valueOf(headers, "content-encoding") !== undefined;
  return isGzip(body) && !labelled ? [...headers, ["content-encoding", "gzip"]] : [...headers];
}
