/** Basics of the synthesizer: its request, its pace, its seeded random, and replies of tests. */
export { REPLIED, synthesized } from "./answered-by.ts";
export { type Json, type Message, type Tool, messagesOf, positive, stopsOf, toolsOf } from "./body.ts";
export { digestOf } from "./digest.ts";
export { type Pace, paced, arrivalTimes } from "./pace.ts";
export { type SynthesisRequest, CREATED, idOf } from "./request.ts";
export { type Reply, type Respond, type RespondRequest } from "./respond.ts";
