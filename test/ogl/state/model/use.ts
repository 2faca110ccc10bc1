/** Uses of models, searches and the records of uses, and their answers by the model. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { costOf, recordUse, refuseModel, refuseUseOf, routerNamed, step } from "./access.ts";
import { type Operation, anyKey } from "./accounts.ts";
import { isReadable } from "./collections.ts";
import { WORDS, expectFound, findable } from "./documents.ts";
import {
  type Answer,
  type GatewayModel,
  type Router,
  VECTOR_MODEL,
  expectRefusal,
  expectStatus,
  membersOf,
  pick,
  pickId,
} from "./gateway.ts";

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly cost: number;
}

/** The tokens of an answer, whose cost has to be that of the model's prices. */
function tokensOf(answer: Answer, router: Router): { prompt: number; completion: number } {
  const { prompt_tokens, completion_tokens, total_tokens, cost } = membersOf(answer)["usage"] as Usage;
  const tokens = { prompt: prompt_tokens, completion: completion_tokens };
  strictEqual(total_tokens, prompt_tokens + completion_tokens);
  strictEqual(cost, costOf(router, tokens));
  return tokens;
}

/** A name of a model: its own, an alias, or now and then one that is none. */
function someModel(model: GatewayModel, n: number): string {
  if (n % 20 === 19) return "no such model";
  const router = pick(model.routers.values(), n);
  return (n % 3 === 0 ? router?.aliases[0] : undefined) ?? router?.name ?? "";
}

/** A key whose role has a limit, and the model that it limits: asked for again and again, it is reached. */
function limitedUse(model: GatewayModel): { key: string; name: string } | undefined {
  for (const key of model.livingKeys()) {
    const role = model.roles.get(model.users.get(key.user)?.role ?? 0);
    const limit = role?.limits?.find(({ value }) => value !== null && value > 0);
    const router = model.routers.get(limit?.router ?? 0);
    if (router !== undefined && key.expires === null) return { key: key.text, name: router.name };
  }
  return undefined;
}

const chat: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const limited = d % 2 === 0 ? limitedUse(model) : undefined;
  const name = limited?.name ?? someModel(model, b);
  const count = 1 + (c % 4);
  // Each is a single token of GPT-2.
  const content = Array.from({ length: count }, () => "hi").join(" ");
  const body = { model: name, messages: [{ role: "user", content }] };
  const request = { method: "POST", path: "/v1/chat/completions", body };
  const key = limited?.key ?? anyKey(model, a);
  return step(model, key, "usual", request, (answer, caller) => {
    const router = routerNamed(model, name);
    const refusal =
      refuseUseOf(model, caller, router, count) ?? refuseModel(model, caller.user, router, "text-generation");
    if (refusal !== undefined || router === undefined) return refusal?.(answer);
    expectStatus(answer, 200);
    strictEqual(membersOf(answer)["model"], name);
    recordUse(model, caller, router, "/v1/chat/completions", tokensOf(answer, router));
  });
};

const embed: Operation = (model, [a = 0, b = 0]) => {
  const name = b % 6 === 5 ? someModel(model, b) : VECTOR_MODEL;
  const body = { model: name, input: ["hi hi", "hi"] };
  const request = { method: "POST", path: "/v1/embeddings", body };
  return step(model, anyKey(model, a), "usual", request, (answer, caller) => {
    const router = routerNamed(model, name);
    const refusal =
      refuseUseOf(model, caller, router, 3) ??
      refuseModel(model, caller.user, router, "text-embeddings-inference");
    if (refusal !== undefined || router === undefined) return refusal?.(answer);
    expectStatus(answer, 200);
    strictEqual((membersOf(answer)["data"] as unknown[]).length, 2);
    recordUse(model, caller, router, "/v1/embeddings", tokensOf(answer, router));
  });
};

/** Searches in chunks: one with words of the question is found by them, and nobody's that the user may not read. */
const search: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const method = ["semantic", "lexical", "hybrid"][b % 3] ?? "";
  const word = WORDS[c % WORDS.length] ?? "";
  const collection = d % 2 === 0 ? pickId(model.collections, d) : undefined;
  const collection_ids = collection === undefined ? [] : [collection];
  const body = { query: word, method, collection_ids, limit: 100 };
  const request = { method: "POST", path: "/v1/search", body };
  return step(model, anyKey(model, a), "usual", request, (answer, caller) => {
    const router = routerNamed(model, VECTOR_MODEL);
    const refusal =
      refuseUseOf(model, caller, router, 1) ??
      refuseModel(model, caller.user, router, "text-embeddings-inference");
    if (refusal !== undefined || router === undefined) return refusal?.(answer);
    const { user } = caller;
    if (collection !== undefined && !isReadable(model.collections.get(collection), user.id))
      return expectRefusal(answer, 404, `Collection ${collection} not found.`);
    expectStatus(answer, 200);
    const { data } = answer.body as { readonly data: readonly { chunk: unknown; method: string }[] };
    const there = findable(model, user.id, collection_ids);
    const found = method === "lexical" ? there.filter(({ content }) => content.includes(word)) : there;
    for (const hit of data) {
      expectFound(answer, hit.chunk, found);
      strictEqual(hit.method, method);
    }
    ok(new Set(data.map(({ chunk }) => JSON.stringify(chunk))).size === data.length, "a chunk comes twice");
    if (method !== "hybrid") strictEqual(data.length, Math.min(100, found.length));
    if (method !== "lexical") recordUse(model, caller, router, "/v1/search", tokensOf(answer, router));
  });
};

const ENDPOINTS = [undefined, undefined, "/v1/chat/completions", "/v1/embeddings", "/v1/search"];

/** Uses of the user's models, the newest first. */
const listUses: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const endpoint = ENDPOINTS[b % ENDPOINTS.length];
  const offset = c % 3 === 0 ? c % 7 : 0;
  const limit = c % 4 === 0 ? 1 + (c % 5) : 100;
  const filter = endpoint === undefined ? "" : `&endpoint=${encodeURIComponent(endpoint)}`;
  const request = { method: "GET", path: `/v1/me/usage?offset=${offset}&limit=${limit}${filter}` };
  return step(model, anyKey(model, a), "usual", request, (answer, { user }) => {
    expectStatus(answer, 200);
    const { data } = answer.body as { readonly data: readonly Record<string, unknown>[] };
    const uses = model.uses
      .filter(
        (use) =>
          use.user === user.id &&
          (endpoint === undefined || use.endpoint === endpoint) &&
          use.created >= model.clock - 30 * 86_400,
      )
      .toReversed()
      .slice(offset, offset + limit);
    deepStrictEqual(
      data.map((row) => {
        const { prompt_tokens, completion_tokens, cost } = row["usage"] as Usage;
        const { model: name, key, endpoint: path, created } = row;
        return {
          user: user.id,
          model: name,
          key,
          endpoint: path,
          prompt: prompt_tokens,
          completion: completion_tokens,
          cost,
          created,
        };
      }),
      uses,
    );
  });
};

export const USES: Readonly<Record<string, Operation>> = { chat, embed, search, listUses };
