/** A listener, one exchange after another, and the way to an upstream. */
export { type Faults } from "./exchange.ts";
export { type Gateway, createGateway } from "./gateway.ts";
export { ListenError, type ListenErrorCode } from "./listen-error.ts";
export { CONTROL_PATH, type ListenOptions, type Listener, listen } from "./listen.ts";
export { RememberedRequests } from "./remembered.ts";
export { type BodyLimit, SESSION_HEADER, exchangeOf, tooLargeText } from "./request.ts";
export {
  type ProxyEnv,
  Upstream,
  UpstreamError,
  type UpstreamRoute,
  type UpstreamTarget,
  connectUpstream,
  parseUpstream,
  proxyFor,
  targetOn,
} from "./upstream/index.ts";
