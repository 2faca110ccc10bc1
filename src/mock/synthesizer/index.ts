/** Synthesizer: makes answers when nothing was recorded. */
export { type Pace, type Reply, type Respond, type RespondRequest } from "./base/index.ts";
export { Synthesizer } from "./synthesizer.ts";
