import { type Spec, oglVersion, specOf } from "../../openapi/index.ts";
import { masked } from "../../secrets/index.ts";
import { type Interaction, splitTarget } from "../format/index.ts";

/** Paths below `/v1` that OpenAI-compatible servers have, wherever their base path is. */
const ENDPOINT =
  /^(.*?)(?:\/v1)?\/((?:chat\/)?completions|embeddings|rerank|responses|moderations|ocr|audio\/(?:speech|transcriptions|translations)|images\/(?:generations|edits|variations))\/?$/;

/** Query parameter of Azure, which a client at `/v1` does not send. */
const AZURE_VERSION = "api-version";

/** Targets without the base path of their server. */
export interface Unprefixed {
  readonly interactions: readonly Interaction[];
  /** The text that was cut, without secrets, and the number of requests. */
  readonly cut: ReadonlyMap<string, number>;
}

/**
 * Cuts base paths, so that a client at `/v1` finds the interactions: `/llm/v1/models` becomes `/v1/models`, as a recorder
 * writes it. Base paths are learnt from requests to well-known endpoints that the server did not refuse as unknown.
 *
 * @param wanted the base path; `/` cuts nothing, `undefined` lets it be found
 * @param fixed true for an interaction that stays as it is
 */
export function withoutPrefixes(
  interactions: readonly Interaction[],
  ogl: string,
  wanted: string | undefined,
  fixed: (index: number) => boolean,
): Unprefixed {
  const spec = specOf(oglVersion(ogl));
  const known =
    wanted === undefined
      ? learntPrefixes(interactions, spec, fixed)
      : [basePath(wanted)].filter((path) => path !== "");
  const cut = new Map<string, number>();
  const result = interactions.map((interaction, i) => {
    if (fixed(i)) return interaction;
    const { target, method } = interaction.request;
    const found = unprefixed(method, target, spec, known, wanted === undefined);
    if (found === undefined) return interaction;
    const shown = masked(found.cut);
    cut.set(shown, (cut.get(shown) ?? 0) + 1);
    return { ...interaction, request: { ...interaction.request, target: found.target } };
  });
  return { interactions: result, cut };
}

/** Base paths of the requests to well-known endpoints, the longest first. */
function learntPrefixes(
  interactions: readonly Interaction[],
  spec: Spec,
  fixed: (index: number) => boolean,
): string[] {
  const found = new Set<string>();
  for (const [i, { request, response }] of interactions.entries()) {
    if (fixed(i) || response.status === 404 || response.status === 405) continue;
    const { method, target } = request;
    const { path } = splitTarget(target);
    const [, prefix = "", rest = ""] = /^(\/.+?)(\/v1\/.*)$/.exec(path) ?? [];
    if (prefix !== "" && spec.operationOf(method, rest, undefined) !== undefined) found.add(prefix);
    const before = method === "POST" ? ENDPOINT.exec(path)?.[1] : undefined;
    if (before !== undefined) found.add(before);
  }
  return [...found].toSorted((a, b) => b.length - a.length);
}

function basePath(text: string): string {
  return `/${text}`.replace(/^\/+/, "/").replace(/\/+$/, "").replace(/\/v1$/, "");
}

/** The target below `/v1`, and the text that was cut; `undefined` if it stays. */
function unprefixed(
  method: string,
  target: string,
  spec: Spec,
  prefixes: readonly string[],
  learnt: boolean,
): { target: string; cut: string } | undefined {
  const [path = "", query] = split(target);
  if (
    learnt &&
    (path.startsWith("/v1/") || spec.operationOf(method, path, undefined) !== undefined) &&
    !ENDPOINT.test(path)
  )
    return undefined;
  for (const prefix of prefixes) {
    if (!path.startsWith(`${prefix}/`)) continue;
    const rest = path.slice(prefix.length);
    const below = belowV1(method, rest, spec, learnt);
    if (below === undefined || below === path) continue;
    const kept = (query ?? "")
      .split("&")
      .filter((part) => part !== "" && !part.startsWith(`${AZURE_VERSION}=`));
    const azure = query?.split("&").some((part) => part.startsWith(`${AZURE_VERSION}=`)) ?? false;
    const rest2 = azure ? kept.join("&") : query;
    return {
      target: rest2 === undefined || (azure && rest2 === "") ? below : `${below}?${rest2}`,
      cut: `${prefix === "" ? "(no /v1)" : prefix}${azure ? ` and ?${AZURE_VERSION}` : ""}`,
    };
  }
  return undefined;
}

/** A path without its base path as a client at `/v1` sends it. */
function belowV1(method: string, rest: string, spec: Spec, learnt: boolean): string | undefined {
  const isKnown = (path: string): boolean => spec.operationOf(method, path, undefined) !== undefined;
  if (rest.startsWith("/v1/") || isKnown(rest)) return rest;
  if (ENDPOINT.test(rest) || isKnown(`/v1${rest}`) || !learnt) return `/v1${rest}`;
  return undefined;
}

function split(target: string): [path: string, query: string | undefined] {
  const mark = target.indexOf("?");
  return mark === -1 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)];
}
