/**
 * A server that streams at the pace of a model, and says in each chunk when it was written, on the clock that all
 * processes of a machine share. It imports nothing of gatetape.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const CHUNKS = 50;
const EVERY_MS = 10;

const server = createServer({ noDelay: true }, (request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "text/event-stream" });
  let n = 0;
  const next = (): void => {
    if (n++ === CHUNKS) {
      response.end("data: [DONE]\n\n");
      return;
    }
    response.write(`data: {"at":${process.hrtime.bigint()}}\n\n`);
    setTimeout(next, EVERY_MS);
  };
  next();
});

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: { port } })}\n`);
});
