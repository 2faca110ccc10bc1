/** Checks of HTTP: connections, framing, aborts, streams at the same time; and of all answers against the OpenAPI. */
import {
  type Facts,
  type ServerCheck,
  type ServerExchange,
  answeredBytes,
  answeredHeader,
  answeredStatus,
  answeredType,
  answeredBodyText,
  eachAnswer,
  isWholeAnswer,
  isSuccess,
  shownExchange,
  streamChunks,
} from "../model/index.ts";
import { hasDone, isEventStream, joinedText } from "./chat-parts.ts";

/** Probes whose answers are all the gateway's own, good or bad. */
const ALL = [
  "models.list",
  "models.get",
  "models.unknown",
  "health",
  "health.models",
  "auth.none",
  "auth.wrong",
  "errors.unknown-model",
  "errors.fields",
  "errors.json",
  "errors.path",
  "chat.json",
  "chat.stream",
  "chat.stream-usage",
  "chat.two",
  "chat.unicode",
  "chat.tools",
  "chat.schema",
  "embeddings.batch",
  "embeddings.single",
];

const hasHead = (exchange: ServerExchange): boolean => answeredStatus(exchange) !== 0;

/** Checks of HTTP. */
export const HTTP_CHECKS: readonly ServerCheck[] = [
  {
    id: "http/keep-alive",
    says: "answers one request after another on the same connection, after a stream and an error too",
    level: "must",
    why: "Clients keep connections, and blame the next request.",
    rule: "RFC 9112 section 9.3: connections persist in HTTP/1.1",
    ...eachAnswer(
      ["http.in-turn"],
      () => true,
      (exchange) =>
        isWholeAnswer(exchange)
          ? []
          : [`request ${exchange.nth + 1} of the connection: ${exchange.trouble ?? "no answer"}`],
      "no requests were sent on one connection",
    ),
  },
  {
    id: "http/message-end",
    says: "sends no byte beyond the end of a message",
    level: "must",
    why: "The next answer on the connection begins with them.",
    rule: "RFC 9112 section 6.3: the length of a message",
    ...eachAnswer(
      [...ALL, "http.in-turn", "errors.head"],
      hasHead,
      (exchange) =>
        exchange.surplus > 0
          ? [`${shownExchange(exchange)}: ${exchange.surplus} bytes after the end of the message`]
          : [],
      "nothing was answered",
    ),
  },
  {
    id: "http/complete",
    says: "sends its answers to their end",
    level: "must",
    why: "An answer that is cut is an error to every client.",
    rule: "RFC 9112 section 8: incomplete messages",
    ...eachAnswer(
      ALL,
      () => true,
      (exchange) =>
        isWholeAnswer(exchange) ? [] : [`${shownExchange(exchange)}: ${exchange.trouble ?? "no end"}`],
      "nothing was asked",
    ),
  },
  {
    id: "http/date",
    says: "says when it answered",
    level: "should",
    why: "Caches and Retry-After count from it.",
    rule: "RFC 9110 section 6.6.1: a server with a clock MUST send Date",
    ...eachAnswer(
      ALL,
      hasHead,
      (exchange) =>
        answeredHeader(exchange, "date") === undefined ? [`${shownExchange(exchange)} has no Date`] : [],
      "nothing was answered",
    ),
  },
  {
    id: "http/head",
    says: "answers HEAD as GET without a body",
    level: "should",
    why: "Health checks and link checkers send HEAD.",
    rule: "RFC 9110 section 9.1: servers MUST support GET and HEAD",
    ...eachAnswer(
      ["errors.head"],
      hasHead,
      (exchange) => {
        if (isSuccess(exchange)) return [];
        const message = `${shownExchange(exchange)}, expected the status of GET`;
        return [answeredStatus(exchange) === 405 ? { message, erratum: "no-head" } : message];
      },
      "HEAD was not asked",
    ),
  },
  {
    id: "http/chunked-request",
    says: "takes a body in HTTP chunks",
    level: "must",
    why: "Clients that make a body as they send it know no length.",
    rule: "RFC 9112 section 7.1: a recipient MUST be able to parse the chunked coding",
    ...eachAnswer(
      ["http.chunked"],
      () => true,
      (exchange) =>
        isSuccess(exchange)
          ? []
          : [`${shownExchange(exchange)} for a body in chunks: ${answeredBodyText(exchange).slice(0, 200)}`],
      "the server lists no model for chats",
    ),
  },
  {
    id: "http/abort",
    says: "answers whole streams after a client has left one",
    level: "must",
    why: "People stop answers all the time.",
    rule: "RFC 9112 section 9.5: either side may close; OpenAI API, Chat, Create: stream",
    probes: ["http.abort"],
    test: (seen) => {
      const [left, next] = seen("http.abort");
      if (left === undefined || next === undefined) return { unseen: "no stream was left" };
      return isEventStream(next) && isWholeAnswer(next) && hasDone(next)
        ? []
        : [
            {
              message: `${shownExchange(next)} after a stream that was left: ${next.trouble ?? "it has no [DONE]"}`,
              exchanges: [left, next],
            },
          ];
    },
  },
  {
    id: "openapi/answers",
    says: "answers as its OpenAPI with the errata says",
    level: "must",
    why: "Generated clients refuse what is not declared.",
    rule: "OpenAPI /paths and /components/schemas of the generation, with spec/errata.json",
    ...eachAnswer(
      ALL,
      (exchange) => hasHead(exchange) && isWholeAnswer(exchange),
      driftOf,
      "nothing was answered",
    ),
  },
  {
    id: "openapi/published",
    says: "answers with the statuses and types that its published OpenAPI declares",
    level: "should",
    why: "A generator of clients knows the published document alone, not the errata.",
    rule: "OpenAPI /paths/…/responses of the generation as published",
    ...eachAnswer(
      ALL,
      (exchange) => hasHead(exchange) && isWholeAnswer(exchange),
      undeclaredIn,
      "nothing was answered",
    ),
  },
];

/** Deviations from the OpenAPI with its errata. */
function driftOf(exchange: ServerExchange, { spec }: Facts): string[] {
  const path = exchange.request.target.split("?", 1)[0] ?? "";
  const findings = spec.validateResponse({
    operation: spec.operations.find(exchange.request.method, decodeURIComponent(path))?.operation,
    status: answeredStatus(exchange),
    contentType: answeredHeader(exchange, "content-type"),
    body: answeredBytes(exchange),
  });
  return [
    ...new Set(
      findings.map(
        ({ part, pointer, message }) => `${shownExchange(exchange)}: ${part}${pointer}: ${message}`,
      ),
    ),
  ];
}

/** Statuses and types that the document as published does not declare; the errata explain those of OGL. */
function undeclaredIn(exchange: ServerExchange, facts: Facts): { message: string; erratum?: string }[] {
  const path = decodeURIComponent(exchange.request.target.split("?", 1)[0] ?? "");
  const found = facts.spec.operations.find(exchange.request.method, path)?.operation;
  if (found === undefined) return [];
  const { responses = {} } = facts.published.paths[found.path]?.[found.method.toLowerCase()] ?? {};
  const status = answeredStatus(exchange);
  const type = answeredType(exchange) ?? "(none)";
  const declared = responses[status];
  const isExplained = driftOf(exchange, facts).length === 0;
  const explained = (erratum: string): { erratum?: string } => (isExplained ? { erratum } : {});
  if (declared === undefined)
    return [
      {
        message: `${shownExchange(exchange)}: the status is not declared`,
        ...explained("undeclared-statuses"),
      },
    ];
  return declared.content === undefined || type in declared.content
    ? []
    : [{ message: `${shownExchange(exchange)}: ${type} is not declared`, ...explained("chat-event-stream") }];
}

/** Checks of many streams at once. */
export const LOAD_CHECKS: readonly ServerCheck[] = [
  {
    id: "load/streams",
    says: "answers 32 streams at once, each to its end",
    level: "must",
    why: "A gateway serves many people at once.",
    rule: "OpenAI API, Chat, Create: stream; RFC 9112 section 8",
    ...eachAnswer(
      ["load.streams"],
      (exchange) => answeredStatus(exchange) !== 429,
      (exchange) =>
        isEventStream(exchange) && isWholeAnswer(exchange) && hasDone(exchange)
          ? []
          : [
              `stream ${exchange.nth + 1}: ${shownExchange(exchange)}: ${exchange.trouble ?? answeredBodyText(exchange).slice(-200)}`,
            ],
      "all streams were over the limit of the key",
    ),
  },
  {
    id: "load/no-mix",
    says: "mixes no stream with another",
    level: "must",
    why: "One person reads what was meant for another.",
    rule: "OpenAI API, Chat, The chat completion chunk object: id; the confidentiality of each answer",
    probes: ["load.streams"],
    test: (seen, { marker }) => {
      const streams = seen("load.streams").filter(isEventStream);
      if (streams.length < 2) return { unseen: "fewer than two streams were answered" };
      const owners = new Map<unknown, number>();
      return streams.flatMap((exchange) => {
        const text = joinedText(exchange);
        const foreign = [...text.matchAll(new RegExp(`${marker}x(\\d+)x`, "g"))]
          .map(([, n]) => Number(n))
          .filter((n) => n !== exchange.nth);
        const ids = new Set(streamChunks(exchange).map(({ id }) => id));
        const shared = [...ids].flatMap((id) => {
          const owner = owners.get(id);
          owners.set(id, exchange.nth);
          return owner === undefined || owner === exchange.nth ? [] : [owner];
        });
        return [
          ...(foreign.length === 0
            ? []
            : [`stream ${exchange.nth + 1} has the word of stream ${(foreign[0] ?? 0) + 1}`]),
          ...(ids.size <= 1 ? [] : [`stream ${exchange.nth + 1} has ${ids.size} ids`]),
          ...(shared.length === 0
            ? []
            : [`streams ${(shared[0] ?? 0) + 1} and ${exchange.nth + 1} have the same id`]),
        ].map((message) => ({ message, exchanges: [exchange] }));
      });
    },
  },
];
