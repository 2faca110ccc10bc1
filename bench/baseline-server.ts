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
  /** The length of the request's body tells requests to one target apart. */
  readonly length: number;
  readonly headers: readonly string[];
  readonly writes: readonly string[];
  /** Time in ms between two writes; left out, all at once. */
  readonly everyMs?: number;
}

interface Prepared {
  readonly headers: string[];
  readonly writes: readonly Buffer[];
  readonly everyMs: number | undefined;
}

const prepared = new Map(
  (JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as BaselineAnswer[]).map(
    ({ method, target, length, headers, writes, everyMs }): [string, Prepared] => [
      `${method} ${target} ${length}`,
      { headers: [...headers], writes: writes.map((text) => Buffer.from(text)), everyMs },
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
  if (found.everyMs !== undefined) {
    pace(response, found.writes, found.everyMs);
    return;
  }
  for (const bytes of found.writes) response.write(bytes);
  response.end();
}

/** Each write at its time from the first one: a late one does not make the next ones late. */
function pace(response: ServerResponse, writes: readonly Buffer[], everyMs: number): void {
  const from = performance.now();
  let n = 0;
  const next = (): void => {
    response.write(writes[n++]);
    if (n === writes.length) response.end();
    else setTimeout(next, Math.max(0, from + n * everyMs - performance.now()));
  };
  next();
}

const server = createServer((request, response) => {
  const line = `${request.method} ${request.url}`;
  if (request.method === "GET") {
    answer(response, `${line} 0`);
    return;
  }
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const bytes = Buffer.concat(parts);
    JSON.parse(bytes.toString()); // as any server that looks at its requests
    answer(response, `${line} ${bytes.length}`);
  });
});

// A busy machine may leave a connection idle for longer than Node's 5 s.
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: { port } })}\n`);
});
