import { type Header, contentCodings, decompressed } from "../../http/index.ts";
import {
  type Spelled,
  credentialHeader,
  findLeaks,
  isSanitizedCredential,
  openArchive,
} from "../../secrets/index.ts";
import { defined, latin1 } from "../../util/index.ts";
import type { CheckProblem } from "./check-types.ts";
import type { BodyMap, FindingLocation } from "./locations.ts";
import type { About, CassetteRequest, HeaderPair, Interaction } from "./types.ts";

/** Finds secrets in every text of an interaction, however it is spelled there. */
export function* leaksIn(interaction: Interaction, body: BodyMap): Generator<CheckProblem> {
  const { name, request, response, match, waivers = [] } = interaction;
  yield* textLeaks("/name", name);
  yield* requestLeaks(request);
  if (match !== undefined) yield* textLeaks("/match", JSON.stringify(match));
  yield* textLeaks("/response/reason", response.reason ?? "", BYTES);
  for (const [i, { reason, headers }] of (response.informational ?? []).entries()) {
    yield* textLeaks(`/response/informational/${i}/reason`, reason ?? "", BYTES);
    yield* headerLeaks(`/response/informational/${i}/headers`, headers);
  }
  yield* headerLeaks("/response/headers", response.headers);
  yield* headerLeaks("/response/trailers", response.trailers);
  for (const { rule, start } of findLeaks(latin1(body.bytes), BYTES))
    yield leak(body.locationOf(start), rule.what);
  const packed = packedContents(
    (response.headers ?? []) as readonly Header[],
    response.body ?? [],
    body.bytes,
  );
  yield* packedLeaks("/response/body", packed);
  for (const [i, { pointer, reason }] of waivers.entries()) {
    yield* textLeaks(`/waivers/${i}/pointer`, pointer);
    yield* textLeaks(`/waivers/${i}/reason`, reason);
  }
}

/** Finds secrets in the `about` of a cassette; locations are pointers into the file. */
export function* leaksInAbout(about: About): Generator<CheckProblem> {
  for (const [key, value] of Object.entries(about))
    yield* textLeaks(`/about/${key}`, typeof value === "string" ? value : JSON.stringify(value));
}

/** Marks text as bytes read as Latin-1, of a body or a header. */
const BYTES: Spelled = { bytes: true };

function* requestLeaks(request: CassetteRequest): Generator<CheckProblem> {
  yield* textLeaks("/request/target", request.target, { percent: true });
  yield* headerLeaks("/request/headers", request.headers);
  if (request.json !== undefined) yield* textLeaks("/request/json", JSON.stringify(request.json));
  yield* textLeaks("/request/text", request.text ?? "");
  yield* textLeaks("/request/hex", fromHex(request.hex), BYTES);
  const packed = packedContents(request.headers ?? [], [request], Buffer.from(request.hex ?? "", "hex"));
  yield* packedLeaks("/request/hex", packed);
  for (const [i, { hex, ...part }] of (request.form ?? []).entries()) {
    for (const [key, value] of Object.entries(part)) yield* textLeaks(`/request/form/${i}/${key}`, value);
    yield* textLeaks(`/request/form/${i}/hex`, fromHex(hex), BYTES);
    yield* packedLeaks(
      `/request/form/${i}`,
      packedContents([], [defined({ hex })], Buffer.from(hex ?? "", "hex")),
    );
  }
}

function* headerLeaks(
  location: FindingLocation,
  headers: readonly HeaderPair[] = [],
): Generator<CheckProblem> {
  for (const [i, [name, value]] of headers.entries()) {
    if (value === null) continue;
    if (credentialHeader(name) === undefined) yield* textLeaks(`${location}/${i}`, value, BYTES);
    else if (!isSanitizedCredential(value)) yield leak(`${location}/${i}`, `the value of ${name}`);
  }
}

function* textLeaks(location: FindingLocation, text: string, spelled?: Spelled): Generator<CheckProblem> {
  for (const { rule } of findLeaks(text, spelled)) yield leak(location, rule.what);
}

function leak(location: FindingLocation, what: string): CheckProblem {
  return {
    code: "leak",
    location,
    message: `${what} stands in the clear`,
    fix: "replace it by a pseudonym (sk-1, user-1@example.org), or import the exchange again; then treat the secret as known to others",
  };
}

/** Finds secrets in what is compressed. */
function* packedLeaks(location: FindingLocation, contents: readonly Uint8Array[]): Generator<CheckProblem> {
  for (const content of contents) yield* textLeaks(location, latin1(content), BYTES);
}

/** The contents of a body that has content codings, or is an archive. */
function packedContents(
  headers: readonly Header[],
  spelled: readonly { readonly hex?: string; readonly file?: string }[],
  bytes: Uint8Array,
): readonly Uint8Array[] {
  if (spelled.every(({ hex, file }) => hex === undefined && file === undefined)) return [];
  const codings = contentCodings(headers);
  if (codings.length === 0) return openArchive(bytes)?.contents ?? [];
  const decoded = decompressed(bytes, codings);
  return "content" in decoded ? [decoded.content] : [];
}

function fromHex(hex = ""): string {
  return latin1(Buffer.from(hex ?? "", "hex"));
}
