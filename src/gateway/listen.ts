import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Gateway } from "./gateway.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How long an idle connection is kept, in ms; 0: until its other side closes it. @default 2000, as OGL's server */
  readonly keepAliveMs?: number;
  /** Leaves it to the gateway to say `100 Continue`: a live upstream is the one to say it. */
  readonly passExpect?: boolean;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string;
  /** Stops listening and closes every connection, whatever is under way on it. */
  close(): Promise<void>;
}

/** How this machine reaches a server that listens on all of its addresses. */
const REACHED_AS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** OGL's server closes an idle connection after 2.00 s (observed on 0.4.1: gunicorn's default). */
const KEEP_ALIVE_MS = 2000;

/** @throws the system's error, e.g. `EADDRINUSE` */
export function listen(gateway: Gateway, options: ListenOptions): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: gateway.fetch as never,
    hostname: options.host,
    // The process is the user's where the mock runs in process: its globals stay as they are.
    overrideGlobalObjects: false,
    autoCleanupIncoming: false,
    serverOptions: {
      keepAliveTimeout: options.keepAliveMs ?? KEEP_ALIVE_MS,
      keepAliveTimeoutBuffer: 0,
      requestTimeout: 0,
      headersTimeout: 0,
      maxHeaderSize: 1 << 20,
      noDelay: true,
    },
  }) as Server;
  if (options.passExpect)
    server.on("checkContinue", (request, response) => server.emit("request", request, response));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      const { port } = server.address() as AddressInfo;
      const name = REACHED_AS[options.host] ?? options.host;
      const authority = name.includes(":") ? `[${name}]` : name;
      resolve({
        host: options.host,
        port,
        url: `http://${authority}:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
