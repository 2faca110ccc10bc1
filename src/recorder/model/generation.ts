import { isObject } from "../../util/index.ts";

/** The path at which OGL serves its OpenAPI. */
export const OPENAPI_PATH = "/openapi.json";

/**
 * The advice if an upstream's OpenAPI names another generation of OGL than the one that answers are held against; `undefined` if it
 * names the same one, or is not OGL's.
 */
export function namedGeneration(document: unknown, ogl: string): string | undefined {
  const info = isObject(document) ? document["info"] : undefined;
  if (!isObject(info)) return undefined;
  const { title, version } = info;
  // A generation without a number is not released: its server names the one before.
  if (title !== "OpenGateLLM" || typeof version !== "string" || version === ogl || !/^\d/.test(ogl))
    return undefined;
  if (!/^\d[\w.+-]{0,30}$/.test(version)) return undefined;
  return `${OPENAPI_PATH} of the upstream says OGL ${version}, and its answers are held against ${ogl}: say --ogl ${version}`;
}
