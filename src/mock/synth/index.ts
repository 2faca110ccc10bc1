export type { Pace } from "./pace.ts";
export type { Reply, Respond, RespondRequest } from "./respond.ts";
export { Synthesizer } from "./synthesizer.ts";
