export { type Answer, type Exchange, type RequestHead, SESSION_HEADER, type Source } from "./exchange.ts";
export { createGateway, type Gateway } from "./gateway.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
