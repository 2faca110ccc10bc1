import { defined } from "../../util/index.ts";
import { CassetteError } from "../format/index.ts";
import { type ImportEntry, type RawExchange, rawOfSaved, withValue } from "../import/index.ts";
import type { ReadAttached } from "./attached.ts";
import {
  type BodyContext,
  type HarBody,
  harRequestBody,
  harResponseBody,
  headAt,
  messageTimes,
} from "./body.ts";
import { exactInteraction } from "./gatetape.ts";
import { headersOf } from "./headers.ts";
import { type HarFile, type HarSource, type JsonObject, stringMember } from "./read.ts";

/** An entry with what it becomes, or with the reason for which it is left out. */
export interface HarEntryResult {
  readonly source: HarSource;
  readonly result: ImportEntry | CassetteError;
}

/** Reads the entries of a host; one that can't be an exchange has its reason instead. */
export function harEntries(har: HarFile, host: string, readAttached: ReadAttached): HarEntryResult[] {
  return har.sources
    .filter((source) => source.host === host)
    .map((source) => ({ source, result: entryOf(source, har, readAttached) }));
}

function entryOf(source: HarSource, har: HarFile, readAttached: ReadAttached): ImportEntry | CassetteError {
  const { number, pointer } = source;
  const notes: string[] = [];
  try {
    const known = exactInteraction(source, har.fail);
    if (known === "edited") notes.push("changed since gatetape exported it: imported as the HAR shows it");
    const made =
      typeof known === "object"
        ? { exact: known }
        : { raw: rawOfEntry({ source, adjusted: notes, readAttached, fail: har.fail }) };
    return { number, pointer, source: made, notes, locate: () => har.fail(pointer, "", "").location };
  } catch (error) {
    if (error instanceof CassetteError) return error;
    throw error;
  }
}

/** @throws CassetteError if the entry has no response, or contradicts itself */
function rawOfEntry(context: BodyContext): RawExchange {
  const { source, adjusted, fail } = context;
  const { method, target, pointer, request, response } = source;
  const status = response["status"];
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599)
    throw fail(`${pointer}/response/status`, "has no response", "take the entry out, or repeat the request");
  const saved = headersOf(request["headers"], "request", adjusted);
  const { bytes, contentType } = harRequestBody(context, saved);
  const headers =
    bytes.length > 0 && contentType !== undefined ? withValue(saved, "content-type", contentType) : saved;
  const sent = headersOf(response["headers"], "response", adjusted);
  const bodiless = method === "HEAD" || status === 204 || status === 304;
  const body: HarBody | undefined = bodiless ? { bytes: Buffer.alloc(0) } : harResponseBody(context, sent);
  if (body === undefined)
    throw fail(
      `${pointer}/response/content`,
      "the response was saved without its body",
      'save it with content ("Save all as HAR with content"); a proxy that streams must keep bodies',
    );
  const eventTimes = messageTimes(source);
  return rawOfSaved(
    { method, target, ...versionOf(request), headers, body: bytes },
    {
      status,
      reason: stringMember(response["statusText"]),
      ...versionOf(response),
      headers: sent,
      body: body.bytes,
      ...defined({ wholeSize: body.wholeSize }),
      headAt: headAt(source),
      ...(eventTimes === undefined ? {} : { eventTimes }),
      error: stringMember(response["_error"]) ?? stringMember(source.entry["_error"]) ?? "",
    },
    adjusted,
    (reason, fix) => fail(pointer, reason, fix ?? "correct the entry, or take it out"),
  );
}

function versionOf(message: JsonObject): { http?: "1.0" } {
  return stringMember(message["httpVersion"])?.toUpperCase() === "HTTP/1.0" ? { http: "1.0" } : {};
}
