export { hasHeader, headerValue, isJsonType, mediaType, pairsOf } from "./headers.ts";
export { HttpParseError, MessageParser, type BodyPiece, type RawMessage } from "./http1.ts";
export { type LiveEnd, type LiveReader, LiveSink } from "./live-sink.ts";
export { deliver, type Delivery, type SinkOptions } from "./node-sink.ts";
export { ResponseSinkError, toResponse } from "./response-sink.ts";
export {
  bodyLength,
  simpleScript,
  writesOf,
  type End,
  type Framing,
  type Head,
  type Header,
  type Informational,
  type Op,
  type Script,
} from "./script.ts";
export { decodeSse, encodeSse, sseEvents, SseTokenizer, type SseEvent, type SseToken } from "./sse.ts";
export { chunkParts, chunkSize, statusLine, writeChunk, writeHead, writeLastChunk } from "./writer.ts";
