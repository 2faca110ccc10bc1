import type { World } from "../../../../src/ogl/state/types.ts";
import { CHAT_MODEL, CREATED, FREE_MODEL, ROOT, VECTOR_MODEL } from "./gateway.ts";

/** The world with which the model begins. */
export const modelWorld: World = {
  ogl: "0.4.1",
  vectorStore: true,
  models: [
    {
      id: CHAT_MODEL,
      type: "text-generation",
      created: CREATED,
      costs: { prompt_tokens: 1000, completion_tokens: 2000 },
    },
    { id: FREE_MODEL, type: "text-generation", created: CREATED },
    {
      id: VECTOR_MODEL,
      type: "text-embeddings-inference",
      created: CREATED,
      costs: { prompt_tokens: 500, completion_tokens: 0 },
    },
  ],
  keys: [
    {
      key: ROOT,
      name: "root",
      password: "pass-root",
      permissions: ["admin", "create_public_collection"],
    },
  ],
};
