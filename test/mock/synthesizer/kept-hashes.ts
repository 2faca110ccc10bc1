/** Hashes of the answers to the kept requests. */
import { createHash } from "node:crypto";
import type { Script } from "../../../src/http/script.ts";
import { createMock } from "../../../src/mock/mock.ts";
import type { MockOptions } from "../../../src/mock/options.ts";
import type { OglVersion } from "../../../src/openapi/document/versions.ts";
import { KEPT_WORLD, type KeptRequest } from "./kept-requests.ts";

/** Boundary of forms: one that FormData makes is another each time. */
const BOUNDARY = "----kept";

async function bodyOf({ body }: KeptRequest): Promise<readonly [type: string, body: string | Uint8Array]> {
  if (!(body instanceof FormData)) return ["application/json", JSON.stringify(body)];
  const response = new Response(body);
  const made = /boundary=(.*)$/.exec(response.headers.get("content-type") ?? "")?.[1] ?? "";
  const text = Buffer.from(await response.arrayBuffer())
    .toString("latin1")
    .replaceAll(made, BOUNDARY);
  return [`multipart/form-data; boundary=${BOUNDARY}`, Buffer.from(text, "latin1")];
}

/** A hash of all that a script sends, in its writes and with its waits. */
function hashOf(script: Script | undefined): string {
  const hash = createHash("sha256").update(JSON.stringify([script?.wait, script?.head]));
  for (const op of script?.ops ?? [])
    hash
      .update(op.op === "write" ? `write ${op.bytes.length}\n` : JSON.stringify(op))
      .update(op.op === "write" ? op.bytes : "");
  return hash.digest("hex").slice(0, 16);
}

/** Asks one mock all requests. @returns a line for each: status, author, hash and name */
export async function hashesOf(
  ogl: OglVersion,
  requests: readonly KeptRequest[],
  more: MockOptions,
): Promise<string> {
  let last: { script: Script; by: string } | undefined;
  const mock = createMock({
    world: { ...KEPT_WORLD, ogl },
    cassettes: [],
    speed: Infinity,
    ...more,
    onTrace: ({ answer: { script, by } }) => (last = { script, by: "how" in by ? by.how : by.kind }),
  });
  const lines: string[] = [];
  for (const request of requests) {
    const [type, body] = await bodyOf(request);
    const headers = { authorization: "Bearer sk-any", "content-type": type };
    const url = `http://localhost${request.path}`;
    const answer = await mock.gateway.fetch(new Request(url, { method: "POST", headers, body }));
    await answer.arrayBuffer();
    lines.push(`${answer.status} ${hashOf(last?.script)} ${JSON.stringify(request.name)}: ${last?.by}`);
  }
  await mock.close();
  return lines.map((line) => `${line}\n`).join("");
}
