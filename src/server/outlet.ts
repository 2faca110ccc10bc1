import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, LiveAnswer, RequestHead, UpstreamTap } from "../exchange/index.ts";
import { type Delivery, deliver, toResponse } from "../http/index.ts";
import { runLive } from "./live.ts";
import { type BodyLimit, BodyTooLarge, headOfIncoming, readBody } from "./request.ts";

/** Called once with the delivery of an answer, when its exchange is over. */
export type Delivered = (answer: Answer, delivery: Delivery) => void;

/** A way in and out: the reader of a request, and the sink for its answer. */
export interface Outlet {
  readonly head: RequestHead;
  /**
   * Reads the whole body. A client that goes away before its end is not heard of again.
   *
   * @param fail takes `BodyTooLarge` for a body above the limit, when its end has come
   */
  readBody(
    limit: BodyLimit | undefined,
    use: (body: Uint8Array) => void,
    fail: (error: unknown) => void,
  ): void;
  /** Sends an answer that is known beforehand. @param speed divides every wait */
  send(answer: Answer, speed: number, delivered: Delivered): void;
  /** Sends an answer as it comes. Absent where only a whole answer can be sent. */
  relay?(answer: LiveAnswer, tap: UpstreamTap, delivered: Delivered): void;
}

/** Node's request and response: keeps bytes, order, timing and how the connection ends. */
export class SocketOutlet implements Outlet {
  readonly head: RequestHead;
  readonly #incoming: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #over: () => void;
  #reads: readonly Uint8Array[] | undefined;

  /**
   * @param target the request target, without the base path of an outer app
   * @param over called when the exchange is over and its connection may have the next one
   */
  constructor(
    incoming: IncomingMessage,
    response: ServerResponse,
    target: string | undefined,
    over: () => void,
  ) {
    this.head = headOfIncoming(incoming, target);
    this.#incoming = incoming;
    this.#response = response;
    this.#over = over;
  }

  readBody(
    limit: BodyLimit | undefined,
    use: (body: Uint8Array) => void,
    fail: (error: unknown) => void,
  ): void {
    const next = (body: Uint8Array, reads: readonly Uint8Array[]): void => {
      this.#reads = reads;
      use(body);
    };
    readBody(this.#incoming, this.head, limit, next, fail);
  }

  send(answer: Answer, speed: number, delivered: Delivered): void {
    deliver(answer.script, this.#response, { speed }, (delivery) => {
      delivered(answer, delivery);
      this.#over();
    });
  }

  relay(answer: LiveAnswer, tap: UpstreamTap, delivered: Delivered): void {
    const { head } = this;
    const client = { head, incoming: this.#incoming, response: this.#response, reads: this.#reads };
    runLive(answer, client, tap, (given, delivery) => {
      delivered(given, delivery);
      this.#over();
    });
  }
}

/** A web `Response`, for use without a port. docs/in-process.md lists the properties of an answer that it can't express. */
export class ResponseOutlet implements Outlet {
  readonly head: RequestHead;
  readonly #body: () => Promise<ArrayBuffer>;
  readonly #respond: (response: Response) => void;

  /**
   * @param body reads the request's body
   * @param respond takes the answer, once
   */
  constructor(head: RequestHead, body: () => Promise<ArrayBuffer>, respond: (response: Response) => void) {
    this.head = head;
    this.#body = body;
    this.#respond = respond;
  }

  readBody(
    limit: BodyLimit | undefined,
    use: (body: Uint8Array) => void,
    fail: (error: unknown) => void,
  ): void {
    const take = (body: ArrayBuffer): void => {
      if (limit !== undefined && body.byteLength > limit.bytes)
        fail(new BodyTooLarge(body.byteLength, limit));
      else use(new Uint8Array(body));
    };
    void this.#body().then(take, fail);
  }

  send(answer: Answer, speed: number, delivered: Delivered): void {
    const sent = toResponse(answer.script, { speed }, (delivery) => delivered(answer, delivery));
    void sent.then(this.#respond, (error: unknown) => {
      this.#respond(inexpressible(error));
      delivered(answer, NOTHING_SENT);
    });
  }
}

const NOTHING_SENT: Delivery = { ended: "aborted", writes: 0, bytes: 0, at: [] };

/** The 500 in place of an answer of which no `Response` can be made, as one without a head. */
function inexpressible(error: unknown): Response {
  return Response.json({ detail: `gatetape: not without a socket: ${String(error)}` }, { status: 500 });
}
