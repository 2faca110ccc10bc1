/** Requests for models: chats, vectors, rankings, images, sound and pages. */
import { type Example, pdf, pdfFile, soundFile, IMAGE, get, post, chat, GUIDES, OLD } from "./requests.ts";

export const MODELS: readonly Example[] = [
  {
    from: "docs/docs/getting-started/quickstart.md",
    asks: "a chat with the first key",
    request: chat({}),
  },
  { from: `${GUIDES}/models.md`, asks: "all models", request: get("/v1/models") },
  { from: `${GUIDES}/models.md`, asks: "one model", request: get("/v1/models/small") },
  { from: `${GUIDES}/models.md`, asks: "one model by its alias", request: get("/v1/models/main") },
  { from: `${GUIDES}/chat_completions.md`, asks: "a chat", request: chat({ stream: false, n: 1 }) },
  { from: `${GUIDES}/chat_completions.md`, asks: "a stream", request: chat({ stream: true, n: 1 }) },
  { from: "docs/IDE_assistant.md", asks: "a chat by the name of an alias", request: chat({ model: "main" }) },
  {
    from: "docs: overview of types of models",
    asks: "vectors of texts",
    request: post("/v1/embeddings", {
      model: "vectors",
      input: ["a text", "another"],
      encoding_format: "float",
    }),
  },
  {
    from: "docs: overview of types of models",
    asks: "a ranking",
    request: post("/v1/rerank", {
      model: "ranks",
      query: "electron",
      documents: ["light", "electrons"],
      top_n: 1,
    }),
  },
  {
    from: `${OLD}/pdf_ocr.ipynb`,
    asks: "the text in an image by a chat",
    request: chat({
      model: "seeing",
      temperature: 0.15,
      messages: [
        { role: "system", content: "Read what is on the page." },
        {
          role: "user",
          content: [
            { type: "text", text: "Read it" },
            { type: "image_url", image_url: { url: IMAGE } },
          ],
        },
      ],
    }),
  },
  {
    from: `${OLD}/audio_transcriptions.ipynb`,
    asks: "the words of a recording",
    request: () => ({
      method: "POST",
      path: "/v1/audio/transcriptions",
      form: { file: soundFile, model: "hears", language: "fr", response_format: "json", temperature: "0.2" },
    }),
  },
  ...[
    "https://example.org/a.pdf",
    `data:application/pdf;base64,${Buffer.from(pdf("x")).toString("base64")}`,
  ].map((url): Example => ({
    from: `${GUIDES}/ocr.md`,
    asks: `the text of a PDF at ${url.slice(0, 5)}`,
    request: post("/v1/ocr", {
      model: "reads",
      document: { type: "document_url", document_url: url },
      include_image_base64: true,
    }),
  })),
  ...["https://example.org/a.jpg", IMAGE].map((url): Example => ({
    from: `${GUIDES}/ocr.md`,
    asks: `the text of an image at ${url.slice(0, 5)}`,
    request: post("/v1/ocr", {
      model: "reads",
      document: { type: "image_url", image_url: url },
      include_image_base64: true,
    }),
  })),
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "the pages of a PDF",
    request: () => ({
      method: "POST",
      path: "/v1/parse-beta",
      form: { file: pdfFile, output_format: "markdown", force_ocr: "false" },
    }),
  },
];
