import type { DocumentRow } from "../tables/index.ts";
import {
  type Call,
  DONE,
  type Handler,
  type Outcome,
  answer,
  checkText,
  crash,
  databaseTime,
  made,
  raiseRefusal,
  rowOf,
} from "./call.ts";
import { isVisible, ownCollection } from "./collections.ts";
import { type NewChunk, chunkView, chunksOf, checkStore, forgetChunks, storeChunks } from "./engine.ts";
import { listEnvelope, cutPage } from "./paging.ts";
import { PLAIN, PRESETS, type Upload, printableJson, readUpload, splitText } from "./text/index.ts";

/** The form of an upload, as FastAPI has read it. */
export interface DocumentForm {
  readonly file: Upload | null;
  readonly name: string | null;
  readonly collection_id: number | null;
  readonly collection: number | null;
  readonly disable_chunking: boolean;
  readonly chunk_min_size: number;
  readonly chunk_overlap: number;
  readonly chunk_size: number;
  readonly is_separator_regex: boolean;
  readonly separators: readonly string[];
  readonly preset_separators: string;
  readonly metadata: string;
}

const NOT_FOUND = "Document not found.";

/** A document. One with an empty name can be stored but not shown (observed on 0.4.1: documents-85). */
function documentView(call: Call, row: DocumentRow): object {
  const { id, name, collection_id, created } = row;
  if (name === "") crash("ValidationError");
  return { object: "document", id, name, collection_id, created, chunks: chunksOf(call, id).length };
}

/** The texts of an upload's chunks, split as the form asks for it. @param pdfText the text of a PDF, if it has been read */
export function uploadTexts(form: DocumentForm, pdfText: string | undefined): string[] {
  return form.file === null ? [] : splitUpload(form, readUpload(form.file, pdfText));
}

function splitUpload(form: DocumentForm, text: string): string[] {
  if (form.disable_chunking) return text.trim() === "" ? [] : [text];
  const { chunk_size: size, chunk_overlap: overlap } = form;
  if (size === 0 || overlap > size) crash("ValueError");
  const given = form.separators.length > 0;
  const separators = given ? form.separators : (PRESETS[form.preset_separators] ?? PLAIN);
  const isRegex = given ? form.is_separator_regex : true;
  try {
    const chunks = splitText(text, { size, overlap, separators, isRegex });
    return chunks.filter((chunk) => [...chunk].length >= form.chunk_min_size);
  } catch (error) {
    return error instanceof SyntaxError ? crash("re.error") : raise(error);
  }
}

function raise(error: unknown): never {
  throw error;
}

function createDocument(call: Call): Outcome {
  const { db, now, body } = call;
  const form = body as unknown as DocumentForm;
  const collection = ownCollection(call, form.collection_id ?? form.collection ?? undefined);
  const given = form.name?.trim() ?? form.file?.filename ?? "";
  const texts = call.prepared?.texts ?? uploadTexts(form, call.prepared?.pdfText);
  if (form.file !== null && texts.length === 0)
    raiseRefusal(500, "No chunks were extracted from the document.");
  if (texts.length > 0) checkStore(call);
  checkText(given);
  const id = db.documents.takeId();
  const document = { id, name: given, collection_id: collection.id, created: databaseTime(now) };
  if (texts.length > 0) {
    const vectors = vectorsOfTexts(call, texts);
    const metadata = form.metadata === "" ? null : printableJson(form.metadata);
    storeChunks(
      call,
      document,
      texts.map((content, i): NewChunk => ({ content, metadata, vector: vectors[i] })),
    );
  }
  db.documents.put(document);
  return made({ id });
}

/**
 * The vectors of chunks. Refuses texts that the vector model can't read, and each for a user without money. Neither access to
 * the model nor its limits count (observed on 0.4.1: vectorlimits-04, -09, -35).
 */
function vectorsOfTexts(
  { db, caller, settings, embed, prepared }: Call,
  texts: readonly string[],
): readonly ArrayLike<number>[] {
  const { vectorModel } = settings;
  const router = vectorModel ? db.routers.byKey(vectorModel) : undefined;
  const isPoor = caller.user?.budget === 0 && router !== undefined && router.cost_prompt_tokens > 0;
  const embedded = isPoor
    ? POOR
    : prepared?.vectors === undefined
      ? embed(texts)
      : { vectors: prepared.vectors };
  if ("vectors" in embedded) return embedded.vectors;
  const { status, message } = embedded.error;
  return raiseRefusal(500, `Vectorization failed: ${status}: ${message}`);
}

const POOR = { error: { status: 400, message: "Insufficient budget." } };

function listDocuments(call: Call): Outcome {
  const { db, query } = call;
  const { name, collection_id: collection } = query;
  checkStore(call);
  const rows = db.documents.rows.filter((row) => {
    const home = db.collections.get(row.collection_id);
    return (
      home !== undefined &&
      isVisible(call, home) &&
      (collection === null || row.collection_id === collection) &&
      (name === null || name === "" || row.name === name)
    );
  });
  return answer(listEnvelope(cutPage(rows, call).rows.map((row) => documentView(call, row))));
}

/** Finds a document to read. The id 0 is no filter: the first is found, or OGL fails (observed: documents-98, -99). */
function getDocument(call: Call): Outcome {
  const { db, path } = call;
  const id = path[0] ?? 0;
  const isReadable = (row: DocumentRow | undefined): row is DocumentRow => {
    const home = row && db.collections.get(row.collection_id);
    return home !== undefined && isVisible(call, home);
  };
  if (id === 0) return answer(documentView(call, db.documents.rows.find(isReadable) ?? crash("IndexError")));
  const row = rowOf(db.documents, id);
  return isReadable(row) ? answer(documentView(call, row)) : raiseRefusal(404, NOT_FOUND);
}

/** The caller's own document of that id. */
function ownDocument({ db, caller }: Call, id: number | undefined): DocumentRow {
  const row = rowOf(db.documents, id);
  const home = row && db.collections.get(row.collection_id);
  return row !== undefined && home?.user === caller.id ? row : raiseRefusal(404, NOT_FOUND);
}

function removeDocument(call: Call): Outcome {
  const { id } = ownDocument(call, call.path[0]);
  forgetChunks(call, ({ document_id: document }) => document === id);
  call.db.documents.remove(id);
  return DONE;
}

function listChunks(call: Call): Outcome {
  const { id } = ownDocument(call, call.path[0]);
  const offset = Number(call.query["offset"] ?? 0);
  const limit = Number(call.query["limit"] ?? 10);
  if (offset < 0) crash("RequestError");
  return answer(
    listEnvelope(
      chunksOf(call, id)
        .slice(offset, offset + limit)
        .map(chunkView),
    ),
  );
}

function getChunk(call: Call): Outcome {
  const [document, number] = call.path;
  const { id } = ownDocument(call, document);
  const chunk = chunksOf(call, id).find((each) => each.number === number);
  return answer(chunkView(chunk ?? crash("IndexError")));
}

function addChunks(call: Call): Outcome {
  const document = ownDocument(call, call.path[0]);
  const { chunks } = call.body as unknown as { readonly chunks: readonly NewChunk[] };
  if (chunks.some(({ content }) => content === "")) crash("RequestError");
  checkStore(call);
  const vectors = vectorsOfTexts(
    call,
    chunks.map(({ content }) => content),
  );
  const stored = chunks.map((chunk, i): NewChunk => ({ ...chunk, vector: vectors[i] }));
  return made({ document_id: document.id, ids: storeChunks(call, document, stored) });
}

/** Deletes a chunk, and answers the same if there is none (observed on 0.4.1: chunks-64). */
function removeChunk(call: Call): Outcome {
  const { id } = ownDocument(call, call.path[0]);
  forgetChunks(call, (chunk) => chunk.document_id === id && chunk.number === call.path[1]);
  return DONE;
}

export const DOCUMENTS: Readonly<Record<string, Handler>> = {
  "POST /v1/documents": createDocument,
  "GET /v1/documents": listDocuments,
  "GET /v1/documents/{}": getDocument,
  "DELETE /v1/documents/{}": removeDocument,
  "POST /v1/documents/{}/chunks": addChunks,
  "GET /v1/documents/{}/chunks": listChunks,
  // 0.4.1 lacks a method for it (observed: chunks-10 to -16).
  "GET /v1/documents/{}/chunks/{}": (call) =>
    call.rules.readsChunks ? getChunk(call) : crash("AttributeError"),
  "DELETE /v1/documents/{}/chunks/{}": removeChunk,
  "GET /v1/chunks/{}": listChunks,
  "GET /v1/chunks/{}/{}": getChunk,
};
