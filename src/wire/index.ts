export { isBlank, TOKEN_CHAR, trimBlanks } from "./grammar.ts";
export { hasHeader, headerValue, isJsonType, mediaType, pairsOf } from "./headers.ts";
export { HttpParseError, MessageParser, type BodyPiece, type RawMessage } from "./http1.ts";
export { type LiveReader, LiveSink } from "./live-sink.ts";
export { deliver, type Delivery } from "./node-sink.ts";
export { toResponse } from "./response-sink.ts";
export {
  bodyLength,
  simpleScript,
  writesOf,
  type End,
  type Framing,
  type Head,
  type Header,
  type Op,
  type Script,
} from "./script.ts";
export { decodeSse, encodeSse, sseEvents, SseTokenizer, type SseEvent, type SseToken } from "./sse.ts";
export { chunkParts, chunkSize, statusLine, writeChunk, writeHead, writeLastChunk } from "./writer.ts";
