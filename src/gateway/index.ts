export {
  type Answer,
  type Exchange,
  type LiveSource,
  type RequestHead,
  SESSION_HEADER,
  type Source,
} from "./exchange.ts";
export { createGateway, type Gateway } from "./gateway.ts";
export { Upstream } from "./upstream.ts";
export {
  type ProxyEnv,
  parseUpstream,
  proxyFor,
  UpstreamError,
  type UpstreamTarget,
} from "./upstream-target.ts";
export { requestHead } from "./upstream-request.ts";
export type { UpstreamExchange, UpstreamTap } from "./upstream-tap.ts";
export { ListenError, type ListenErrorCode } from "./listen-error.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
