import { OPENAPI_PATH, namedGeneration } from "./model/index.ts";

/** Limits of the one request: it is asked in passing. */
const TIMEOUT_MS = 3000;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Requests the OpenAPI of an upstream once, without any credential. The answer is not recorded, and a failure says nothing.
 * @param base origin and prefix of the upstream
 * @returns the advice if it names another generation of OGL
 */
export async function askGeneration(base: string, ogl: string): Promise<string | undefined> {
  try {
    const response = await fetch(base + OPENAPI_PATH, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok || response.body === null) return undefined;
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body) {
      size += part.length;
      if (size > MAX_BYTES) return undefined;
      parts.push(part);
    }
    return namedGeneration(JSON.parse(Buffer.concat(parts).toString()), ogl);
  } catch {
    return undefined;
  }
}
