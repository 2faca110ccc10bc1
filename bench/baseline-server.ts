/**
 * What the mock is compared with: a server of plain `node:http` that parses each request's JSON and makes the same
 * writes of the same prepared bytes, and nothing more. It imports nothing of gatetape, and the bench strips its types
 * beforehand, so that its time to start is Node's own.
 */
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The file that the bench writes for it: what each method and target is answered with. */
export interface BaselineAnswer {
  readonly method: string;
  readonly target: string;
  /** The `stream` of the request's body. */
  readonly stream: boolean;
  readonly headers: readonly string[];
  readonly writes: readonly string[];
}

const prepared = new Map(
  (JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as BaselineAnswer[]).map(
    ({ method, target, stream, headers, writes }) => [
      `${method} ${target} ${stream}`,
      { headers: headers as string[], writes: writes.map((text) => Buffer.from(text)) },
    ],
  ),
);

function answer(response: ServerResponse, key: string): void {
  const found = prepared.get(key);
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, found.headers);
  if (found.writes.length === 1) {
    response.end(found.writes[0]);
    return;
  }
  for (const bytes of found.writes) response.write(bytes);
  response.end();
}

const server = createServer((request, response) => {
  const line = `${request.method} ${request.url}`;
  if (request.method === "GET") {
    answer(response, `${line} false`);
    return;
  }
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean };
    answer(response, `${line} ${body.stream === true}`);
  });
});

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: { port } })}\n`);
});
