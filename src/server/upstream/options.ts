import type { UpstreamRoute } from "./socket.ts";

export interface UpstreamOptions extends UpstreamRoute {
  /** Takes the place of the key that a client sends, or is added where it sends none. */
  readonly key?: string | undefined;
}
