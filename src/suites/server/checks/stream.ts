/** Checks of streamed chats: framing, end, chunks, usage. */
import { jsonValue } from "../../../util/index.ts";
import {
  type ServerCheck,
  type ServerExchange,
  answeredHeader,
  answeredObject,
  answeredType,
  answeredBodyText,
  eachAnswer,
  isWholeAnswer,
  isSuccess,
  objectsAmong,
  shownExchange,
  streamChunks,
  streamEvents,
  streamTokens,
} from "../model/index.ts";
import {
  FINISH_REASONS,
  answeredChoices,
  choiceDeltas,
  assistantText,
  isEventStream,
  joinedText,
  usageProblems,
} from "./chat-parts.ts";

const PLAIN = ["chat.stream", "chat.stream-usage"];
const STREAMS = [...PLAIN, "chat.two", "chat.unicode", "chat.tools", "http.in-turn", "http.abort"];
const NO_STREAM = "no stream was answered";

/** Whether a stream was answered, and read to its end. */
const isWholeStream = (exchange: ServerExchange): boolean =>
  isEventStream(exchange) && exchange.delivery.ended !== "aborted";

const requestText = ({ request }: ServerExchange): string => Buffer.from(request.body ?? []).toString("utf8");
const wantsStream = (exchange: ServerExchange): boolean => requestText(exchange).includes('"stream":true');

/** Checks of the framing of streams. */
export const FRAMING_CHECKS: readonly ServerCheck[] = [
  {
    id: "stream/content-type",
    says: "answers a stream as text/event-stream",
    level: "must",
    why: "Browsers and SDKs choose by it how to read the body.",
    rule: "WHATWG HTML section 9.2.5: the MIME type is text/event-stream",
    ...eachAnswer(
      STREAMS,
      (exchange) => isSuccess(exchange) && wantsStream(exchange),
      (exchange) =>
        answeredType(exchange) === "text/event-stream"
          ? []
          : [`${shownExchange(exchange)} comes as ${answeredHeader(exchange, "content-type") ?? "no type"}`],
      NO_STREAM,
    ),
  },
  {
    id: "stream/framing",
    says: "sends nothing but events that end in a blank line",
    level: "must",
    why: "Readers of events drop all that is none, without a word.",
    rule: "WHATWG HTML section 9.2.6: lines are fields or comments, a blank line ends an event",
    ...eachAnswer(STREAMS, isWholeStream, streamFramingProblems, NO_STREAM),
  },
  {
    id: "stream/json",
    says: "sends a JSON object in each event but [DONE]",
    level: "must",
    why: "OpenAI's SDKs throw at an event that is no JSON.",
    rule: "OpenAI API, Chat, Streaming: data-only server-sent events of chunk objects",
    ...eachAnswer(
      STREAMS,
      isWholeStream,
      (exchange) =>
        streamEvents(exchange)
          .filter(({ data }) => data !== "[DONE]" && jsonValue(data) === undefined)
          .map(({ data }) => `an event is no JSON: ${JSON.stringify(data.slice(0, 100))}`),
      NO_STREAM,
    ),
  },
  {
    id: "stream/done",
    says: "ends a stream with one [DONE], and nothing after it",
    level: "must",
    why: "It tells an answer that is whole from one that was cut.",
    rule: "OpenAI API, Chat, Create: stream is terminated by data: [DONE]",
    ...eachAnswer(
      STREAMS,
      isWholeStream,
      (exchange) => {
        const events = streamEvents(exchange);
        const done = events.filter(({ data }) => data === "[DONE]").length;
        return done !== 1
          ? [`the stream has [DONE] ${done} times`]
          : events.at(-1)?.data === "[DONE]"
            ? []
            : ["events come after [DONE]"];
      },
      NO_STREAM,
    ),
  },
  {
    id: "stream/ends",
    says: "ends the message of a stream by its framing",
    level: "must",
    why: "A message that is cut is an error to HTTP clients, though all of the text came.",
    rule: "RFC 9112 section 8: a chunked message without its last chunk is incomplete",
    ...eachAnswer(
      STREAMS,
      (exchange) => isEventStream(exchange) && exchange.delivery.ended !== "aborted",
      (exchange) => (isWholeAnswer(exchange) ? [] : [exchange.trouble ?? "the message has no end"]),
      NO_STREAM,
    ),
  },
  {
    id: "stream/utf8-whole",
    says: "does not cut characters between two HTTP chunks",
    level: "should",
    why: "Hand-written clients decode each read by itself.",
    rule: "OGL sends each line as one HTTP chunk (observed on 0.4.1: stream-up-split); RFC 3629 section 3",
    ...eachAnswer(
      ["chat.unicode"],
      isEventStream,
      (exchange) =>
        exchange.answer.script.ops.some(
          (op) => op.op === "write" && !Buffer.from(Buffer.from(op.bytes).toString("utf8")).equals(op.bytes),
        )
          ? ["an HTTP chunk ends within a character"]
          : [],
      NO_STREAM,
    ),
  },
];

function streamFramingProblems(exchange: ServerExchange): string[] {
  const tokens = streamTokens(exchange);
  const last = tokens.at(-1);
  return [
    ...tokens.flatMap((token) => {
      const text = Buffer.from(token.bytes).toString("utf8").trimEnd().slice(0, 100);
      if (token.kind === "tail") return [`bytes after the last line are no event: ${JSON.stringify(text)}`];
      return token.kind === "field" && !["data", "event", "id", "retry"].includes(token.name ?? "")
        ? [`a line is neither field nor comment: ${JSON.stringify(text)}`]
        : [];
    }),
    ...(last === undefined ? ["the stream has no event"] : []),
    ...(last?.kind === "field" ? ["the last event has no blank line after it"] : []),
  ];
}

/** Checks of the chunks of streams. */
export const CHUNK_CHECKS: readonly ServerCheck[] = [
  {
    id: "stream/stable",
    says: "has the same id, created, model and object in all chunks",
    level: "must",
    why: "Clients join chunks by their id.",
    rule: "OpenAI API, Chat, The chat completion chunk object: each chunk has the same id",
    ...eachAnswer(
      STREAMS,
      isWholeStream,
      (exchange) => {
        const chunks = streamChunks(exchange);
        const objects = new Set(chunks.map(({ object }) => object));
        return [
          ...["id", "created", "model"].flatMap((name) => {
            const values = new Set(chunks.map((chunk) => chunk[name]));
            return values.size <= 1 ? [] : [`"${name}" has ${values.size} values in one stream`];
          }),
          ...(objects.size === 1 && objects.has("chat.completion.chunk")
            ? []
            : [`"object" is ${[...objects].map((value) => JSON.stringify(value)).join(", ")}`]),
        ];
      },
      NO_STREAM,
    ),
  },
  {
    id: "stream/role",
    says: "names the assistant in the first chunk of each choice",
    level: "should",
    why: "Clients make a message of it before the text comes.",
    rule: "OpenAI API, Chat, The chat completion chunk object: delta.role",
    ...eachAnswer(
      PLAIN,
      isWholeStream,
      (exchange) =>
        choiceDeltas(exchange)[0]?.delta["role"] === "assistant" ? [] : ["the first chunk has no role"],
      NO_STREAM,
    ),
  },
  {
    id: "stream/finish",
    says: "gives each choice one finish reason, in its last chunk",
    level: "must",
    why: "Without it a client can't tell a whole answer from a cut one; text after it is lost.",
    rule: "OpenAI API, Chat, The chat completion chunk object: finish_reason",
    ...eachAnswer(STREAMS, isWholeStream, finishProblems, NO_STREAM),
  },
  {
    id: "stream/indices",
    says: "numbers the choices of a stream from 0, in each chunk",
    level: "must",
    why: "A text under a wrong index belongs to another answer.",
    rule: "OpenAI API, Chat, The chat completion chunk object: choices[].index",
    ...eachAnswer(
      [...PLAIN, "chat.unicode", "http.in-turn"],
      isWholeStream,
      (exchange) =>
        choiceDeltas(exchange).some(({ index }) => index !== 0)
          ? ["one choice was asked for, and a chunk has another index than 0"]
          : [],
      NO_STREAM,
    ),
  },
  {
    id: "stream/usage",
    says: "ends a stream with the usage that was asked for",
    level: "must",
    why: "People are billed by it.",
    rule: "OpenAI API, Chat, Create: stream_options.include_usage: a last chunk with usage and empty choices",
    ...eachAnswer(
      ["chat.stream-usage"],
      isWholeStream,
      (exchange) => {
        const last = streamChunks(exchange).at(-1);
        if (last?.["usage"] === undefined || last["usage"] === null) return ["the last chunk has no usage"];
        return [
          ...usageProblems(last["usage"]),
          ...(objectsAmong(last["choices"]).length === 0 ? [] : ["the usage chunk has choices"]),
        ];
      },
      NO_STREAM,
    ),
  },
  {
    id: "stream/usage-once",
    says: "sends the usage that was asked for once",
    level: "should",
    why: "Clients that add usages up count twice.",
    rule: "OpenAI API, Chat, Create: stream_options.include_usage: one additional chunk",
    ...eachAnswer(
      ["chat.stream-usage"],
      isWholeStream,
      (exchange) => {
        const n = usageChunks(exchange).length;
        if (n <= 1) return [];
        const message = `the stream has ${n} chunks of usage`;
        return [n === 2 ? { message, erratum: "usage-twice" } : message];
      },
      NO_STREAM,
    ),
  },
  {
    id: "stream/usage-unasked",
    says: "sends no usage that was not asked for",
    level: "should",
    why: "Clients that read choices[0] of each chunk break at the empty choices.",
    rule: "OpenAI API, Chat, Create: stream_options.include_usage is off by default",
    ...eachAnswer(
      ["chat.stream"],
      isWholeStream,
      (exchange) => {
        const n = usageChunks(exchange).length;
        if (n === 0) return [];
        const message = `the stream has ${n === 1 ? "a chunk" : `${n} chunks`} of usage`;
        return [n === 1 ? { message, erratum: "usage-uninvited" } : message];
      },
      NO_STREAM,
    ),
  },
  {
    id: "stream/equals-json",
    says: "streams the same text that it answers as JSON, where it is deterministic",
    level: "must",
    why: "A delta that is lost or doubled is found by nobody.",
    rule: "OpenAI API, Chat, Create: stream: partial message deltas",
    probes: ["chat.json", "chat.stream", "chat.stream-usage"],
    test: (seen) => {
      const jsons = seen("chat.json").filter(isSuccess);
      const streams = PLAIN.flatMap((probe) => seen(probe)).filter(isWholeStream);
      const texts = new Set(jsons.map((exchange) => assistantText(answeredChoices(exchange)[0])));
      const [text] = texts;
      if (jsons.length < 2 || streams.length === 0) return { unseen: NO_STREAM };
      if (texts.size !== 1 || text === undefined)
        return { unseen: "the server answers the same chat differently each time" };
      return streams
        .filter((exchange) => joinedText(exchange) !== text)
        .map((exchange) => ({
          message: `the deltas join to ${JSON.stringify(joinedText(exchange).slice(0, 100))}, the JSON answer is ${JSON.stringify(text.slice(0, 100))}`,
          exchanges: [exchange],
        }));
    },
  },
  {
    id: "stream/model",
    says: "names the same model in streams and in JSON answers",
    level: "should",
    why: "Logs count one model as two.",
    rule: "OpenAI API, Chat, The chat completion chunk object: model",
    probes: ["chat.json", "chat.stream"],
    test: (seen) => {
      const json = seen("chat.json").find(isSuccess);
      const stream = seen("chat.stream").find(isWholeStream);
      if (json === undefined || stream === undefined) return { unseen: NO_STREAM };
      const [inJson, inStream] = [answeredObject(json)?.["model"], streamChunks(stream)[0]?.["model"]];
      const message = `"model" is ${JSON.stringify(inStream)} in the stream, ${JSON.stringify(inJson)} in JSON`;
      return inJson === inStream
        ? []
        : [
            {
              message,
              exchanges: [stream],
              ...(typeof inStream === "string" ? { erratum: "provider-model-name" } : {}),
            },
          ];
    },
  },
];

const usageChunks = (exchange: ServerExchange): readonly unknown[] =>
  streamChunks(exchange).filter(
    ({ usage, choices }) => usage !== undefined && usage !== null && objectsAmong(choices).length === 0,
  );

function finishProblems(exchange: ServerExchange): string[] {
  const byIndex = Map.groupBy(choiceDeltas(exchange), ({ index }) => index);
  if (byIndex.size === 0) return [`the stream has no choices: ${answeredBodyText(exchange).slice(0, 100)}`];
  return [...byIndex].flatMap(([index, chunks]) => {
    const reasons = chunks.flatMap(({ finishReason }) => (finishReason === null ? [] : [finishReason]));
    const which = `choice ${String(index)}`;
    if (reasons.length !== 1) return [`${which} has ${reasons.length} finish reasons`];
    if (!FINISH_REASONS.has(reasons[0]))
      return [`${which} has the finish reason ${JSON.stringify(reasons[0])}`];
    return chunks.at(-1)?.finishReason === null ? [`chunks of ${which} come after its finish reason`] : [];
  });
}
