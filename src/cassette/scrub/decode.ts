import { type Header, contentCodings, decompressed, decompressedWrites } from "../../http/index.ts";
import {
  type CassetteRequest,
  type CassetteResponse,
  type HeaderPair,
  type Interaction,
  type MatchRequest,
  type ReadSideFile,
  decodeBody,
  encodeBody,
  formOf,
  jsonOf,
  noSideFiles,
  requestBytes,
  spellRequest,
} from "../format/index.ts";
import { openArchive } from "../../secrets/index.ts";
import { bodyKind } from "./body.ts";

/**
 * The interaction with the content codings of its bodies undone, so that secrets in them can be seen: `decoded` says which
 * they were. A body whose coding is unknown, that does not decode or that is too large stays as it is.
 */
export async function decodedInteraction(
  interaction: Interaction,
  readSideFile: ReadSideFile = noSideFiles,
): Promise<Interaction> {
  const request = await partedRequest(decodedRequest(interaction.request));
  const response = await decodedResponse(interaction.response, readSideFile);
  return request === interaction.request && response === interaction.response
    ? interaction
    : { ...interaction, request, response };
}

function decodedRequest(request: CassetteRequest): CassetteRequest {
  const codings = contentCodings(request.headers ?? []);
  const body = codings.length === 0 ? NO_BODY : requestBytes(request);
  if (body.length === 0) return request;
  const result = decompressed(body, codings);
  if ("problem" in result) return request;
  const { headers = [], json: _json, text: _text, hex: _hex, ...rest } = request;
  const left = withoutCodings(headers);
  return { ...rest, headers: left, decoded: codings.join(", "), ...spellRequest(left, result.content) };
}

/** A form with an archive in it as its parts, which can be looked into; written as one body, its bytes hide it. */
async function partedRequest(request: CassetteRequest): Promise<CassetteRequest> {
  const { hex, headers = [], ...rest } = request;
  if (hex === undefined) return request;
  const form = await formOf(headers, Buffer.from(hex, "hex"));
  const archived = form?.some(
    (part) => part.hex !== undefined && openArchive(Buffer.from(part.hex, "hex")) !== undefined,
  );
  return form === undefined || !archived ? request : { ...rest, headers, form };
}

const NO_BODY = new Uint8Array(0);

async function decodedResponse(
  response: CassetteResponse,
  readSideFile: ReadSideFile,
): Promise<CassetteResponse> {
  const { headers = [], body = [], end, ...rest } = response;
  const codings = contentCodings(headers as readonly Header[]);
  if (codings.length === 0 || body.length === 0) return response;
  const writes = encodeBody(body, readSideFile);
  const cut = end !== undefined && end.how !== "complete" && end.how !== "close";
  const result = await decompressedWrites(
    writes.map(({ bytes }) => bytes),
    codings,
    !cut,
  );
  if ("problem" in result) return response;
  const sizes = { before: totalSize(writes.map(({ bytes }) => bytes)), after: totalSize(result.content) };
  const decoded = {
    ...rest,
    headers: withoutCodings(headers).map((pair) => resized(pair, sizes)),
    decoded: codings.join(", "),
  };
  // The time of a write that completes nothing belongs to the next one that does.
  let owed = 0;
  const timed = writes.flatMap((write, i) => {
    const bytes = result.content[i] ?? NO_BODY;
    const wait = write.wait + owed;
    owed = bytes.length === 0 ? wait : 0;
    return bytes.length === 0 ? [] : [{ ...write, wait, bytes }];
  });
  return {
    ...decoded,
    body: decodeBody(timed, bodyKind(decoded)),
    ...(end === undefined ? {} : { end: owed === 0 ? end : { ...end, wait: (end.wait ?? 0) + owed } }),
  };
}

function totalSize(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** A content-length for the decoded body. That of a body that was cut still promises the bytes that never came. */
function resized(
  [name, value]: HeaderPair,
  { before, after }: { before: number; after: number },
): HeaderPair {
  if (name.toLowerCase() !== "content-length" || value === null) return [name, value];
  return [name, Number(value) === before ? null : String(after + Number(value) - before)];
}

function withoutCodings<T extends readonly [string, unknown]>(headers: readonly T[]): T[] {
  return headers.filter(([name]) => name.toLowerCase() !== "content-encoding");
}

const comparable = new WeakMap<MatchRequest, MatchRequest>();

/** A request in the form in which requests are compared: with the content codings of its body undone. */
export function decodedMatch(request: MatchRequest): MatchRequest {
  const { headers, body } = request;
  const codings = body.length === 0 ? [] : contentCodings(headers);
  if (codings.length === 0) return request;
  let made = comparable.get(request);
  if (made === undefined) {
    const result = decompressed(body, codings);
    made =
      "problem" in result
        ? request
        : { ...request, body: result.content, json: jsonOf(headers, result.content), form: undefined };
    comparable.set(request, made);
  }
  return made;
}
