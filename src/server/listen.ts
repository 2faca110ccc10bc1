import type { IncomingMessage, ServerResponse } from "node:http";
import * as net from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { FIRST_REFUSAL, H11Connection, type H11Request, KEEP_ALIVE_MS } from "../asgi/index.ts";
import type { Gateway } from "./gateway.ts";
import { honoServer } from "../util/index.ts";
import { explainListening } from "./listen-error.ts";
import { nodePair } from "./node-pair.ts";

/** Path of the control API; no path of OGL's begins with it. */
export const CONTROL_PATH = "/__gatetape";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /**
   * Idle time in ms after an answer, after which a connection is closed; 0 leaves it open. OGL's server closes
   * after 2.00 s (observed on 0.4.1: gunicorn's default).
   * @default 2000
   */
  readonly keepAliveMs?: number;
  /**
   * Reads requests as OGL's server does, also those that Node's parser refuses or changes, and answers over the socket
   * itself. Without it Node's HTTP server does both.
   * @default true
   */
  readonly h11?: boolean;
  /**
   * Whether the answer to a request needs its body. Asked for requests with `Expect: 100-continue`: OGL's server says
   * `100 Continue` where it reads the body, and answers at once where it does not (404, 405).
   * @default always
   */
  readonly wantsBody?: (method: string, path: string) => boolean;
  /** The Hono app beside the direct outlet: answers the control API, and all else where `direct` is false. */
  readonly app?: ServedApp;
  /**
   * Answers over the socket itself, without `Request` and `Response`. False sends every request through the app, as
   * `@hono/node-server` does, and loses what a `Response` can't express.
   * @default true
   */
  readonly direct?: boolean;
}

/** The part of a Hono app that serves requests. `incoming` is Node's request, which has the target as it came. */
export interface ServedApp {
  fetch(request: Request, env?: { readonly incoming: IncomingMessage }): Response | Promise<Response>;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string;
  /** Stops listening and closes every connection, whatever is under way on it. */
  close(): Promise<void>;
}

/** Addresses by which this machine reaches a server that listens on all of its own. */
const REACHED_AS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** The part of a gateway that answers over a port. */
export type Served = Pick<Gateway, "connect" | "serve">;

/** @throws ListenError if the system does not let it listen there */
export function listen(gateway: Served, options: ListenOptions): Promise<Listener> {
  const server = options.h11 === false ? nodeServer(gateway, options) : directServer(gateway, options);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(explainListening(error, options.host, options.port));
    server.once("error", refuse);
    server.listen(options.port, options.host, () => {
      server.off("error", refuse);
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

/** The h11 reader on every connection. */
function directServer(gateway: Served, options: ListenOptions): Server {
  const { wantsBody = always, keepAliveMs = KEEP_ALIVE_MS, app, direct = true } = options;
  const throughApp = app === undefined ? undefined : appListener(app, options.host);
  const connect = (): ((request: H11Request) => void) => {
    const answer = gateway.connect();
    if (throughApp === undefined) return answer;
    return (request) => {
      if (direct && !request.head.target.startsWith(CONTROL_PATH)) answer(request);
      else {
        const { incoming, response } = nodePair(request, keepAliveMs);
        void throughApp(incoming, response);
      }
    };
  };
  return net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    H11Connection.read(socket, { wantsBody, keepAliveMs, answer: connect() });
  });
}

/** Node's HTTP server. */
function nodeServer(gateway: Served, options: ListenOptions): Server {
  const { wantsBody = always, app, direct = true, host } = options;
  // Loaded for this alone: an own socket goes without Node's server.
  const server = process.getBuiltinModule("node:http").createServer({
    keepAliveTimeout: options.keepAliveMs ?? KEEP_ALIVE_MS,
    keepAliveTimeoutBuffer: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    maxHeaderSize: 1 << 20,
    requireHostHeader: false,
    noDelay: true,
  });
  server.maxHeadersCount = 0; // else Node drops headers silently
  const throughApp = app === undefined ? undefined : appListener(app, host);
  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    if (throughApp === undefined || (direct && incoming.url?.startsWith(CONTROL_PATH) !== true))
      gateway.serve(incoming, response);
    else void throughApp(incoming, response);
  };
  server.on("request", answer);
  server.on("checkExpectation", answer); // Node would refuse what it does not know
  server.on("checkContinue", (incoming: IncomingMessage, response: ServerResponse) => {
    const [path = ""] = (incoming.url ?? "/").split("?", 1);
    if (wantsBody(incoming.method ?? "GET", path)) response.writeContinue();
    answer(incoming, response);
  });
  server.on("clientError", onClientError);
  return server;
}

const always = (): boolean => true;

/**
 * The app as a listener of Node's requests. Only the control API needs it: the adapter refuses targets and hosts that OGL's
 * server takes (`*`, `http://`, a Host with a blank), and makes a `Request` where the gateway reads Node's own.
 */
function appListener(
  app: ServedApp,
  hostname: string,
): (incoming: IncomingMessage, response: ServerResponse) => Promise<void> {
  const fetch = (request: Request, { incoming }: { incoming: unknown }): Response | Promise<Response> =>
    app.fetch(request, { incoming: incoming as IncomingMessage });
  let adapter: ReturnType<ReturnType<typeof honoServer>["getRequestListener"]> | undefined;
  return async (incoming, response) => {
    adapter ??= honoServer().getRequestListener(fetch, {
      hostname,
      // The process is the user's where the mock runs in process: its globals stay as they are.
      overrideGlobalObjects: false,
      autoCleanupIncoming: false,
    });
    await adapter(incoming, response);
  };
}

/** Handles a client that leaves in the midst of a request, and bytes that are no request where the h11 reader is off. */
function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  const malformed = error.code?.startsWith("HPE_") === true && error.code !== "HPE_INVALID_EOF_STATE";
  if (malformed && socket.writable) socket.write(FIRST_REFUSAL);
  socket.destroySoon();
}
