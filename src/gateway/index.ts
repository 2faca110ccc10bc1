export { SESSION_HEADER } from "./exchange.ts";
export { createGateway, type Gateway, type RequestContext } from "./gateway.ts";
export type { ExchangeParts, Faults } from "./one-exchange.ts";
export { Upstream } from "./upstream.ts";
export {
  type ProxyEnv,
  parseUpstream,
  proxyFor,
  UpstreamError,
  type UpstreamTarget,
} from "./upstream-target.ts";
export { requestHead } from "./upstream-request.ts";
export { ListenError, type ListenErrorCode } from "./listen-error.ts";
export { CONTROL_PATH, listen, type Listener, type ListenOptions } from "./listen.ts";
