/**
 * `deriveTo045`: what OGL 0.4.5 would have sent where 0.4.1 sent this. A pure function, and the only way in which bytes
 * that no server sent come to be called "derived". It changes, after the differences between the two OpenAPIs:
 *
 * 1. `usage.carbon` of chat, embeddings and rerank: `{kWh: x, kgCO2eq: y}` becomes
 *    `{kWh: {min: x, max: x}, kgCO2eq: {min: y, max: y}}`, followed by `impacts: {kWh: x, kgCO2eq: y}`
 *    (order and equality of min and max as a 0.4.1 server with 0.4.5's schemas sends them, captures 045p-*);
 * 2. `usage.carbon` of /v1/me/usage becomes `usage.impacts`;
 * 3. a model object has `object` first, not last;
 * 4. `limits[].router` of /v1/me/info becomes `router_id`;
 * 5. the 404 of /v1/models/{model} names the model: `Model NAME not found.`
 *
 * Everything else stays as it is, to the byte: framing, writes, waits, the spelling of numbers, blanks and escapes.
 */
import { splitTarget } from "../../src/cassette/format/request.ts";
import type { BodyElement, Interaction } from "../../src/cassette/format/types.ts";

type Json = Record<string, unknown>;

export function deriveTo045(interaction: Interaction): Interaction {
  const { path } = splitTarget(interaction.request.target);
  const { response } = interaction;
  const body = response.body?.map((element) => deriveElement(element, path, response.status));
  return { ...interaction, response: { ...response, ...(body ? { body } : {}) } };
}

function deriveElement(element: BodyElement, path: string, status: number | undefined): BodyElement {
  if (isObject(element.sse)) return { ...element, sse: deriveUsage(element.sse) };
  if (!isObject(element.json)) return element;
  return { ...element, json: deriveBody(element.json, path, status) };
}

function deriveBody(body: Json, path: string, status: number | undefined): Json {
  if (path === "/v1/models" || path.startsWith("/v1/models/")) {
    if (status === 404) return { ...body, detail: `Model ${path.slice("/v1/models/".length)} not found.` };
    return Array.isArray(body["data"])
      ? { ...body, data: body["data"].map((model) => objectFirst(model as Json)) }
      : objectFirst(body);
  }
  if (path === "/v1/me/usage" && Array.isArray(body["data"])) {
    return {
      ...body,
      data: body["data"].map((entry: Json) => ({
        ...entry,
        usage: rename(entry["usage"] as Json, "carbon", "impacts"),
      })),
    };
  }
  if (path === "/v1/me/info" && Array.isArray(body["limits"])) {
    return { ...body, limits: body["limits"].map((limit: Json) => rename(limit, "router", "router_id")) };
  }
  return deriveUsage(body);
}

function deriveUsage(body: Json): Json {
  const usage = body["usage"];
  if (!isObject(usage) || !isObject(usage["carbon"])) return body;
  const { kWh, kgCO2eq } = usage["carbon"] as { kWh: unknown; kgCO2eq: unknown };
  const derived: Json = {};
  for (const [key, value] of Object.entries(usage)) {
    derived[key] =
      key === "carbon" ? { kWh: { min: kWh, max: kWh }, kgCO2eq: { min: kgCO2eq, max: kgCO2eq } } : value;
    if (key === "carbon") derived["impacts"] = { kWh, kgCO2eq };
  }
  return { ...body, usage: derived };
}

function objectFirst(model: Json): Json {
  const { object, ...rest } = model;
  return { object, ...rest };
}

function rename(value: Json, from: string, to: string): Json {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key === from ? to : key, item]));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
