/** Probes of what a server tells of itself, of its refusals, and of its HTTP. */
import type { Draft, Probe } from "../model/index.ts";
import { chatDraft, embeddingDraft, ifDeclared, withChat } from "./drafts.ts";

const models: Draft = { method: "GET", target: "/v1/models" };
/** Model that no server has. */
const UNKNOWN = "gatetape-no-such-model";
/** Maximum number of models that are asked for by their ids. */
const MOST_MODELS = 16;

/** Probes whose answers say what the others can ask for; they come first. */
export const FIRST_PROBES: readonly Probe[] = [
  {
    id: "openapi",
    about: "the server's own OpenAPI",
    requests: () => [{ method: "GET", target: "/openapi.json", credential: "none" }],
  },
  { id: "models.list", about: "the models", requests: () => [models] },
];

/** Probes that read. */
export const READ_PROBES: readonly Probe[] = [
  {
    id: "models.get",
    about: `the listed models, each by its id, ${MOST_MODELS} at most`,
    requests: ({ chat, embedding, models: listed }) => {
      const chosen = [chat, embedding].flatMap((id) => id ?? []);
      const ids = new Set([...chosen, ...listed.map(({ id }) => id)]);
      return [...ids].slice(0, MOST_MODELS).map(modelDraft);
    },
  },
  {
    id: "models.alias",
    about: "a model by its alias",
    requests: ({ models: listed }) => {
      const alias = listed.flatMap(({ aliases }) => aliases)[0];
      return alias === undefined ? { unfit: "no model has an alias" } : [modelDraft(alias)];
    },
  },
  { id: "models.unknown", about: "a model that does not exist", requests: () => [modelDraft(UNKNOWN)] },
  {
    id: "health",
    about: "the health, without a key",
    requests: () => [{ method: "GET", target: "/health", credential: "none" }],
  },
  {
    id: "ready",
    about: "the readiness, without a key",
    requests: ifDeclared("/ready", { credential: "none" }),
  },
  { id: "health.models", about: "the health of the models", requests: ifDeclared("/health/models") },
];

/** Probes of authentication. */
export const AUTH_PROBES: readonly Probe[] = [
  {
    id: "auth.none",
    about: "requests without a key",
    requests: ({ chat = UNKNOWN, embedding = UNKNOWN }) => usesOf(chat, embedding, { credential: "none" }),
  },
  {
    id: "auth.wrong",
    about: "requests with a key that does not exist",
    requests: ({ chat = UNKNOWN, embedding = UNKNOWN }) => usesOf(chat, embedding, { credential: "wrong" }),
  },
  {
    id: "auth.none-bad-fields",
    about: "a chat without a key and without messages",
    requests: ({ chat = UNKNOWN }) => [{ ...fieldDraft({ model: chat }), credential: "none" }],
  },
  {
    id: "auth.none-bad-json",
    about: "a chat without a key whose body is no JSON",
    requests: () => [{ ...badJson, credential: "none" }],
  },
  {
    id: "auth.scheme",
    about: "the models, with the scheme in lower case",
    requests: () => [{ ...models, scheme: "bearer" }],
  },
];

const badJson: Draft = { method: "POST", target: "/v1/chat/completions", text: '{"model": ' };

/** Probes of refusals. */
export const ERROR_PROBES: readonly Probe[] = [
  {
    id: "errors.unknown-model",
    about: "a chat, a stream and embeddings of a model that does not exist",
    requests: () => [
      chatDraft(UNKNOWN, "one"),
      chatDraft(UNKNOWN, "one", { stream: true }),
      embeddingDraft(UNKNOWN, "one"),
    ],
  },
  {
    id: "errors.fields",
    about: "chats with a missing or a wrong member, one of them as a stream",
    requests: withChat((model) => [
      fieldDraft({ model }),
      fieldDraft({ model, messages: null }),
      fieldDraft({ model, messages: "hi", stream: true }),
      fieldDraft({ model, messages: [{ role: "user", content: "hi" }], temperature: "hot" }),
    ]),
  },
  { id: "errors.json", about: "a chat whose body is no JSON", requests: () => [badJson] },
  {
    id: "errors.non-object",
    about: "a chat whose body is a JSON array, then another request on the same connection",
    how: "in-turn",
    requests: () => [
      { method: "POST", target: "/v1/chat/completions", json: [1] },
      { method: "GET", target: "/health", credential: "none" },
    ],
  },
  {
    id: "errors.method",
    about: "a method that no path has",
    requests: () => [{ method: "PUT", target: "/v1/models" }],
  },
  {
    id: "errors.path",
    about: "a path that does not exist",
    requests: () => [{ method: "GET", target: "/v1/gatetape-no-such-path" }],
  },
  {
    id: "errors.head",
    about: "HEAD of the models",
    requests: () => [{ method: "HEAD", target: "/v1/models" }],
  },
];

function modelDraft(id: string): Draft {
  return { method: "GET", target: `/v1/models/${id.split("/").map(encodeURIComponent).join("/")}` };
}

function fieldDraft(json: Readonly<Record<string, unknown>>): Draft {
  return { method: "POST", target: "/v1/chat/completions", json };
}

/** A request of each kind: chat, embeddings, models. */
function usesOf(chat: string, embedding: string, more: Partial<Draft>): readonly Draft[] {
  return [models, chatDraft(chat, "one"), embeddingDraft(embedding, "one")].map((draft) => ({
    ...draft,
    ...more,
  }));
}
