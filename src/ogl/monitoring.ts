import { asgiResponse } from "../asgi/index.ts";
import type { Answer } from "../exchange/index.ts";
import { computed } from "./computed.ts";
import type { RequestFacts } from "./facts.ts";
import { mayUse } from "./refuse-use.ts";

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
