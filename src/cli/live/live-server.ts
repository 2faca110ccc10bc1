import { type ReadOpenApi, importTools } from "../../openapi/index.ts";
import type { SendLive } from "../../suites/index.ts";
import { UsageError } from "../support/index.ts";

/** The value of `--url`. @throws UsageError if it is missing */
export function requiredUrl(url: string | undefined, command: string): string {
  if (url !== undefined) return url;
  throw new UsageError("option", {}, "--url is missing", `gatetape ${command} --url https://gateway.example`);
}

/** The OpenAPI of a live server, and its address. @throws UsageError `fetch`, OpenApiError */
export async function readLiveOpenApi(
  base: string,
  send: SendLive,
): Promise<ReadOpenApi & { readonly source: string }> {
  const source = `${base}/openapi.json`;
  const answer = await send({
    method: "GET",
    target: "/openapi.json",
    headers: [["accept", "application/json"]],
    body: new Uint8Array(0),
  });
  if ("problem" in answer)
    throw new UsageError(
      "fetch",
      { file: source },
      `can't be fetched: ${answer.problem}`,
      "is the server up, and the address right? (http or https?)",
    );
  if (answer.status !== 200)
    throw new UsageError(
      "fetch",
      { file: source },
      `answered ${answer.status}`,
      "OGL serves it there without a key, unless its operator has switched it off; is the address that of the server?",
    );
  const { readOpenApi } = await importTools();
  return { ...readOpenApi(source, Buffer.from(answer.body).toString()), source };
}
