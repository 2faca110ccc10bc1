export { SESSION_HEADER, type Answer, type Exchange, type RequestHead, type Source } from "./exchange.ts";
export { createGateway, type Gateway, type GatewayOptions, type Outcome } from "./gateway.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
