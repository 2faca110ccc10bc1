export { SESSION_HEADER, type Answer, type Exchange, type RequestHead, type Source } from "./exchange.ts";
export { CONTROL_PATH, createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
