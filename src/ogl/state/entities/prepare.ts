import { setImmediate } from "node:timers/promises";
import { Crash, Refusal } from "../../../asgi/index.ts";
import type { Call, Prepared } from "./call.ts";
import { type DocumentForm, uploadTexts } from "./documents.ts";
import { bareChunks, giveVectors } from "./engine.ts";
import { MAX_UPLOAD, type Upload, kindOfUpload } from "./text/index.ts";

/** Length (characters) of texts that get their vectors at once. */
const SHORT = 8 * 1024;
/** Length (characters) of the texts of one turn: others are answered before the next. */
const TURN = 4 * 1024;

/**
 * Begins the work on a call that takes long: reading a PDF, and the vectors of long texts. Refusals are left to the call itself,
 * which makes them in OGL's order.
 *
 * @param operation method and path, as in `POST /v1/documents`
 * @returns `undefined` if there is no such work
 */
export function prepareCall(operation: string, call: Call): Promise<Prepared> | undefined {
  return PREPARATIONS[operation]?.(call);
}

const PREPARATIONS: Readonly<Record<string, (call: Call) => Promise<Prepared> | undefined>> = {
  "POST /v1/documents": prepareUpload,
  "POST /v1/documents/{document_id}/chunks": prepareChunks,
  "POST /v1/search": prepareSearch,
};

function prepareUpload(call: Call): Promise<Prepared> | undefined {
  const form = call.body as unknown as DocumentForm;
  const { file } = form;
  if (file === null || file.content.length > MAX_UPLOAD || !hasCollection(call, form)) return undefined;
  const isPdf = kindOfUpload(file) === "pdf";
  return isPdf || file.content.length > SHORT ? prepareFile(call, form, file, isPdf) : undefined;
}

/** Whether the upload's collection is there: nothing is done for one that the call will refuse. */
function hasCollection(call: Call, { collection_id: id, collection }: DocumentForm): boolean {
  const row = call.db.collections.get(id ?? collection ?? 0);
  return row?.user === call.caller.id;
}

async function prepareFile(call: Call, form: DocumentForm, file: Upload, isPdf: boolean): Promise<Prepared> {
  const pdfText = isPdf ? await call.readPdf(file.content) : undefined;
  const texts = splitEarly(form, pdfText);
  return texts === undefined ? { pdfText } : { pdfText, texts, vectors: await embedInTurns(call, texts) };
}

/** The texts of an upload's chunks; `undefined` for one that the call will refuse. */
function splitEarly(form: DocumentForm, pdfText: string | undefined): string[] | undefined {
  try {
    return uploadTexts(form, pdfText);
  } catch (error) {
    if (error instanceof Refusal || error instanceof Crash) return undefined;
    throw error;
  }
}

function prepareChunks(call: Call): Promise<Prepared> | undefined {
  const { chunks } = call.body as unknown as { readonly chunks: readonly { readonly content: string }[] };
  const texts = chunks.map(({ content }) => content);
  if (lengthOf(texts) <= SHORT) return undefined;
  return embedInTurns(call, texts).then((vectors) => ({ vectors }));
}

/** Chunks that a world came with get their vectors with the first search. */
function prepareSearch(call: Call): Promise<Prepared> | undefined {
  const bare = bareChunks(call.db.chunks.rows);
  const texts = bare.map(({ content }) => content);
  if (lengthOf(texts) <= SHORT) return undefined;
  return embedInTurns(call, texts).then((vectors) => {
    giveVectors(call, bare, vectors ?? []);
    return {};
  });
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

/** Makes the vectors of texts while other requests have their turns; `undefined` if an upstream refuses one. */
async function embedInTurns(
  call: Call,
  texts: readonly string[],
): Promise<readonly ArrayLike<number>[] | undefined> {
  const vectors: ArrayLike<number>[] = [];
  for (let from = 0, end = 0; from < texts.length; from = end) {
    let length = 0;
    do length += texts[end++]?.length ?? 0;
    while (end < texts.length && length < TURN);
    const embedded = call.embed(texts.slice(from, end));
    if ("error" in embedded) return undefined;
    vectors.push(...embedded.vectors);
    await setImmediate();
  }
  return vectors;
}
