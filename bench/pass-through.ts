/**
 * What the recorder is compared with: the smallest proxy of plain `node:http`. It passes heads and bodies on and does
 * nothing else. It imports nothing of gatetape.
 */
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true });

const server = createServer({ noDelay: true }, (incoming, response) => {
  const up = request(
    {
      host: "127.0.0.1",
      port,
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: incoming.headers,
      agent,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      answer.pipe(response);
    },
  );
  up.setNoDelay(true);
  up.on("error", () => response.destroy());
  incoming.pipe(up);
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: { port: address.port } })}\n`);
});
