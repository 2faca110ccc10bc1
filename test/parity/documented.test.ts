/**
 * What OpenGateLLM's own documents and programs ask a gateway, typed anew as requests: each is answered, but for those that
 * the real server refuses, too. The documents are those of etalab-ia/OpenGateLLM and of its former name etalab-ia/albert-api.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { World } from "../../src/ogl/state/types.ts";
import { ADMINISTRATION } from "./documented/administration.ts";
import { DOCUMENTS } from "./documented/documents.ts";
import { MODELS } from "./documented/models.ts";
import { OTHERS } from "./documented/others.ts";
import type { Known } from "./documented/requests.ts";

const costs = { prompt_tokens: 0.1, completion_tokens: 0.3 };
const models = [
  { id: "small", type: "text-generation", aliases: ["main"], costs },
  { id: "seeing", type: "image-text-to-text" },
  { id: "vectors", type: "text-embeddings-inference", dimension: 16 },
  { id: "ranks", type: "text-classification" },
  { id: "hears", type: "automatic-speech-recognition" },
  { id: "reads", type: "image-to-text" },
];
const permissions = ["admin", "create_public_collection", "read_metric", "provide_models"];
const world = (ogl: "0.4.1" | "0.4.5"): World => ({
  ogl,
  models,
  keys: [{ key: "sk-root", name: "root", permissions, password: "pass-root" }],
  vectorStore: true,
  parser: true,
});

const EXAMPLES = [...MODELS, ...DOCUMENTS, ...ADMINISTRATION, ...OTHERS];

describe.each(["0.4.1", "0.4.5"] as const)("what OGL's documents ask of %s", (ogl) => {
  let mock: RunningMock;
  const known: Known = { routerMember: ogl === "0.4.1" ? "router" : "router_id" };
  beforeAll(async () => {
    mock = await startMock({ world: world(ogl), cassettes: [], speed: Infinity });
  });
  afterAll(() => mock.close());

  it.each(EXAMPLES)("$asks ($from)", async ({ request, keeps, refused }) => {
    const { method, path, key = "sk-root", json, form } = request(known);
    const body = new FormData();
    for (const [name, value] of Object.entries(form ?? {})) body.append(name, value);
    const response = await fetch(mock.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(json === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(json === undefined ? (form === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    const outcome = response.ok ? "answered" : response.status;
    expect([outcome, text]).toEqual([refused ?? "answered", text]);
    if (keeps === undefined) return;
    const [name, member] = keeps;
    const value = (JSON.parse(text) as Record<string, unknown>)[member];
    expect([member, typeof value]).not.toEqual([member, "undefined"]);
    known[name] = String(value);
  });
});
