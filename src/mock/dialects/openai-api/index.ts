/** OpenAI's API as several servers spell it: texts, streams and vectors of the mock's own sources, respelled. */
export { CHAT_PATH, EMBEDDINGS_PATH, RERANK_PATH, askSources, chatRequest, servedModel } from "./ask.ts";
export { addCallDelta } from "./calls.ts";
export {
  type Choice,
  type Completion,
  type Delta,
  type Identity,
  type Usage,
  objects,
} from "./completion.ts";
export { respell } from "./text.ts";
export { base64Vector, cutVector, vectorsRequest, respellWhole, readVectors } from "./vectors.ts";
export { type OpenAiWire, type StreamWriter, type TextRequest, sseText } from "./wire.ts";
