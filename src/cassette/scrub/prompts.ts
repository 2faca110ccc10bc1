import type { FormPart } from "../../exchange/index.ts";
import { headerValue, isJsonType } from "../../http/index.ts";
import {
  type BodyKind,
  type Documents,
  filledText,
  fillerEdits,
  isLines,
  rewrite,
  rewriteWrites,
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
 * writes. Ids, names, models and usage stay. Call it before `sanitizeInteraction`, and add `prompts` to
 * `about.sanitized`.
 */
export function redactPrompts(interaction: Interaction, readSideFile?: ReadSideFile): Interaction {
  const { request, response } = interaction;
  const filler = {
    replaceWrites: (writes: readonly Uint8Array[], kind: BodyKind): Uint8Array[] => {
      const whole = Buffer.concat(writes).toString("latin1");
      return rewriteWrites(writes, whole, fillerEdits(whole, documentsIn(whole, kind), { bytes: true }));
    },
  };
  const body = scrubBody(response, filler, readSideFile ?? noSideFiles);
  return {
    ...interaction,
    request: { ...request, ...filledBody(request) },
    response: responseWithBody(response, body),
  };
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

/** Replaces the text of a form part. The bytes of files stay; their descriptions are text. */
function filledPart(part: FormPart): FormPart {
  if (part.text === undefined || part.filename !== undefined) return part;
  const filled = filledJson(JSON.stringify({ [part.name]: part.text }));
  return { ...part, text: (JSON.parse(filled) as Record<string, string>)[part.name] ?? "" };
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
