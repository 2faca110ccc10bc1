import type { H11Request } from "../asgi/index.ts";
import type { Answer, LiveAnswer, RequestHead, UpstreamTap } from "../exchange/index.ts";
import { deliverOverSocket } from "../http/index.ts";
import { runLive } from "./live.ts";
import { nodePair } from "./node-pair.ts";
import type { Delivered, Outlet } from "./outlet.ts";
import { type BodyLimit, BodyTooLarge, bodyTaker } from "./request.ts";

/** The socket itself, read by the h11 reader: no `http` module, no `Request` and no `Response`. */
export class DirectOutlet implements Outlet {
  readonly head: RequestHead;
  readonly #request: H11Request;
  #reads: readonly Uint8Array[] | undefined;

  constructor(head: RequestHead, request: H11Request) {
    this.head = head;
    this.#request = request;
  }

  readBody(
    limit: BodyLimit | undefined,
    use: (body: Uint8Array) => void,
    fail: (error: unknown) => void,
  ): void {
    const request = this.#request;
    const whole = request.wholeBody;
    if (whole !== undefined) {
      this.#reads = whole.length === 0 ? [] : [whole];
      if (limit !== undefined && whole.length > limit.bytes) fail(new BodyTooLarge(whole.length, limit));
      else use(whole);
      return;
    }
    const next = (body: Uint8Array, reads: readonly Uint8Array[]): void => {
      this.#reads = reads;
      use(body);
    };
    request.readBody(bodyTaker(limit, () => void request.socket.destroy(), next, fail));
  }

  send(answer: Answer, speed: number, delivered: Delivered): void {
    const request = this.#request;
    deliverOverSocket(answer.script, request, { speed }, (delivery, keeps) => {
      delivered(answer, delivery);
      request.answered(keeps);
    });
  }

  /** A live answer takes the way through Node's own response: it is for bytes that come over time. */
  relay(answer: LiveAnswer, tap: UpstreamTap, delivered: Delivered): void {
    const { incoming, response } = nodePair(this.#request);
    runLive(answer, { head: this.head, incoming, response, reads: this.#reads }, tap, delivered);
  }
}
