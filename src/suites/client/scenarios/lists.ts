/** Scenarios of embeddings and models. */
import * as expect from "../../checks/index.ts";
import { type Scenario, type ServedRequest, defineScenario } from "../../model/index.ts";
import { embeddingsBody, json, oglModel } from "./scripts.ts";

const VECTORS = [
  [0.25, -0.5, 0.125, 1e-7],
  [1, 0, 0.5, -2],
];
const FLOATS = ["[0.25,-0.5,0.125,1e-07]", "[1.0,0.0,0.5,-2.0]"];
const EMBED = { operation: "embeddings.create" as const };
const LIST = { operation: "models.list" as const };

const base64Of = (vector: readonly number[]): string =>
  JSON.stringify(Buffer.from(Float32Array.from(vector).buffer).toString("base64"));

const wantsBase64 = ({ json: body }: ServedRequest): boolean =>
  (body as { encoding_format?: unknown } | undefined)?.encoding_format === "base64";

/** Scenario of a list in which the second model has these members. */
function modelsScenario(
  id: string,
  init: { title: string; evidence?: readonly string[]; second: object },
): Scenario {
  const { title, evidence = ["second measurement 2026-11-21"], second } = init;
  return defineScenario({
    id: `models/${id}`,
    title,
    evidence,
    level: "should",
    tier: 3,
    why: "One model that a strict reader does not like hides all the others.",
    call: LIST,
    answers: json({
      object: "list",
      data: [oglModel("qwen3-coder"), oglModel("bge", second), oglModel("new")],
    }),
    checks: [expect.models(["qwen3-coder", "bge", "new"])],
  });
}

export const LIST_SCENARIOS: readonly Scenario[] = [
  defineScenario({
    id: "embeddings/ogl-floats-only",
    title: "OGL 0.4: encoding_format base64 is refused with 422, anything else gives floats",
    level: "should",
    tier: 1,
    why: "A client that asks for base64 by itself can't embed anything with OGL until somebody finds out why.",
    evidence: [
      "observed on 0.4.1: emb-base64",
      "observed on 0.4.1 with the 0.4.5 schemas, where it is a 500: emb-base64",
      "measured 2026-11-21: both OpenAI SDKs ask for base64 by default",
    ],
    call: { ...EMBED, control: { maxRetries: 0 } },
    answers: (request) =>
      wantsBase64(request)
        ? json(
            {
              detail: [
                {
                  type: "literal_error",
                  loc: ["body", "encoding_format"],
                  msg: "Input should be 'float'",
                  input: "base64",
                  ctx: { expected: "'float'" },
                },
              ],
            },
            { status: 422 },
          )
        : json(embeddingsBody(...FLOATS)),
    checks: [expect.vectors(VECTORS)],
  }),
  defineScenario({
    id: "embeddings/floats-whatever-was-asked",
    title: "floats with exponents, whatever encoding was asked for",
    level: "should",
    tier: 3,
    why: "Floats that are read as base64 give vectors of nonsense, without any error.",
    evidence: ["openai/openai-python#1490", "sgl-project/sglang#28803", "michaelfeil/infinity#349"],
    call: EMBED,
    answers: json(embeddingsBody(...FLOATS)),
    checks: [expect.vectors(VECTORS)],
  }),
  defineScenario({
    id: "embeddings/as-asked",
    title: "base64 to who asks for it, floats to all others",
    level: "should",
    tier: 3,
    why: "Who asks for base64 must be able to read it.",
    evidence: ["openai/openai-python#1490", "huggingface/text-embeddings-inference#288"],
    call: EMBED,
    answers: (request) => json(embeddingsBody(...(wantsBase64(request) ? VECTORS.map(base64Of) : FLOATS))),
    checks: [expect.vectors(VECTORS)],
  }),
  defineScenario({
    id: "embeddings/order-by-index",
    title: "the vectors come in another order than the inputs, with their index",
    level: "should",
    tier: 3,
    why: "Each text gets another text's vector: a search that finds nonsense, for good.",
    evidence: ["the OpenAI API: index is the place in the list of inputs"],
    call: EMBED,
    answers: json(
      embeddingsBody(...FLOATS.toReversed()).replaceAll(
        /"index":(\d)/g,
        (_, n) => `"index":${1 - Number(n)}`,
      ),
    ),
    checks: [expect.vectors(VECTORS)],
  }),
  modelsScenario("ogl-members", {
    title: "OGL's models, with aliases, costs and a context length",
    evidence: ["observed on 0.4.1: models-list"],
    second: { aliases: ["coder-alias", "org/coder alias"] },
  }),
  modelsScenario("unknown-member", {
    title: "a model with a member that nobody knows",
    second: { ports: [1] },
  }),
  modelsScenario("unknown-type", { title: "a model of an unknown type", second: { type: "telepathy" } }),
  modelsScenario("created-null", { title: "a model with created: null", second: { created: null } }),
  modelsScenario("owned-by-null", { title: "a model with owned_by: null", second: { owned_by: null } }),
  modelsScenario("limits-null", {
    title: "a model with null for context length and costs",
    evidence: ["observed on 0.4.1: models-list"],
    second: { max_context_length: null, costs: null },
  }),
  defineScenario({
    id: "models/ogl-no-head-no-cors",
    title: "OGL answers HEAD and OPTIONS with 405 and knows no CORS",
    level: "should",
    tier: 2,
    why: "A client that looks before it asks finds a server that seems to have no models.",
    evidence: ["observed on 0.4.1: http-head-models, http-options-chat, http-cors-simple"],
    call: LIST,
    answers: json({ object: "list", data: [oglModel("ok")] }),
    checks: [expect.methods(["GET"]), expect.models(["ok"])],
  }),
  defineScenario({
    id: "models/ogl-get-alias",
    title: "a model is asked for by an alias with a slash and a space; the answer has its main id",
    level: "should",
    tier: 2,
    why: "Ids of models are paths of hubs: one that is not escaped is another URL.",
    evidence: ["observed on 0.4.1: models-get-alias-slash-pct"],
    call: { operation: "models.get", params: { model: "org/coder alias" } },
    answers: json(oglModel("qwen3-coder", { aliases: ["coder-alias", "org/coder alias"] })),
    checks: [expect.requests(1), expect.modelId("qwen3-coder")],
  }),
  defineScenario({
    id: "models/id-with-dots",
    title: "the id ../admin is asked for",
    level: "must",
    tier: 3,
    why: "A name from outside must not choose the path that is asked with the user's key.",
    evidence: ["second measurement 2026-11-21"],
    call: { operation: "models.get", params: { model: "../admin" }, control: { maxRetries: 0 } },
    localRefusal: true,
    answers: json({ detail: "Model not found." }, { status: 404 }),
    checks: [expect.staysBelow("/v1/models/"), expect.error({ optional: true })],
  }),
];
