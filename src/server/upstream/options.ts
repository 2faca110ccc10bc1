import type { UpstreamRoute } from "./socket.ts";

export interface UpstreamOptions extends UpstreamRoute {
  /** Replaces the key of the client, or is added if the client sends none. */
  readonly key?: string | undefined;
  /** False: answers are reported without their bodies, which may be endless. @default true */
  readonly keepBodies?: boolean;
}
