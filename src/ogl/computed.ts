import { asgiResponse, pythonFloat } from "../asgi/index.ts";
import type { Answer } from "../exchange/index.ts";
import type { RequestFacts } from "./facts.ts";
import { mayUse } from "./refuse-use.ts";
import type { Router } from "./state/index.ts";

/** Makes an answer of the world's own: JSON. */
export function computed(value: unknown, status = 200): Answer {
  return { script: asgiResponse(status, Buffer.from(JSON.stringify(value))), by: { kind: "ogl" } };
}

/**
 * Answers for the models of a world. A limit of 0 hides no model, and an alias gives the main id (observed on 0.4.1:
 * models-list-zero, models-get-alias-slash).
 *
 * @returns `undefined` for any other operation, and for a model that does not exist
 */
export function compute(facts: RequestFacts): Answer | undefined {
  const { state, operation, principal, exchange, generation } = facts;
  const { session } = exchange;
  const modelObject = generation.hasRewrite ? nextModel : firstModel;
  if (operation.id === "models.list") {
    const data = state
      .listed(session)
      .filter((router) => mayUse(principal, router))
      .map(modelObject);
    return computed({ object: "list", data });
  }
  if (operation.id !== "models.get") return undefined;
  const router = state.routerOf(exchange.params["model"] ?? "", session);
  return router && computed(modelObject(router));
}

/** A model with its type first, as the rewrite declares it (schemas/models.py 34a116b8). */
function nextModel(router: Router): object {
  return { object: "model", ...firstModel(router) };
}

function firstModel({ model }: Router): object {
  const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = model.costs ?? {};
  return {
    id: model.id,
    type: model.type,
    aliases: model.aliases ?? [],
    created: model.created,
    owned_by: model.owned_by,
    max_context_length: model.max_context_length ?? null,
    costs: { prompt_tokens: pythonFloat(prompt), completion_tokens: pythonFloat(completion) },
    object: "model",
  };
}

/** OGL's metrics by type, without values: nothing has been measured (names observed on 0.4.1). */
const METRICS: readonly (readonly [name: string, type: string])[] = [
  ["ogl_http_requests_total", "counter"],
  ["ogl_http_request_size_bytes", "summary"],
  ["ogl_http_response_size_bytes", "summary"],
  ["ogl_http_request_duration_highr_seconds", "histogram"],
  ["ogl_http_request_duration_seconds", "histogram"],
  ["ogl_inference_requests_total", "counter"],
  ["ogl_inference_requests_duration_seconds", "histogram"],
  ["ogl_inference_tokens_total", "counter"],
  ["ogl_inference_ttft_milliseconds", "histogram"],
  ["ogl_inference_output_tokens_per_second", "histogram"],
];

/**
 * Answers for the health of models, which are all well, and for metrics.
 *
 * @returns `undefined` for any other operation
 */
export function answerMonitoring({
  operation,
  state,
  exchange,
  generation,
  principal,
}: RequestFacts): Answer | undefined {
  if (operation.method !== "GET") return undefined;
  if (operation.path === "/health/models") {
    const served = state
      .routers(exchange.session)
      .filter((router) => (generation.hasRewrite ? mayUse(principal, router) : router.served));
    return computed({ data: served.map(({ model }) => ({ id: model.id, status: "green" })) });
  }
  if (operation.path !== "/metrics") return undefined;
  const text = METRICS.map(([name, type]) => `# TYPE ${name} ${type}\n`).join("");
  return {
    by: { kind: "ogl" },
    script: asgiResponse(200, Buffer.from(text), [], "text/plain; version=1.0.0; charset=utf-8"),
  };
}
