import { pairsOf } from "../../http/index.ts";
import { isObject, printCompact } from "../../util/index.ts";
import { CassetteError, type CassetteErrorLocation } from "../format/index.ts";
import { type Pair, type ParsedImport, type Refuse, fieldsOf, valueOf, withValue } from "../import/index.ts";
import { type SavedExchange, hostLoss, readList, urlParts } from "./entries.ts";

const LOSS =
  "a nock recording has neither times nor the boundaries of writes, and the headers of requests only if they were recorded";

/** Reads what nock's recorder gives with `output_objects`. @throws CassetteError if it is no list */
export function parseNock(
  file: string,
  data: unknown,
  locate: (pointer: string) => CassetteErrorLocation,
  wanted: string | undefined,
): ParsedImport {
  if (!Array.isArray(data))
    throw new CassetteError("import", { file }, "no nock recording: it is not a list", "leave --from out");
  const { hosts, ...read } = readList({ items: data, pointer: "", locate }, wanted, nockExchange);
  return {
    format: "a nock recording",
    ...read,
    about: { origin: "derived", derivedBy: "gatetape cassette import, of a nock recording" },
    losses: [LOSS, ...(wanted === undefined ? hostLoss(hosts) : [])],
    named: false,
  };
}

function nockExchange(item: unknown, notes: string[], refuse: Refuse): SavedExchange {
  if (!isObject(item)) throw refuse("is no recorded exchange");
  const { scope, path, method = "GET", status = 200, body, response } = item;
  const url = typeof path === "string" ? urlParts(`${String(scope)}${path}`) : undefined;
  if (url === undefined) throw refuse("has no http or https scope with a path", "patterns can't be imported");
  if (typeof method !== "string") throw refuse("has no method");
  if (typeof status !== "number" || status < 200 || status > 599) throw refuse("has no status");
  const headers = nockHeaders(item["reqheaders"], "request", notes);
  const sent = nockHeaders(item["rawHeaders"] ?? item["headers"], "response", notes);
  const sentBody = nockBody(body, headers, false);
  return {
    host: url.host.replace(/:(?:443|80)$/, ""),
    request: {
      method: method.toUpperCase(),
      target: url.target,
      headers:
        sentBody.length > 0 && valueOf(headers, "content-type") === undefined && typeof body === "object"
          ? withValue(headers, "content-type", "application/json")
          : headers,
      body: sentBody,
    },
    response: { status, headers: sent, body: nockBody(response, sent, item["responseIsBinary"] === true) },
  };
}

function nockHeaders(value: unknown, side: string, notes: string[]): Pair[] {
  if (Array.isArray(value)) return fieldsOf(pairsOf(value.map(String)), side, notes);
  if (!isObject(value)) return [];
  const fields = Object.entries(value).flatMap(([name, text]) =>
    (Array.isArray(text) ? (text as unknown[]) : [text]).map((one) => [name, one] as const),
  );
  return fieldsOf(fields, side, notes);
}

/** A body: JSON as its value, text as it is, a compressed one as a list of its chunks in hex, other bytes in hex. */
function nockBody(body: unknown, headers: readonly Pair[], binary: boolean): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array(0);
  if (typeof body === "string") return Buffer.from(body, binary ? "hex" : "utf8");
  const chunks = valueOf(headers, "content-encoding") !== undefined || binary;
  return chunks && Array.isArray(body) && body.every((chunk) => typeof chunk === "string")
    ? Buffer.from(body.join(""), "hex")
    : Buffer.from(printCompact(body));
}
