import type { Answer } from "../exchange/index.ts";
import type { RequestFacts } from "./facts.ts";
import { modelName, runsOnModel } from "./operations.ts";
import { remaining } from "./refuse-use.ts";
import type { LimitType, UsageRow, WorldModel } from "./state/index.ts";
import { type CountedTokens, type VectorUse, costWithVectors, readUsage } from "./usage.ts";
import { readBodyValue } from "./validation.ts";
import { withHeaders } from "./errors.ts";

/** Operations whose uses OGL records (observed on 0.4.1: usage-16, audio-56, ocr-23). */
const RECORDED = new Set(["/v1/chat/completions", "/v1/embeddings", "/v1/rerank"]);

/**
 * Adds the generation's headers to an answer, and charges and records it once it has been delivered whole.
 *
 * @param vectors the vector model's part of it, which OGL adds to the answer's usage
 */
export function settle(answer: Answer, facts: RequestFacts, vectors?: VectorUse): Answer {
  const { exchange, operation, principal, state, generation } = facts;
  if (!runsOnModel(operation)) return answer;
  const model = modelName(operation, exchange.insight?.outline ?? exchange.json ?? readBodyValue(exchange));
  const { session } = exchange;
  const router = model === undefined ? undefined : state.routerOf(model, session);
  if (router === undefined) return answer;
  const headers = generation.limitHeaders
    ? limitHeaders(remaining(state, principal, router, session), state.now)
    : [];
  return {
    ...withHeaders(answer, headers),
    delivered: ({ ended, at }) => {
      const whole = ended === "complete" || ended === "close";
      if (answer.script.head?.status !== 200) return;
      const tokens = (whole ? readUsage(answer) : undefined) ?? NO_TOKENS;
      const own = { ...tokens, prompt: Math.max(0, tokens.prompt - (vectors?.tokens ?? 0)) };
      const cost = costWithVectors(router.model, own, tokens === NO_TOKENS ? undefined : vectors);
      if (typeof principal.user?.budget === "number") state.charge(principal, session, cost);
      if (RECORDED.has(operation.path) || generation.countsMedia) {
        const streams = operation.id === "chat.stream";
        state.recordUse(session, {
          // The record names the model that was asked first (observed on 0.4.1: chatsearch-23).
          ...useRow(facts, vectors?.model ?? router.model),
          ...tokens,
          cost,
          // Nothing is known of an answer that the client did not wait for (observed on 0.4.1: misc-me-usage-after-disconnect).
          latency: whole ? Math.round(at.at(-1) ?? 0) : null,
          ttft: streams && whole ? Math.round(at[0] ?? 0) : null,
        });
      }
    },
  };
}

const NO_TOKENS: CountedTokens = { prompt: 0, completion: 0 };

/** The members of a record of use that are known before the answer. */
export function useRow(
  { operation, principal, state }: RequestFacts,
  model: WorldModel,
): Pick<UsageRow, "user" | "model" | "key" | "endpoint" | "created"> {
  return {
    user: principal.id,
    model: model.id,
    key: principal.token?.name ?? null,
    endpoint: operation.path,
    created: Math.round(state.now / 1000),
  };
}

interface Left {
  readonly value: number;
  readonly remaining: number;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

/**
 * Headers of later generations with the remaining requests and tokens (read in OGL's source: the plural of the last name
 * and the word `None` for no limit are theirs; experimental).
 *
 * @param now milliseconds since 1970
 */
function limitHeaders(limits: ReadonlyMap<LimitType, Left>, now: number): [string, string][] {
  const group = (name: string, reset: string, left: Left | undefined): [string, string][] => [
    [`x-ratelimit-limit-${name}`, left === undefined ? "None" : String(left.value)],
    [`x-ratelimit-remaining-${name}`, String(left?.remaining ?? 0)],
    [
      `x-ratelimit-reset-${reset}`,
      duration(left === undefined ? 0 : Math.max(0, Math.floor((left.ends - now) / 1000))),
    ],
  ];
  return [...group("token", "token", limits.get("tpd")), ...group("request", "requests", limits.get("rpm"))];
}

/** A duration as `1h2m3s`, `2m3s` or `3s`. */
function duration(seconds: number): string {
  const s = seconds % 60;
  const m = Math.floor(seconds / 60) % 60;
  const h = Math.floor(seconds / 3600);
  return `${h > 0 ? `${h}h` : ""}${h > 0 || m > 0 ? `${m}m` : ""}${s}s`;
}
