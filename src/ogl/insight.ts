import type { ExchangeRequest, Insight } from "../exchange/index.ts";
import type { Spec } from "../openapi/index.ts";
import { isObject } from "../util/index.ts";
import { promptTokens } from "./tokens.ts";
import { readBodyValue, refuseFields, refuseSyntax, refuseUnsendable } from "./validation.ts";

/** Computes all that OGL's rules have to know of a request's body. Takes as long as the body is large. */
export function insightOf(spec: Spec, exchange: ExchangeRequest): Insight {
  const { operation, json } = exchange;
  const value = readBodyValue(exchange);
  return {
    isJson: json !== undefined,
    outline: outlineOf(value),
    promptTokens: operation === undefined ? 0 : promptTokens(operation.id, value, exchange.body),
    syntax: refuseSyntax(spec, exchange),
    fields: refuseFields(spec, exchange),
    unsendable: operation && refuseUnsendable({ exchange, operation }),
  };
}

/** The members of a body that OGL's access rules look at, and of a list of tools only whether one is OGL's own search. */
function outlineOf(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (!isObject(value)) return typeof value === "string" ? "" : value;
  const { model, search, tools, visibility, stream } = value;
  const searches = Array.isArray(tools) && tools.some((tool) => isObject(tool) && tool["type"] === "search");
  return {
    // Of a model that is no text only that is needed.
    ...(model === undefined || model === null ? {} : { model: typeof model === "string" ? model : 0 }),
    ...(search ? { search: true } : {}),
    ...(searches ? { tools: [{ type: "search" }] } : {}),
    ...(visibility === "public" ? { visibility } : {}),
    ...(stream === true ? { stream } : {}),
  };
}
