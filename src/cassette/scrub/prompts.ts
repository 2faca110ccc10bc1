import { createHash } from "node:crypto";
import type { FormPart } from "../../exchange/index.ts";
import { type Header, headerValue, isJsonType, mediaType } from "../../http/index.ts";
import {
  type BodyKind,
  type Documents,
  filledText,
  fillerEdits,
  isLines,
  rewrite,
  rewriteParts,
  textFillerEdits,
} from "../../secrets/index.ts";
import { parseJsonSource, printCompact } from "../../util/index.ts";
import {
  type CassetteRequest,
  type Interaction,
  type MatchRequest,
  type ReadSideFile,
  noSideFiles,
} from "../format/index.ts";
import { responseWithBody, scrubBody } from "./body.ts";

/** Entry of `about.sanitized` for a cassette whose prompts are filler. */
export const PROMPTS = "prompts";

/**
 * Replaces message text, answers and inputs by filler with as many letters, blanks and punctuation, split over the same
 * writes, and files by references to them. Ids, names, models and usage stay. Call it before `sanitizeInteraction`, and add `prompts` to
 * `about.sanitized`.
 */
export function redactPrompts(interaction: Interaction, readSideFile?: ReadSideFile): Interaction {
  const { request, response } = interaction;
  const filler = {
    replaceParts: (
      sizes: readonly number[],
      whole: string,
      kind: BodyKind = "other",
    ): (string | undefined)[] => {
      const edits = isTranscript(interaction)
        ? textFillerEdits(whole)
        : fillerEdits(whole, documentsIn(whole, kind), { bytes: true });
      return rewriteParts(sizes, whole, edits);
    },
  };
  const body = scrubBody(response, filler, readSideFile ?? noSideFiles);
  return {
    ...interaction,
    request: { ...request, ...filledBody(request) },
    response: responseWithBody(response, body),
  };
}

/** Media types of transcripts. */
const TRANSCRIPTS = new Set(["text/plain", "text/vtt", "application/x-subrip"]);

/** True for an answer that is a text which a model made. OGL's own texts are errors and metrics. */
function isTranscript({ request, response }: Interaction): boolean {
  const type = headerValue(textHeaders(response.headers), "content-type");
  return request.method === "POST" && response.status === 200 && TRANSCRIPTS.has(mediaType(type) ?? "");
}

function textHeaders(headers: Interaction["response"]["headers"]): Header[] {
  return (headers ?? []).flatMap(([name, value]): Header[] =>
    typeof value === "string" ? [[name, value]] : [],
  );
}

function documentsIn(whole: string, kind: BodyKind): Documents {
  if (kind === "sse") return "sse";
  return isLines(whole) ? "lines" : "whole";
}

function filledBody({ json, text, form, headers }: CassetteRequest): Partial<CassetteRequest> {
  if (json !== undefined) return { json: parseJsonSource(filledJson(printCompact(json))) };
  if (form !== undefined) return { form: form.map(filledPart) };
  if (text === undefined) return {};
  return {
    text: isJsonType(headerValue(headers ?? [], "content-type")) ? filledJson(text) : filledText(text),
  };
}

function filledJson(text: string): string {
  return rewrite(text, fillerEdits(text, "whole"));
}

/** Replaces the text of a form part. Of a file only name, type, size and hash stay, so that the same file matches. */
function filledPart(part: FormPart): FormPart {
  if (part.filename !== undefined) return withheldFile(part);
  if (part.text === undefined) return part;
  const filled = filledJson(JSON.stringify({ [part.name]: part.text }));
  return { ...part, text: (JSON.parse(filled) as Record<string, string>)[part.name] ?? "" };
}

/** A reference to content that is withheld, in the form that large base64 has. */
const REFERENCE = /^data:[^,]*;sha256=[\da-f]{64};bytes=\d+,$/;

function withheldFile({ text, hex, ...part }: FormPart): FormPart {
  if (text !== undefined && REFERENCE.test(text)) return { ...part, text };
  const bytes = hex === undefined ? Buffer.from(text ?? "") : Buffer.from(hex, "hex");
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(part.contentType ?? "")?.[0] ?? "application/octet-stream";
  const hash = createHash("sha256").update(bytes).digest("hex");
  return { ...part, text: `data:${type};sha256=${hash};bytes=${bytes.length},` };
}

/** The comparable form of an incoming request for recordings whose prompts are filler. */
export function filledRequest(request: MatchRequest): MatchRequest {
  const { json, form } = request;
  return {
    ...request,
    json: json === undefined ? undefined : (JSON.parse(filledJson(JSON.stringify(json))) as unknown),
    form: form?.map(filledPart),
    body:
      json === undefined && form === undefined
        ? Buffer.from(filledText(Buffer.from(request.body).toString()))
        : request.body,
  };
}
