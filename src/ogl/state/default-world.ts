import type { Library } from "../../cassette/index.ts";
import type { World, WorldModel } from "./types.ts";

/** Model type inferred from the operation that used the model. */
const TYPE_OF: Readonly<Record<string, string>> = {
  "chat.create": "text-generation",
  "chat.stream": "text-generation",
  "embeddings.create": "text-embeddings-inference",
  rerank_v1_rerank_post: "text-classification",
  ocr_v1_ocr_post: "image-to-text",
  audio_transcriptions_v1_audio_transcriptions_post: "automatic-speech-recognition",
};

/** The models of a gateway without cassettes. */
const FEW: readonly WorldModel[] = [
  { id: "qwen3-coder", type: "text-generation", aliases: ["coder-alias"], max_context_length: 32_768 },
  { id: "nomic-embed-text", type: "text-embeddings-inference", max_context_length: 512 },
];

/** Models for uploads, which few recordings have: without them no request could be answered. */
const FOR_UPLOADS: readonly WorldModel[] = [
  { id: "whisper", type: "automatic-speech-recognition" },
  { id: "ocr", type: "image-to-text" },
];

/**
 * Makes the world for a mock without a world file: models that the cassettes list, models that their requests name,
 * and a model each for sounds and pictures.
 * @param more models that are added
 */
export function defaultWorld(library: Library, more: readonly WorldModel[] = []): World {
  const models = new Map<string, WorldModel>();
  for (const model of listedModels(library)) if (!models.has(model.id)) models.set(model.id, model);
  const names = new Set([...models.values()].flatMap(({ id, aliases = [] }) => [id, ...aliases]));
  for (const { operation, request } of library.entries) {
    const type = TYPE_OF[operation];
    const name = namedModel(request);
    if (type === undefined || typeof name !== "string" || names.has(name)) continue;
    models.set(name, { id: name, type });
    names.add(name);
  }
  const known = models.size === 0 ? FEW : [...models.values()];
  const forUploads = FOR_UPLOADS.filter(({ type }) => !known.some((model) => model.type === type));
  const added = [...forUploads, ...more].filter(({ id }) => !names.has(id));
  return { models: [...known, ...added], vectorStore: true, parser: true };
}

/** The model that a request names, in JSON or in a form. */
function namedModel({ json, form }: Library["entries"][number]["request"]): unknown {
  const part = form?.find(({ name }) => name === "model");
  return part === undefined ? (json as { model?: unknown } | null | undefined)?.model : part.text;
}

function* listedModels(library: Library): Generator<WorldModel> {
  for (const entry of library.entries) {
    // Read of a list alone: a script may be made when it is first asked for, and most of a library's are never played.
    if (entry.operation !== "models.list" || entry.script.head?.status !== 200) continue;
    const body = Buffer.concat(entry.script.ops.flatMap((op) => (op.op === "write" ? [op.bytes] : [])));
    try {
      const { data } = JSON.parse(body.toString("utf8")) as { data?: unknown };
      for (const model of Array.isArray(data) ? (data as unknown[]) : []) if (isModel(model)) yield model;
    } catch {
      // A list that a fault has broken has no models to give.
    }
  }
}

function isModel(value: unknown): value is WorldModel {
  const { id, type } = (value ?? {}) as Record<string, unknown>;
  return typeof id === "string" && typeof type === "string";
}
