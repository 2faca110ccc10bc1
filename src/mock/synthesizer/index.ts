/** Synthesizer: makes answers when nothing was recorded. */
export { type Pace, type Reply, type Respond, type RespondRequest } from "./base/index.ts";
export { type Json } from "./base/index.ts";
export { callRespond } from "./base/index.ts";
export { vectorsBy } from "./embeddings.ts";
export { type SynthesisWork, Synthesizer, synthesize } from "./synthesizer.ts";
