export { type Answer, type Exchange, type RequestHead, SESSION_HEADER, type Source } from "./exchange.ts";
export { createGateway, type Gateway, type RequestContext } from "./gateway.ts";
export type { LiveSource } from "./live.ts";
export type { Access, ExchangeParts, Faults } from "./one-exchange.ts";
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
export { CONTROL_PATH, listen, type Listener, type ListenOptions } from "./listen.ts";
