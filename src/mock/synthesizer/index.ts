/** Synthesizer: makes answers when nothing was recorded. */
export { type Pace, type Reply, type Respond, type RespondRequest } from "./base/index.ts";
export { type Json, type Message, messagesOf, toolsOf } from "./base/index.ts";
export { vectorsBy } from "./embeddings.ts";
export { bareUpstream, faultModels, isFaultModel } from "./fault-models/index.ts";
export { type SynthesisWork, Synthesizer, synthesize } from "./synthesizer.ts";
