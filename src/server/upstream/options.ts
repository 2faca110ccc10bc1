import type { UpstreamRoute } from "./socket.ts";

export interface UpstreamOptions extends UpstreamRoute {
  /** Replaces the key of the client, or is added if the client sends none; with `standIn` it replaces that alone. */
  readonly key?: string | undefined;
  /**
   * Key that the client was given instead of `key`. What the client sends around it goes up as it is, and a client without
   * it gets no key: its mistakes must not be repaired on the way.
   */
  readonly standIn?: string | undefined;
  /** False: answers are reported without their bodies, which may be endless. @default true */
  readonly keepBodies?: boolean;
}
