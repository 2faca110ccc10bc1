import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { FIRST_REFUSAL, H11Reader, KEEP_ALIVE_MS } from "../asgi/index.ts";
import type { Gateway } from "./gateway.ts";
import { explainListening } from "./listen-error.ts";

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
   * Reads requests as OGL's server does, also those that Node's parser refuses or changes. Without it they are read as
   * Node does.
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

/** @throws ListenError if the system does not let it listen there */
export function listen(gateway: Pick<Gateway, "serve">, options: ListenOptions): Promise<Listener> {
  const server = createServer({
    keepAliveTimeout: options.keepAliveMs ?? KEEP_ALIVE_MS,
    keepAliveTimeoutBuffer: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    maxHeaderSize: 1 << 20,
    requireHostHeader: false,
    noDelay: true,
  });
  server.maxHeadersCount = 0; // else Node drops headers silently
  answerRequests(server, gateway, options);
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

function answerRequests(server: Server, gateway: Pick<Gateway, "serve">, options: ListenOptions): void {
  const { h11 = true, wantsBody = always } = options;
  const readers = new WeakMap<Socket, H11Reader>();
  const answer = requestAnswerer(gateway, options);
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    const reader = readers.get(incoming.socket);
    if (reader === undefined) answer(incoming, response);
    else reader.onRequest(incoming, response);
  };
  server.on("request", onRequest);
  server.on("checkExpectation", onRequest); // Node would refuse what it does not know
  server.on("checkContinue", (incoming: IncomingMessage, response: ServerResponse) => {
    const [path = ""] = (incoming.url ?? "/").split("?", 1);
    if (wantsBody(incoming.method ?? "GET", path)) response.writeContinue();
    onRequest(incoming, response);
  });
  server.on("clientError", onClientError);
  if (!h11) return;
  server.on("connection", (socket: Socket) => {
    const reader = H11Reader.before(socket, { wantsBody, answer });
    if (reader !== undefined) readers.set(socket, reader);
  });
}

const always = (): boolean => true;

/**
 * The direct outlet for all but the control API. The adapter refuses targets and hosts that OGL's server takes (`*`,
 * `http://`, a Host with a blank), and makes a `Request` where Node's own is read.
 */
function requestAnswerer(
  gateway: Pick<Gateway, "serve">,
  { app, direct = true, host: hostname }: ListenOptions,
): (incoming: IncomingMessage, response: ServerResponse) => void {
  if (app === undefined) return (incoming, response) => gateway.serve(incoming, response);
  const fetch = (request: Request, { incoming }: { incoming: unknown }): Response | Promise<Response> =>
    app.fetch(request, { incoming: incoming as IncomingMessage });
  const adapter = getRequestListener(fetch, {
    hostname,
    // The process is the user's where the mock runs in process: its globals stay as they are.
    overrideGlobalObjects: false,
    autoCleanupIncoming: false,
  });
  return (incoming, response) => {
    if (direct && incoming.url?.startsWith(CONTROL_PATH) !== true) gateway.serve(incoming, response);
    else void adapter(incoming, response);
  };
}

/** Handles a client that leaves in the midst of a request, and bytes that are no request where the h11 reader is off. */
function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  const malformed = error.code?.startsWith("HPE_") === true && error.code !== "HPE_INVALID_EOF_STATE";
  if (malformed && socket.writable) socket.write(FIRST_REFUSAL);
  socket.destroySoon();
}
