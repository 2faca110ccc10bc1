/** Scenarios before a live gateway, whose answers take the place of scripts. */
export { type LiveGateway, openLiveGateway } from "./gateway.ts";
export { liveForm } from "./live.ts";
