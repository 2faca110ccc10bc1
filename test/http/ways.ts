/** Both ways of a script to a client, for tests that hold on either. */
import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import { H11Connection } from "../../src/asgi/h11/reader.ts";
import { deliver } from "../../src/http/node-sink.ts";
import type { Delivery, SinkOptions } from "../../src/http/playback.ts";
import type { Script } from "../../src/http/script.ts";
import { deliverOverSocket } from "../../src/http/socket-sink.ts";

export const WAYS = ["through Node's HTTP server", "over the socket itself"] as const;
export type Way = (typeof WAYS)[number];

/** Sends a script as the answer to a request. */
export type SendScript = (script: Script, options: SinkOptions, done: (delivery: Delivery) => void) => void;

/**
 * Starts a server on a free port.
 *
 * @param onRequest called for each request with what answers it, and where that is written
 */
export async function serveBy(
  way: Way,
  onRequest: (send: SendScript, out: http.ServerResponse | net.Socket) => void,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = way === WAYS[0] ? nodeServer(onRequest) : socketServer(onRequest);
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as net.AddressInfo).port, close };
}

function nodeServer(onRequest: Parameters<typeof serveBy>[1]): net.Server {
  return http.createServer((incoming, response) => {
    incoming.resume();
    onRequest((script, options, done) => deliver(script, response, options, done), response);
  });
}

function socketServer(onRequest: Parameters<typeof serveBy>[1]): net.Server {
  return net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    H11Connection.read(socket, {
      wantsBody: () => true,
      keepAliveMs: 0,
      answer: (request) =>
        onRequest(
          (script, options, done) =>
            deliverOverSocket(script, request, options, (delivery, keeps) => {
              done(delivery);
              request.answered(keeps);
            }),
          socket,
        ),
    }),
  );
}
