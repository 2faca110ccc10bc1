import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { H11Head, H11Request } from "../asgi/index.ts";
import type { RequestHead } from "../exchange/index.ts";
import { DirectOutlet } from "./direct-outlet.ts";
import { type ExchangeParts, exchange } from "./exchange.ts";
import { ResponseOutlet, SocketOutlet } from "./outlet.ts";
import { headOfH11, headOfIncoming, headOfRequest } from "./request.ts";

/** More that is known of a `Request`. */
export interface RequestContext {
  /** The request target, without the base path of an outer app. @default the URL's */
  readonly target?: string | undefined;
  /** Node's request, whose headers have kept order and case. */
  readonly incoming?: IncomingMessage | undefined;
  /** Reads the body. @default the request's own */
  readonly body?: () => Promise<ArrayBuffer>;
}

/** The outlets of one line of parts. */
export interface Gateway {
  /** Makes the function that answers the requests of one connection over the socket itself: keeps bytes, order and timing. */
  connect(): (request: H11Request) => void;
  /**
   * Answers a request of Node's HTTP server: keeps bytes, order and timing. Of the exchanges on one connection each begins when the one
   * before is over.
   *
   * @param target the request target, without the base path of an outer app; default: the request's own
   */
  serve(incoming: IncomingMessage, response: ServerResponse, target?: string): void;
  /** Answers by a `Response`. */
  fetch(request: Request, context?: RequestContext): Promise<Response>;
}

/** Makes the outlets of `exchange()` for one set of parts. */
export function createGateway(parts: ExchangeParts): Gateway {
  const turns = new Turns();
  return {
    connect() {
      // The reader gives the same head where the client sends the same bytes again.
      let last: H11Head | undefined;
      let head: RequestHead | undefined;
      return (request) => {
        if (head === undefined || request.head !== last) {
          last = request.head;
          head = headOfH11(last);
        }
        exchange(parts, new DirectOutlet(head, request));
      };
    },
    serve(incoming, response, target) {
      const { socket } = incoming;
      turns.begin(socket, () =>
        exchange(parts, new SocketOutlet(incoming, response, target, () => turns.end(socket))),
      );
    },
    fetch(request, { target, incoming, body = () => request.arrayBuffer() } = {}) {
      const head = incoming === undefined ? headOfRequest(request, target) : headOfIncoming(incoming, target);
      return new Promise((respond) => exchange(parts, new ResponseOutlet(head, body, respond)));
    },
  };
}

/** Pipelined requests are answered one by one, as OGL's server does: the exchanges that wait on each connection. */
class Turns {
  readonly #waiting = new WeakMap<Socket, (() => void)[]>();

  /** Begins now, or when the exchange before has called `end`. */
  begin(socket: Socket, start: () => void): void {
    const waiting = this.#waiting.get(socket);
    if (waiting !== undefined) {
      waiting.push(start);
      return;
    }
    this.#waiting.set(socket, []);
    start();
  }

  end(socket: Socket): void {
    const next = this.#waiting.get(socket)?.shift();
    if (next === undefined) this.#waiting.delete(socket);
    else next();
  }
}
