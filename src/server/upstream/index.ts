/** A live gateway as a source: connections, the relay, and the tap that sees its bytes. */
export { type UpstreamRoute, connectUpstream } from "./socket.ts";
export {
  type ProxyEnv,
  UpstreamError,
  type UpstreamTarget,
  parseUpstream,
  proxyFor,
  targetOn,
} from "./target.ts";
export { Upstream } from "./upstream.ts";
