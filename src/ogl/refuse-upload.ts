import type { Answer } from "../exchange/index.ts";
import type { Spec } from "../openapi/index.ts";
import { failure, refuse } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import { MODEL_TYPES } from "./operations.ts";
import { MAX_UPLOAD, type Upload, checkUploadSize, kindOfUpload } from "./state/index.ts";
import { stateCall, answerRaised } from "./stateful.ts";

/**
 * Refuses uploads that OGL or its connection to an upstream can't work on (observed on 0.4.1: audio-19, -28, -52, ocr-10,
 * nostore-37, parse-05 to -12).
 *
 * @returns `undefined` if the request is not refused here
 */
export function refuseUpload(spec: Spec, facts: RequestFacts): Answer | undefined {
  const { operation, generation } = facts;
  const refuseOne = REFUSALS[operation.path];
  if (refuseOne === undefined || operation.method !== "POST") return undefined;
  const call = stateCall(spec, facts);
  if (call === undefined) return undefined;
  return answerRaised(
    () => refuseOne(facts, call.body, call.settings.parser),
    generation.rewritten(operation),
  );
}

type Refuse = (
  facts: RequestFacts,
  body: Readonly<Record<string, unknown>>,
  parser: boolean,
) => Answer | undefined;

const REFUSALS: Readonly<Record<string, Refuse>> = {
  "/v1/audio/transcriptions": ({ state, exchange, generation }, { file, model, response_format: format }) => {
    const { length } = (file as Upload).content;
    if (length > MAX_UPLOAD) return refuse(413, generation.fileTooLarge(length, MAX_UPLOAD));
    if (generation.relaysTranscripts) return undefined;
    const type = state.routerOf(String(model), exchange.session)?.providerType;
    if (type === "openai") return refuse(500, "Request formatting failed.");
    // vLLM answers in text then, and OGL reads JSON.
    return format === "text" && type !== "mistral" ? failure("the upstream answers in text") : undefined;
  },
  "/v1/ocr": ({ generation }, { model }) =>
    model === null ? refuse(422, generation.wrongType(MODEL_TYPES["/v1/ocr"] ?? [], "None")) : undefined,
  "/v1/parse-beta": (_, { file }, parser) => {
    const upload = file as Upload;
    const kind = kindOfUpload(upload);
    if (kind !== "pdf")
      return refuse(422, kind === undefined ? "Unsupported file type." : "File must be a pdf file.");
    checkUploadSize(upload);
    return parser ? undefined : failure("the gateway has no parser");
  },
};
