import type { Answer } from "../../../exchange/index.ts";
import { ocr } from "./ocr.ts";
import { parse } from "./parse.ts";
import type { MediaRequest } from "./request.ts";
import { transcription } from "./transcription.ts";

/** Makes the answers to transcriptions, OCR and `parse-beta`; `undefined` for any other operation. */
export function media(request: MediaRequest): Answer | undefined {
  const { method, path } = request.exchange.operation ?? {};
  if (method !== "POST") return undefined;
  switch (path) {
    case "/v1/audio/transcriptions":
      return transcription(request);
    case "/v1/ocr":
      return ocr(request);
    case "/v1/parse-beta":
      return parse(request);
    default:
      return undefined;
  }
}
