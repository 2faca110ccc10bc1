/** Checks of what a gateway makes of a bad upstream, where gatetape is that upstream: its fault models are listed. */
import { jsonValue } from "../../../util/index.ts";
import {
  type ServerCheck,
  type ServerExchange,
  type ServerFinding,
  answeredStatus,
  answeredType,
  asMembers,
  answeredBodyText,
  eachAnswer,
  isSuccess,
  objectsAmong,
  shownExchange,
  streamChunks,
  streamEvents,
  streamTokens,
} from "../model/index.ts";
import { choiceDeltas, hasDone, usageProblems } from "./chat-parts.ts";

type Found = string | Omit<ServerFinding, "exchanges">;

/** Makes a check of the stream of one fault model. */
function behind(
  model: string,
  about: Pick<ServerCheck, "id" | "says" | "level" | "why" | "rule">,
  test: (exchange: ServerExchange) => readonly Found[],
): ServerCheck {
  const unseen = `gatetape is not the upstream: the server lists no ${model}, or --fault-models is not given`;
  return { ...about, ...eachAnswer([`behind.${model}`], () => true, test, unseen) };
}

const tail = (exchange: ServerExchange): string => answeredBodyText(exchange).trimEnd().slice(-120);
const hasTail = (exchange: ServerExchange): boolean =>
  streamTokens(exchange).some(
    ({ kind, name }) => kind === "tail" || (kind === "field" && name?.startsWith("{")),
  );

/** Fields of an event stream. */
const FIELDS = new Set(["data", "event", "id", "retry"]);

/** Rows G1 to G13: what a gateway has to make of its upstream. */
export const BEHIND_CHECKS: readonly ServerCheck[] = [
  behind(
    "t-die-mid",
    {
      id: "behind/dies-midway",
      says: "frames the error of an upstream that dies in mid-stream, and sends no [DONE]",
      level: "must",
      why: "Readers of events drop what is no event: the answer looks whole.",
      rule: "WHATWG HTML section 9.2.6; OpenAI API, Streaming: errors come as an event",
    },
    (exchange) => {
      if (hasTail(exchange))
        return [
          { message: `the error is no event: ${JSON.stringify(tail(exchange))}`, erratum: "unframed-error" },
        ];
      const isReported = streamEvents(exchange).some(
        ({ data, event }) => event === "error" || asMembers(jsonValue(data))?.["error"] !== undefined,
      );
      return [
        ...(isReported ? [] : ["no event tells of the error"]),
        ...(hasDone(exchange) ? ["the stream ends in [DONE], as if it were whole"] : []),
      ];
    },
  ),
  behind(
    "t-e400",
    {
      id: "behind/error-first",
      says: "answers a refusal of the upstream as application/json",
      level: "must",
      why: "A client that reads events finds none.",
      rule: "RFC 9110 section 8.3: the type of what is sent",
    },
    (exchange) =>
      answeredType(exchange) === "application/json"
        ? []
        : [
            {
              message: `${shownExchange(exchange)} comes as ${answeredType(exchange) ?? "no type"}`,
              ...(answeredType(exchange) === "text/event-stream" ? { erratum: "error-as-event-stream" } : {}),
            },
          ],
  ),
  behind(
    "t-s-e400ml",
    {
      id: "behind/error-whole",
      says: "passes an upstream's error on as a whole",
      level: "must",
      why: "The first line of a pretty-printed error is `{`.",
      rule: "RFC 9110 section 15.5: an explanation of the error",
    },
    (exchange) =>
      jsonValue(answeredBodyText(exchange).trim()) === undefined
        ? [
            {
              message: `the error is cut: ${JSON.stringify(answeredBodyText(exchange).slice(0, 120))}`,
              ...(answeredBodyText(exchange).startsWith("{") ? { erratum: "first-line-only" } : {}),
            },
          ]
        : [],
  ),
  behind(
    "t-u2028",
    {
      id: "behind/line-separators",
      says: "keeps U+2028, U+2029 and U+0085 within an event",
      level: "must",
      why: "Half an event is no JSON, and SDKs throw at it.",
      rule: "WHATWG HTML section 9.2.6: a line ends in CR, LF or CRLF, in nothing else",
    },
    (exchange) => {
      if (!isSuccess(exchange)) return [];
      const isCut = streamEvents(exchange).some(
        ({ data }) => data !== "[DONE]" && jsonValue(data) === undefined,
      );
      const hasHalf = streamTokens(exchange).some(
        ({ kind, name }) => kind === "field" && !FIELDS.has(name ?? ""),
      );
      if (!isCut && !hasHalf) return [];
      return [{ message: "an event is cut in two", ...(hasHalf ? { erratum: "unicode-line-ends" } : {}) }];
    },
  ),
  behind(
    "t-comments",
    {
      id: "behind/fields",
      says: "keeps the fields of an event together",
      level: "must",
      why: "OpenAI's SDK for Python throws at an event without data.",
      rule: "WHATWG HTML section 9.2.6: a blank line ends an event",
    },
    (exchange) => {
      const tokens = streamTokens(exchange);
      const isApart = tokens.some(
        ({ kind, name }, i) =>
          kind === "field" && (name === "event" || name === "id") && tokens[i + 1]?.kind === "blank",
      );
      const isEmpty = streamEvents(exchange).some(({ data }) => data === "");
      return [
        ...(isApart ? [{ message: "a field stands in a block of its own", erratum: "fields-apart" }] : []),
        ...(isEmpty ? ["an event has no data"] : []),
      ];
    },
  ),
  behind(
    "t-dataword",
    {
      id: "behind/data-in-text",
      says: "passes on a text that holds `data: `, with a usage that adds up",
      level: "must",
      why: "Examples of streams are texts, too.",
      rule: "WHATWG HTML section 9.2.6: a field's name ends at the first colon",
    },
    (exchange) => {
      const chunks = streamChunks(exchange);
      const usage = chunks.at(-1)?.["usage"];
      const text = chunks
        .flatMap((chunk) => objectsAmong(chunk["choices"]))
        .map((choice) => asMembers(choice["delta"])?.["content"] ?? "")
        .join("");
      return [
        ...(text.includes("data: ") ? [] : ["the text lost its `data: `"]),
        ...(usage === undefined ? [] : usageProblems(usage)),
      ];
    },
  ),
  behind(
    "t-nodone",
    {
      id: "behind/no-done",
      says: "ends a stream with [DONE] though its upstream sends none",
      level: "should",
      why: "Clients take a stream without it for cut.",
      rule: "OpenAI API, Chat, Create: stream is terminated by data: [DONE]",
    },
    (exchange) =>
      hasDone(exchange)
        ? []
        : streamEvents(exchange).some(({ data }) => data === "[DONE]")
          ? ["[DONE] is not the last event"]
          : [{ message: "the stream has no [DONE]", erratum: "done-not-added" }],
  ),
  behind(
    "t-e429",
    {
      id: "behind/upstream-429",
      says: "passes the 429 of an upstream on",
      level: "must",
      why: "A client that does not learn of it goes on at the same pace.",
      rule: "RFC 6585 section 4",
    },
    (exchange) => (answeredStatus(exchange) === 429 ? [] : [`${shownExchange(exchange)}, expected 429`]),
  ),
  behind(
    "t-tools",
    {
      id: "behind/tool-chunks",
      says: "passes the chunks of a tool call on",
      level: "must",
      why: "An agent waits for a call that never comes.",
      rule: "OpenAI API, Chat, The chat completion chunk object: delta.tool_calls",
    },
    (exchange) => {
      const calls = choiceDeltas(exchange).flatMap(({ delta }) => objectsAmong(delta["tool_calls"]));
      return isSuccess(exchange) && calls.length === 0 ? ["the tool call of the upstream is lost"] : [];
    },
  ),
];
