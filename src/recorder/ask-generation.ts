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
    return namedGeneration(JSON.parse(await answeredBody(new URL(base + OPENAPI_PATH))), ogl);
  } catch {
    return undefined;
  }
}

/** The body of a 200. By `node:http`, which is loaded already: `fetch`, and an `import` of the module, would take 20 MB of memory for the one request. */
function answeredBody(url: URL): Promise<string> {
  const { get } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  return new Promise((resolve, reject) => {
    const options = {
      agent: false,
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const request = get(url, options, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on("data", (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size > MAX_BYTES) request.destroy(new Error("it is larger than an OpenAPI"));
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(parts).toString());
        else reject(new Error("it was refused"));
      });
    });
    request.on("error", reject);
  });
}
