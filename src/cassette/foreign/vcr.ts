import { isObject } from "../../util/index.ts";
import { CassetteError, type CassetteErrorLocation } from "../format/index.ts";
import type { ParsedImport, Refuse } from "../import/index.ts";
import { type SavedExchange, hostLoss, readList, urlParts } from "./entries.ts";
import { type VcrMessage, vcrBody, vcrHeaders, withGzip } from "./vcr-message.ts";

const LOSS =
  "a VCR cassette has neither times nor the boundaries of writes: answers come at once, a stream as one write an event";

/**
 * Reads a cassette of VCR.py, pytest-recording or Ruby's VCR.
 * @param data the parsed YAML or JSON
 * @param wanted imports only requests to this host
 * @throws CassetteError if it is no such cassette
 */
export function parseVcr(
  file: string,
  data: unknown,
  locate: (pointer: string) => CassetteErrorLocation,
  wanted: string | undefined,
): ParsedImport {
  const [pointer, items] = interactionsIn(data);
  if (items === undefined)
    throw new CassetteError(
      "import",
      { file },
      "no VCR cassette: it has no list of interactions",
      "leave --from out",
    );
  const { hosts, ...read } = readList({ items, pointer, locate }, wanted, vcrExchange);
  return {
    format: "a VCR cassette",
    ...read,
    about: { origin: "derived", derivedBy: "gatetape cassette import, of a VCR cassette" },
    losses: [LOSS, ...(wanted === undefined ? hostLoss(hosts) : [])],
    ...(hosts.size === 1 ? { host: [...hosts.keys()][0] as string } : {}),
    named: false,
  };
}

function interactionsIn(data: unknown): [pointer: string, items: unknown[] | undefined] {
  if (Array.isArray(data)) return ["", data];
  if (!isObject(data)) return ["", undefined];
  for (const name of ["interactions", "http_interactions"]) {
    const list = data[name];
    if (Array.isArray(list)) return [`/${name}`, list];
    // A cassette without any interaction is saved like this.
    if (list === null && name in data) return [`/${name}`, []];
  }
  return ["", undefined];
}

function vcrExchange(item: unknown, notes: string[], refuse: Refuse): SavedExchange {
  const { request, response } = isObject(item) ? item : {};
  if (!isObject(request)) throw refuse("has no request: it is not an HTTP exchange");
  if (!isObject(response)) throw refuse("has no response");
  const url = urlParts(request["uri"] ?? request["url"]);
  if (url === undefined) throw refuse("its request has no http or https uri");
  const method = String(request["method"]).toUpperCase();
  if (!/^[A-Z-]+$/.test(method)) throw refuse("its request has no method");
  const [headers, sent] = [vcrHeaders(request, "request", notes), vcrHeaders(response, "response", notes)];
  const [body, answer] = [vcrBody(request, headers, refuse), vcrBody(response, sent, refuse)];
  return {
    host: url.host,
    request: { method, target: url.target, headers: withGzip(headers, body), body },
    response: { ...vcrStatus(response, refuse), headers: withGzip(sent, answer), body: answer },
  };
}

function vcrStatus(response: VcrMessage, refuse: Refuse): { status: number; reason?: string } {
  const { status } = response;
  const { code, message } = isObject(status)
    ? status
    : { code: status ?? response["status_code"], message: undefined };
  const number = Number(code);
  if (code === undefined || code === null || !Number.isInteger(number) || number < 200 || number > 599)
    throw refuse("its response has no status");
  return { status: number, ...(typeof message === "string" && message !== "" ? { reason: message } : {}) };
}
