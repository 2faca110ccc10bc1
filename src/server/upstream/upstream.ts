import type { Socket } from "node:net";
import type { LiveAnswer, LiveCall } from "../../exchange/index.ts";
import { UpstreamConnection } from "./connection.ts";
import type { UpstreamOptions } from "./options.ts";
import { Relay } from "./relay.ts";

/** Time (ms) after a complete answer within which a close of the connection still belongs to it. */
const CLOSE_BELONGS_MS = 100;

/**
 * A live server: passes requests on as they come and gives its answers as they come. Each connection of a client has
 * one of its own to the upstream.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #connections = new WeakMap<Socket, UpstreamConnection>();
  #lastId = 0;

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  /** The answer to any request: what the upstream says. */
  get answer(): LiveAnswer {
    return { by: { kind: "upstream" }, live: (call) => this.#relay(call) };
  }

  #relay(call: LiveCall): void {
    const id = ++this.#lastId;
    const { tap } = call;
    const relay: Relay = new Relay(call, id, this.#options, tap, (end) => {
      const connection = relay.connection;
      if (connection === undefined || end !== "complete") return;
      const endedAt = performance.now();
      connection.onIdleClose = () => {
        if (performance.now() - endedAt < CLOSE_BELONGS_MS) tap.closedAfter?.(id);
      };
    });
    const client = relay.client;
    if (client === null) return; // it has gone already
    let connection = this.#connections.get(client);
    if (connection === undefined) {
      connection = new UpstreamConnection(this.#options, client);
      this.#connections.set(client, connection);
    }
    relay.begin(connection);
  }
}
