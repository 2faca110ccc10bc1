import { writeFileSync } from "node:fs";
import { join } from "node:path";

const KEYS = 2000;
const COLLECTIONS = 100;
export const DOCUMENTS = 10_000;
const CREATED = 1_760_000_000;
/** So much is allowed that no request of the bench is refused. */
const PLENTY = 1_000_000_000;
/** The key of the requests to these worlds: one in the middle of many. */
export const WORLD_KEY = "sk-bench-01000";

const MODELS = [
  { id: "qwen3-coder", type: "text-generation" },
  { id: "nomic-embed-text", type: "text-embeddings-inference" },
].map((model) => ({
  ...model,
  created: CREATED,
  max_context_length: 32_768,
  costs: { prompt_tokens: 0.1, completion_tokens: 0.3 },
  ...(model.type === "text-generation" ? {} : { dimension: 768 }),
}));

/** A world of many keys, each with limits of every kind for every model, and a budget. */
export function writeFullWorld(folder: string): string {
  const limits = MODELS.flatMap(({ id }) =>
    (["rpm", "rpd", "tpm", "tpd"] as const).map((type) => ({ model: id, type, value: PLENTY })),
  );
  const keys = Array.from({ length: KEYS }, (_, i) => ({
    key: `sk-bench-${String(i).padStart(5, "0")}`,
    name: `user ${i}`,
    limits,
    budget: PLENTY,
  }));
  return write(folder, "full", { ogl: "0.4.5", models: MODELS, keys });
}

/** A world whose gateway has many documents, of two chunks each. */
export function writeStateWorld(folder: string): string {
  const collections = Array.from({ length: COLLECTIONS }, (_, i) => ({
    id: i + 1,
    name: `collection ${i + 1}`,
    user: 1,
    description: null,
    visibility: "private",
    created: CREATED,
    updated: CREATED,
  }));
  const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({
    id: i + 1,
    name: `document-${i + 1}.md`,
    collection_id: (i % COLLECTIONS) + 1,
    created: CREATED,
  }));
  const chunks = documents.flatMap(({ id, collection_id }) =>
    [0, 1].map((number) => ({
      id: id * 2 + number,
      number,
      document_id: id,
      collection_id,
      content: `Chunk ${number} of document ${id}: trains leave the station at noon.`,
      metadata: null,
      created: CREATED,
      from: CREATED * 1000,
    })),
  );
  return write(folder, "state", {
    ogl: "0.4.5",
    models: MODELS,
    keys: [{ key: WORLD_KEY, user: 1 }],
    vectorStore: true,
    state: { collections, documents, chunks },
  });
}

function write(folder: string, name: string, world: unknown): string {
  const file = join(folder, `${name}.world.json`);
  writeFileSync(file, JSON.stringify(world));
  return file;
}
