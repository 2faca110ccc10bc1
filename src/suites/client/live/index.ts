/** Scenarios before a live gateway, whose answers take the place of scripts. */
export { LIVE_FORMS, type LiveForm } from "./forms.ts";
export { type LiveGateway, type LiveOptions, openLiveGateway } from "./gateway.ts";
export { liveForm } from "./live.ts";
