import { isObject } from "../../util/index.ts";
import type { ImportFormat } from "../import/index.ts";

/** A kind of file that can't be imported, and the way from it to a cassette. */
export interface OtherKind {
  readonly what: string;
  readonly fix: string;
}

interface JsonKind {
  readonly kind: ImportFormat | OtherKind;
  /** @param value an object */
  readonly is: (value: Readonly<Record<string, unknown>>) => boolean;
}

const REPLAY_IT =
  "gatetape record --upstream URL in front of the real server, and play the requests through it";

function other(what: string, fix: string): OtherKind {
  return { what, fix };
}

const MITMPROXY: OtherKind = other(
  "a mitmproxy flow file",
  "make a HAR of it: mitmdump --no-server --rfile FLOWS --set hardump=OUT.har, then import that",
);
const OPENAPI: OtherKind = other(
  "an OpenAPI document, which holds no exchanges",
  "gatetape spec import reads it; for exchanges, gatetape record",
);
const INSOMNIA: OtherKind = other(
  "an Insomnia export, which holds requests without their answers",
  `run ${REPLAY_IT}`,
);

/** Kinds of JSON documents, by members that only they have. */
const DOCUMENTS: readonly JsonKind[] = [
  { kind: "har", is: ({ log }) => isObject(log) && Array.isArray(log["entries"]) },
  { kind: "replay-fixture", is: isReplayFixture },
  {
    kind: other(
      "a cassette already",
      "use it as it is: gatetape mock --cassettes FILE; gatetape cassette fmt, split and scrub change it",
    ),
    is: ({ cassette, interactions }) => cassette !== undefined && Array.isArray(interactions),
  },
  {
    kind: "vcr",
    is: ({ interactions, http_interactions: ruby }) => [interactions, ruby].some((list) => isVcrList(list)),
  },
  {
    kind: other(
      "a Postman collection",
      `run it (newman run COLLECTION) with its base URL set to ${REPLAY_IT.replace("gatetape", "that of gatetape")}`,
    ),
    is: ({ info, item, collection }) =>
      (isObject(info) && Array.isArray(item) && ("schema" in info || "_postman_id" in info)) ||
      (isObject(collection) && Array.isArray(collection["item"])),
  },
  { kind: OPENAPI, is: ({ openapi, swagger }) => typeof (openapi ?? swagger) === "string" },
  {
    kind: INSOMNIA,
    is: ({ _type, __export_format: format, type }) =>
      (_type === "export" && format !== undefined) || String(type).startsWith("collection.insomnia"),
  },
  {
    kind: other(
      "a WireMock mapping, which describes answers by patterns",
      `let WireMock run as the upstream: ${REPLAY_IT}`,
    ),
    is: (value) =>
      isWireMock(value) || (Array.isArray(value["mappings"]) && value["mappings"].some(isWireMock)),
  },
  {
    kind: other(
      "an aimock fixture, which describes answers and holds no HTTP exchange",
      `let aimock run as the upstream: ${REPLAY_IT}; or write replies, see docs/mock.md`,
    ),
    is: ({ fixtures }) =>
      Array.isArray(fixtures) && fixtures.some((one) => isObject(one) && isObject(one["match"])),
  },
  {
    kind: other("a Hoverfly simulation", `let Hoverfly run as the upstream: ${REPLAY_IT}`),
    is: ({ data, meta }) => isObject(data) && isObject(meta) && Array.isArray(data["pairs"]),
  },
  {
    kind: other("a Mockoon environment", `let Mockoon run as the upstream: ${REPLAY_IT}`),
    is: ({ uuid, routes }) => typeof uuid === "string" && Array.isArray(routes),
  },
  {
    kind: other("a MockServer expectation", `let MockServer run as the upstream: ${REPLAY_IT}`),
    is: ({ httpRequest }) => isObject(httpRequest),
  },
  {
    kind: other("a journal of gatetape", "gatetape check judges it; for a cassette, gatetape record"),
    is: ({ delivered, answer, request }) => isObject(delivered) && isObject(answer) && isObject(request),
  },
  {
    kind: other(
      "an OmniLLM request without its response",
      "save the whole ReplayFixture, with wire_format and response",
    ),
    is: ({ method, path, body, status }) =>
      typeof method === "string" && typeof path === "string" && isObject(body) && status === undefined,
  },
];

/** Kinds of lists, by their first element. */
const LISTS: readonly JsonKind[] = [
  { kind: "replay-fixture", is: isReplayFixture },
  {
    kind: "nock",
    is: ({ scope, path, status, response }) =>
      typeof scope === "string" && path !== undefined && (status !== undefined || response !== undefined),
  },
  { kind: "vcr", is: (value) => isVcrList([value]) },
  {
    kind: other("a Charles session", "export it as HTTP Archive (.har), then import that"),
    is: ({ scheme, host, protocolVersion }) =>
      [scheme, host, protocolVersion].every((one) => typeof one === "string"),
  },
];

/** Kinds of texts that are not JSON. */
const TEXTS: readonly { readonly kind: ImportFormat | OtherKind; readonly pattern: RegExp }[] = [
  { kind: MITMPROXY, pattern: /^\d+:\d+:[a-z_]+[;,]/ },
  { kind: "vcr", pattern: /^(?:http_)?interactions:\s*(?:$|[[*&!])/m },
  { kind: "har", pattern: /^log:\s*\n(?: .*\n|\n)*? +entries:/ },
  { kind: "vcr", pattern: /^- request:\s*$/m },
  { kind: OPENAPI, pattern: /^["']?(?:openapi|swagger)["']?:\s/m },
  { kind: INSOMNIA, pattern: /^(?:type: collection\.insomnia|_type: export)/m },
  {
    kind: other("a Bruno request without its answer", `run ${REPLAY_IT}`),
    pattern: /^meta \{\s*$/m,
  },
  {
    kind: other("raw HTTP", "put it in JSON Lines, an exchange a line, see docs/cassettes.md"),
    pattern: /^(?:HTTP\/\d|[A-Z]{3,7} \S+ HTTP\/\d)/,
  },
  {
    kind: other("a HTML page", "save the traffic as HAR, in the browser's network panel"),
    pattern: /^\s*<(?:!doctype|html)/i,
  },
];

function isReplayFixture({
  wire_format: format,
  request,
  response,
}: Readonly<Record<string, unknown>>): boolean {
  return typeof format === "string" && isObject(request) && isObject(response);
}

function isVcrList(list: unknown): boolean {
  return (
    Array.isArray(list) &&
    list.every((one) => isObject(one) && isObject(one["request"])) &&
    list.some((one: { request: Record<string, unknown> }) => "uri" in one.request || "url" in one.request)
  );
}

function isWireMock(value: unknown): boolean {
  if (!isObject(value) || !isObject(value["request"]) || !isObject(value["response"])) return false;
  return Object.keys(value["request"]).some((name) => /^url(?:Path)?(?:Pattern|Template)?$/.test(name));
}

/** The kind of a file that is known by its first bytes; those of binary formats are not text. */
export function kindOfBytes(bytes: Uint8Array): OtherKind | undefined {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  if (TEXTS[0]?.pattern.test(head)) return MITMPROXY;
  if (["\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\n\r\r\n"].some((mark) => head.startsWith(mark)))
    return other(
      "a packet capture",
      "its TLS would have to be decrypted: put gatetape record, or mitmproxy with hardump, in front of the server instead",
    );
  if (head.startsWith("SQLite format 3")) return other("an SQLite database", "export the traffic as HAR");
  return undefined;
}

/** The kind of a zip archive without a HAR, by the names in it. */
export function kindOfZip(names: readonly string[]): OtherKind {
  if (names.some((name) => /^raw\/.*_[cs]\.txt$/.test(name)))
    return other("a Fiddler session archive", "export it as HTTPArchive 1.2 (.har), then import that");
  if (names.some((name) => name.endsWith(".trace")))
    return other(
      "a Playwright trace",
      'record a HAR (recordHar: { path, content: "attach" }), then import that',
    );
  return other(
    "a zip archive without a .har in it",
    "unpack it, and import the file that holds the exchanges",
  );
}

/**
 * The kind of a file by its text: a format to import, a kind that can't be imported, or `undefined` if it is not known.
 * @param name the file's name, which decides only where the text does not
 */
export function kindOfText(name: string, text: string): ImportFormat | OtherKind | undefined {
  const start = text.slice(0, 200).trimStart();
  if (/^\{\s*"log"\s*:/.test(start)) return "har";
  if (!/^[{[]/.test(start)) return TEXTS.find(({ pattern }) => pattern.test(text))?.kind ?? byName(name);
  const lines = firstOfLines(text);
  if (lines !== undefined) return kindOfValue(lines) ?? "jsonl";
  try {
    return kindOfValue(JSON.parse(text)) ?? byName(name);
  } catch {
    return /^\s*\{.*\}\s*\n\s*\{/.test(text) || /\n\s*\{.*\}\s*(?:\n|$)/.test(text)
      ? (byName(name) ?? "jsonl")
      : byName(name);
  }
}

/** The first of several lines that are JSON objects each. */
function firstOfLines(text: string): unknown {
  const end = text.indexOf("\n");
  if (end === -1 || text.slice(end).trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(0, end));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function kindOfValue(value: unknown): ImportFormat | OtherKind | undefined {
  if (Array.isArray(value)) {
    const [first] = value as unknown[];
    return isObject(first) ? (LISTS.find(({ is }) => is(first))?.kind ?? kindOfValue(first)) : undefined;
  }
  if (!isObject(value)) return undefined;
  if (isRawLine(value)) return "jsonl";
  return DOCUMENTS.find(({ is }) => is(value))?.kind;
}

function isRawLine({ name, request, response }: Readonly<Record<string, unknown>>): boolean {
  const isRaw = (side: unknown): boolean => typeof side === "string" || (isObject(side) && "base64" in side);
  return typeof name === "string" && isRaw(request) && isRaw(response);
}

function byName(name: string): ImportFormat | undefined {
  const lower = name.toLowerCase();
  if (lower.endsWith(".har")) return "har";
  return /\.(?:jsonl|ndjson)$/.test(lower) ? "jsonl" : undefined;
}
