import { pythonFloat, asgiResponse } from "../../asgi/index.ts";
import type { Answer, ExchangeRequest } from "../../exchange/index.ts";
import { type WorldModel, type WorldState, usageObject } from "../../ogl/index.ts";
import type { OglVersion } from "../../openapi/index.ts";
import { isObject } from "../../util/index.ts";
import { digestOf, synthesized } from "./base/index.ts";
import { answered } from "./chat/index.ts";

/** A request about sounds, pictures or PDFs. */
interface MediaRequest {
  readonly ogl: OglVersion;
  readonly state: WorldState;
  readonly exchange: ExchangeRequest;
}

const NOTHING = { prompt: 0, completion: 0 };
const FREE: WorldModel = { id: "", type: "" };
/** The smallest JPEG that says so. */
const PICTURE = "data:image/jpeg;base64,/9j/4AAQ";

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

/** OGL's usage of an operation that it counts no tokens of. */
function usageOf(ogl: OglVersion, requests: number): object {
  const usage = usageObject(ogl, FREE, NOTHING);
  return "requests" in usage ? { ...usage, requests } : usage;
}

/** Fields of a form. Of a large one only the texts that decide on access are at hand. */
function formFields({ form, insight }: ExchangeRequest): ReadonlyMap<string, string> {
  if (form !== undefined)
    return new Map(form.map(({ name, text, filename }) => [name, filename ?? text ?? ""]));
  const outline = isObject(insight?.outline) ? insight.outline : {};
  return new Map(
    Object.entries(outline).flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])),
  );
}

function transcription({ ogl, state, exchange }: MediaRequest): Answer | undefined {
  const fields = formFields(exchange);
  const name = fields.get("model") ?? "";
  const router = state.routerOf(name, exchange.session);
  if (router?.model.type !== "automatic-speech-recognition") return undefined;
  const by = synthesized("a transcription that names the file");
  const text = `This is the recording ${fields.get("file") || "without a name"}.`;
  const format = fields.get("response_format");
  const isMistral = router.providerType === "mistral";
  if (format === "text")
    return { by, script: asgiResponse(200, Buffer.from(text), [], "text/plain; charset=utf-8") };
  const id = digestOf(name, [...fields]).slice(0, 32);
  const verbose = format === "verbose_json" && !isMistral;
  return answered(
    {
      id: isMistral ? `chatcmpl-${id}` : `request-${id}`,
      text,
      model: name,
      usage: usageOf(ogl, 0),
      ...(verbose ? verboseOf(text, fields.get("language") ?? "en") : {}),
    },
    by,
  );
}

function verboseOf(text: string, language: string): object {
  const end = pythonFloat(1.5);
  const segment = {
    id: 0,
    avg_logprob: -0.2,
    compression_ratio: 1.1,
    end,
    no_speech_prob: null,
    seek: 0,
    start: pythonFloat(0),
    temperature: pythonFloat(0),
    text,
    tokens: [1, 2],
  };
  return { task: "transcribe", language, duration: "1.5", words: null, segments: [segment] };
}

function ocr({ ogl, state, exchange }: MediaRequest): Answer | undefined {
  const { json, session } = exchange;
  const { model: name, include_image_base64: withImages, document } = isObject(json) ? json : {};
  if (typeof name !== "string" || state.routerOf(name, session)?.model.type !== "image-to-text")
    return undefined;
  const image = {
    bottom_right_x: 110,
    bottom_right_y: 220,
    id: "img-0.jpeg",
    image_annotation: null,
    image_base64: withImages === true ? PICTURE : null,
    top_left_x: 10,
    top_left_y: 20,
  };
  const dimensions = { dpi: 200, height: 2200, width: 1700 };
  const pages = [
    { dimensions, images: [image], index: 0, markdown: "# Title\n\nThe first page." },
    { dimensions, images: [], index: 1, markdown: "The second page." },
  ];
  return answered(
    {
      document_annotation: null,
      id: `request-${digestOf(name, document).slice(0, 32)}`,
      model: name,
      pages,
      usage: usageOf(ogl, 1),
      usage_info: { doc_size_bytes: 2048, pages_processed: pages.length },
    },
    synthesized("two pages of a document"),
  );
}

function parse({ ogl, exchange }: MediaRequest): Answer {
  const document_name = formFields(exchange).get("file") ?? "";
  const page = (number: number, content: string, images: object): object => ({
    object: "documentPage",
    content,
    images,
    metadata: { document_name, page: number },
  });
  const data = [
    page(0, "# Title\n\nThe first page.\n\n", { "_page_0_Figure_1.jpeg": PICTURE }),
    page(1, "The second page.", {}),
  ];
  return answered({ object: "list", data, usage: usageOf(ogl, 0) }, synthesized("two pages of a document"));
}
