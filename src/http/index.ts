/** HTTP as bytes: headers, messages, scripts, server-sent events, one reader, one writer, one schedule, and the sinks. */
export { contentCodings, decompressed, decompressedWrites } from "./decompress.ts";
export { EventWatch } from "./event-watch.ts";
export { isBlank, TOKEN_CHAR, trimBlanks } from "./grammar.ts";
export { hasHeader, headerValue, isJsonType, mediaType, pairsOf } from "./headers.ts";
export { HttpParseError, MessageParser, type RawMessage } from "./http1.ts";
export { type LiveReader, LiveSink } from "./live-sink.ts";
export { deliver } from "./node-sink.ts";
export type { Delivery } from "./playback.ts";
export { reasonPhrase } from "./reason.ts";
export { toResponse } from "./response-sink.ts";
export {
  type End,
  type Framing,
  type Head,
  type Header,
  type Op,
  type Script,
  bodyLength,
  writesOf,
} from "./script.ts";
export { deliverOverSocket } from "./socket-sink.ts";
export { type SseEvent, type SseToken, SseTokenizer, decodeSse, encodeSse, sseEvents } from "./sse.ts";
export { chunkSize, statusLine, writeChunk, writeHead, writeLastChunk } from "./writer.ts";
