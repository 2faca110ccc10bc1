/** Probes that use models: chats, streams, tools, structured answers, embeddings, and what HTTP does around them. */
import type { Probe } from "../model/index.ts";
import { chatDraft, embeddingDraft, schemaDraft, toolDraft, withChat, withEmbedding } from "./drafts.ts";

const STREAM = { stream: true } as const;
const UNICODE = "déjà-漢字-🙂";

/** Probes of chats. */
export const CHAT_PROBES: readonly Probe[] = [
  {
    id: "chat.json",
    about: "the same chat twice",
    requests: withChat((model, { marker }) => [chatDraft(model, marker), chatDraft(model, marker)]),
  },
  {
    id: "chat.stream",
    about: "the same chat as a stream",
    requests: withChat((model, { marker }) => [chatDraft(model, marker, STREAM)]),
  },
  {
    id: "chat.stream-usage",
    about: "a stream that asks for its usage",
    requests: withChat((model, { marker }) => [
      chatDraft(model, marker, { ...STREAM, stream_options: { include_usage: true } }),
    ]),
  },
  {
    id: "chat.two",
    about: "two choices, as JSON and as a stream",
    requests: withChat((model, { marker }) => [
      chatDraft(model, marker, { n: 2 }),
      chatDraft(model, marker, { n: 2, ...STREAM }),
    ]),
  },
  {
    id: "chat.unicode",
    about: "an answer beyond ASCII, as JSON and as a stream",
    requests: withChat((model) => [chatDraft(model, UNICODE), chatDraft(model, UNICODE, STREAM)]),
  },
  {
    id: "chat.length",
    about: "an answer of two tokens at most",
    requests: withChat((model) => [
      chatDraft(model, "one two three four five six seven", { max_completion_tokens: 2 }),
    ]),
  },
  {
    id: "chat.tools",
    about: "a chat that has to call a tool, as JSON and as a stream",
    requests: withChat((model) => [toolDraft(model), toolDraft(model, STREAM)]),
  },
  {
    id: "chat.schema",
    about: "an answer that has to be JSON of a schema",
    requests: withChat((model) => [schemaDraft(model)]),
  },
];

/** Probes of embeddings. */
export const EMBEDDING_PROBES: readonly Probe[] = [
  {
    id: "embeddings.batch",
    about: "three texts at once",
    requests: withEmbedding((model) => [embeddingDraft(model, TEXTS)]),
  },
  {
    id: "embeddings.single",
    about: "each of these texts by itself",
    requests: withEmbedding((model) => TEXTS.map((text) => embeddingDraft(model, text))),
  },
  {
    id: "embeddings.again",
    about: "the three texts once more",
    requests: withEmbedding((model) => [embeddingDraft(model, TEXTS)]),
  },
  {
    id: "embeddings.base64",
    about: "embeddings as base64",
    requests: withEmbedding((model) => [embeddingDraft(model, TEXTS, { encoding_format: "base64" })]),
  },
  {
    id: "embeddings.empty",
    about: "embeddings without an input",
    requests: withEmbedding((model) => [embeddingDraft(model, undefined)]),
  },
];

const TEXTS = ["a river runs through the town", "the price of bread", "seven green bottles"];

/** Probes of connections. */
export const HTTP_PROBES: readonly Probe[] = [
  {
    id: "http.in-turn",
    about: "four requests on one connection, one of them a stream",
    how: "in-turn",
    requests: withChat((model, { marker }) => [
      { method: "GET", target: "/v1/models" },
      chatDraft(model, marker, STREAM),
      { method: "GET", target: "/v1/gatetape-no-such-path" },
      { method: "GET", target: "/v1/models" },
    ]),
  },
  {
    id: "http.chunked",
    about: "a chat whose body comes in HTTP chunks",
    requests: withChat((model, { marker }) => [{ ...chatDraft(model, marker), chunked: true }]),
  },
  {
    id: "http.abort",
    about: "a stream that is left after its first event, then a whole one",
    requests: withChat((model, { marker }) => [
      { ...chatDraft(model, marker, STREAM), leaveAfter: 1 },
      chatDraft(model, marker, STREAM),
    ]),
  },
];

/** Number of streams that are read at once. */
const STREAMS = 32;

/** Probes that are a load. */
export const LOAD_PROBES: readonly Probe[] = [
  {
    id: "load.streams",
    about: `${STREAMS} streams at once, each about a word of its own`,
    consent: "load",
    how: "together",
    requests: withChat((model, { marker }) =>
      Array.from({ length: STREAMS }, (_, i) => chatDraft(model, `${marker}x${i}x`, STREAM)),
    ),
  },
];

/** Fault models whose streams are asked for, with the trouble of their upstream. */
const FAULT_STREAMS: Readonly<Record<string, string>> = {
  "t-die-mid": "dies in mid-stream",
  "t-e400": "refuses the request",
  "t-s-e400ml": "refuses it with an error of several lines",
  "t-u2028": "sends line separators of Unicode in a text",
  "t-comments": "sends comments and fields",
  "t-dataword": "sends a text that holds `data: `",
  "t-nodone": "ends without [DONE]",
  "t-e429": "answers 429",
  "t-tools": "calls a tool",
};

/** Probes with gatetape as the upstream: the server lists the fault models of gatetape's mock. */
export const BEHIND_PROBES: readonly Probe[] = Object.entries(FAULT_STREAMS).map(
  ([model, trouble]): Probe => ({
    id: `behind.${model}`,
    about: `a stream of ${model}, whose upstream ${trouble}`,
    consent: "fault-models",
    requests: ({ models }) =>
      models.some(({ id }) => id === model)
        ? [chatDraft(model, "one", STREAM)]
        : { unfit: `the server lists no model ${model}: gatetape is not its upstream` },
  }),
);
