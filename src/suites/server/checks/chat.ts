/** Checks of chats as JSON, of tool calls, and of structured answers. */
import { jsonValue } from "../../../util/index.ts";
import {
  type Members,
  type ServerCheck,
  type ServerExchange,
  answeredBytes,
  answeredObject,
  answeredStatus,
  asMembers,
  answeredBodyText,
  eachAnswer,
  isSuccess,
  objectsAmong,
  shownExchange,
} from "../model/index.ts";
import {
  FINISH_REASONS,
  answeredChoices,
  choiceDeltas,
  assistantText,
  isEventStream,
  usageProblems,
} from "./chat-parts.ts";

const CHATS = ["chat.json", "chat.unicode", "chat.length", "http.chunked"];
const NO_CHAT = "no chat was answered";

const isStream = ({ request }: ServerExchange): boolean =>
  asMembers(jsonValue(Buffer.from(request.body ?? []).toString("utf8")))?.["stream"] === true;
const isJsonChat = (exchange: ServerExchange): boolean => isSuccess(exchange) && !isStream(exchange);

/** Whether a model used its tokens up before its text began: it reasons first. */
function isStillThinking(choice: Members | undefined): boolean {
  const { reasoning_content: reasoning, reasoning: other } = asMembers(choice?.["message"]) ?? {};
  return choice?.["finish_reason"] === "length" || typeof (reasoning ?? other) === "string";
}

/** Checks of JSON chats. */
export const CHAT_CHECKS: readonly ServerCheck[] = [
  {
    id: "chat/answer",
    says: "answers a chat with a message of the assistant and a finish reason",
    level: "must",
    why: "Clients read choices[0].message.content without a look at anything else.",
    rule: "OpenAI API, Chat, The chat completion object; OpenAPI /components/schemas/ChatCompletion",
    ...eachAnswer(
      CHATS,
      isJsonChat,
      (exchange) => {
        const { object, id, created } = answeredObject(exchange) ?? {};
        const [choice] = answeredChoices(exchange);
        const message = asMembers(choice?.["message"]);
        return [
          ...(object === "chat.completion" ? [] : [`"object" is ${JSON.stringify(object)}`]),
          ...(typeof id === "string" && id !== "" ? [] : ["there is no id"]),
          ...(Number.isInteger(created) ? [] : [`"created" is ${JSON.stringify(created)}`]),
          ...(choice?.["index"] === 0 ? [] : ["the first choice has not the index 0"]),
          ...(message?.["role"] === "assistant" ? [] : ["the message is not the assistant's"]),
          ...(assistantText(choice) === undefined && !isStillThinking(choice)
            ? ["the message has no text"]
            : []),
          ...(FINISH_REASONS.has(choice?.["finish_reason"])
            ? []
            : [`the finish reason is ${JSON.stringify(choice?.["finish_reason"])}`]),
        ];
      },
      NO_CHAT,
    ),
  },
  {
    id: "chat/usage",
    says: "gives a usage that adds up",
    level: "must",
    why: "People are billed by it.",
    rule: "OpenAI API, Chat, The chat completion object: usage; OpenAPI /components/schemas/Usage",
    ...eachAnswer(
      CHATS,
      isJsonChat,
      (exchange) => usageProblems(answeredObject(exchange)?.["usage"]),
      NO_CHAT,
    ),
  },
  {
    id: "chat/model",
    says: "names the requested model in its answer",
    level: "should",
    why: "Applications log by it which model has answered.",
    rule: "OpenAI API, Chat, The chat completion object: model",
    probes: ["chat.json"],
    test: (seen, { chat }) => {
      const answers = seen("chat.json").filter(isJsonChat);
      if (answers.length === 0) return { unseen: NO_CHAT };
      return answers.flatMap((exchange) => {
        const { model } = answeredObject(exchange) ?? {};
        return model === chat
          ? []
          : [
              {
                message: `${chat} was asked for, "model" is ${JSON.stringify(model)}`,
                exchanges: [exchange],
              },
            ];
      });
    },
  },
  {
    id: "chat/unique-id",
    says: "gives each chat an id of its own",
    level: "should",
    why: "Logs and complaints find an answer by its id.",
    rule: "OpenAI API, Chat, The chat completion object: id is unique",
    probes: ["chat.json", "chat.stream"],
    test: (seen) => {
      const answers = seen("chat.json").filter(isJsonChat);
      const ids = answers.map((exchange) => answeredObject(exchange)?.["id"]);
      if (ids.length < 2) return { unseen: "fewer than two chats were answered" };
      const isFixed = answers.every(
        (exchange, i) => answeredBodyText(exchange) === answeredBodyText(answers[0] ?? exchange) || i === 0,
      );
      return new Set(ids).size === ids.length || isFixed
        ? []
        : [{ message: `two chats have the id ${String(ids[0])}`, exchanges: answers }];
    },
  },
  {
    id: "chat/max-tokens",
    says: "ends an answer at the number of tokens that was asked for",
    level: "should",
    why: "It is the only limit that a client has on cost.",
    rule: "OpenAI API, Chat, Create: max_completion_tokens; finish_reason length",
    ...eachAnswer(
      ["chat.length"],
      isJsonChat,
      (exchange) => {
        const completion = asMembers(answeredObject(exchange)?.["usage"])?.["completion_tokens"];
        const finish = answeredChoices(exchange)[0]?.["finish_reason"];
        return typeof completion === "number" && completion > 2
          ? [`at most 2 tokens were asked for, usage counts ${completion}`]
          : finish === "length" || finish === "stop"
            ? []
            : [`the finish reason is ${JSON.stringify(finish)}`];
      },
      NO_CHAT,
    ),
  },
  {
    id: "chat/choices",
    says: "gives as many choices as were asked for, numbered from 0",
    level: "should",
    why: "Clients find a choice by its index.",
    rule: "OpenAI API, Chat, Create: n; choices[].index",
    ...eachAnswer(
      ["chat.two"],
      (exchange) => isJsonChat(exchange) || isEventStream(exchange),
      (exchange) => {
        const indices = isStream(exchange)
          ? [...new Set(choiceDeltas(exchange).map(({ index }) => index))].toSorted()
          : answeredChoices(exchange).map(({ index }) => index);
        return indices.length === 2 && indices[0] === 0 && indices[1] === 1
          ? []
          : [`two choices were asked for, the answer has the indices ${JSON.stringify(indices)}`];
      },
      "the server does not take n",
    ),
  },
  {
    id: "chat/utf8",
    says: "answers in UTF-8, without replacement characters",
    level: "must",
    why: "No client can restore a broken character.",
    rule: "RFC 8259 section 8.1: JSON is UTF-8",
    ...eachAnswer(
      ["chat.unicode"],
      isSuccess,
      (exchange) => {
        const bytes = answeredBytes(exchange);
        const text = bytes.toString("utf8");
        return !Buffer.from(text).equals(bytes)
          ? [`${shownExchange(exchange)}: the body is not UTF-8`]
          : text.includes("\ufffd")
            ? [`${shownExchange(exchange)}: the body has U+FFFD, the replacement of a broken character`]
            : [];
      },
      NO_CHAT,
    ),
  },
];

/** Whether the server does not offer what was asked for. */
const isDeclined = (exchange: ServerExchange): boolean =>
  [400, 404, 422, 501].includes(answeredStatus(exchange));

/** Checks of tool calls and structured answers. */
export const TOOL_CHECKS: readonly ServerCheck[] = [
  {
    id: "tools/call",
    says: "calls the tool that it is given to, with arguments in JSON",
    level: "must",
    why: "Agents run the tool with the arguments as they are.",
    rule: "OpenAI API, Chat, Create: tool_choice; message.tool_calls[].function.arguments",
    ...eachAnswer(
      ["chat.tools"],
      (exchange) => !isStream(exchange) && !isDeclined(exchange),
      (exchange) =>
        isSuccess(exchange)
          ? callProblems(objectsAmong(asMembers(answeredChoices(exchange)[0]?.["message"])?.["tool_calls"]))
          : [`${shownExchange(exchange)}, expected 200`],
      "the model takes no tools",
    ),
  },
  {
    id: "tools/stream",
    says: "streams tool calls by index: id and name first, arguments that join to JSON",
    level: "must",
    why: "A client that joins by index else makes one call of two, or runs it with half of its arguments.",
    rule: "OpenAI API, Chat, The chat completion chunk object: delta.tool_calls[].index",
    ...eachAnswer(
      ["chat.tools"],
      isEventStream,
      (exchange) => streamedCallProblems(exchange),
      "the model takes no tools",
    ),
  },
  {
    id: "structured/json-schema",
    says: "keeps to the JSON Schema that was asked for",
    level: "should",
    why: "Applications read the answer as data.",
    rule: "OpenAI API, Chat, Create: response_format json_schema",
    ...eachAnswer(
      ["chat.schema"],
      isJsonChat,
      (exchange) => {
        const value = asMembers(jsonValue(assistantText(answeredChoices(exchange)[0]) ?? ""));
        if (value === undefined)
          return [`the text is no JSON object: ${answeredBodyText(exchange).slice(0, 200)}`];
        const isRight =
          Object.keys(value).toSorted().join() === "city,rivers" &&
          typeof value["city"] === "string" &&
          Number.isInteger(value["rivers"]);
        return isRight
          ? []
          : [`the text does not keep to the schema: ${JSON.stringify(value).slice(0, 200)}`];
      },
      "the model takes no response_format",
    ),
  },
];

function callProblems(calls: readonly Members[]): string[] {
  if (calls.length === 0) return ["no tool was called, though one was demanded"];
  return calls.flatMap((call) => {
    const named = asMembers(call["function"]);
    return [
      ...(typeof call["id"] === "string" && call["id"] !== "" ? [] : ["a tool call has no id"]),
      ...(call["type"] === "function" ? [] : [`a tool call has the type ${JSON.stringify(call["type"])}`]),
      ...(named?.["name"] === "get_weather"
        ? []
        : [`the tool ${JSON.stringify(named?.["name"])} was called`]),
      ...argumentProblems(named?.["arguments"]),
    ];
  });
}

function argumentProblems(text: unknown): string[] {
  const value = typeof text === "string" ? asMembers(jsonValue(text)) : undefined;
  if (value === undefined) return [`the arguments are no JSON object: ${String(text).slice(0, 100)}`];
  return typeof value["city"] === "string" ? [] : ["the arguments lack the required city"];
}

function streamedCallProblems(exchange: ServerExchange): string[] {
  const parts = choiceDeltas(exchange).flatMap(({ delta }) => objectsAmong(delta["tool_calls"]));
  if (parts.length === 0) return ["no tool was called, though one was demanded"];
  const byIndex = Map.groupBy(parts, ({ index }) => index);
  return [...byIndex].flatMap(([index, of]) => {
    if (!Number.isInteger(index)) return [`a part of a tool call has the index ${JSON.stringify(index)}`];
    const ids = new Set(of.flatMap(({ id }) => (typeof id === "string" && id !== "" ? [id] : [])));
    const named = of.map((part) => asMembers(part["function"]) ?? {});
    const joined = named.map(({ arguments: text }) => (typeof text === "string" ? text : "")).join("");
    return [
      ...(ids.size === 1 ? [] : [`the call of index ${String(index)} has ${ids.size} ids`]),
      ...(typeof of[0]?.["id"] === "string" ? [] : ["the first part of a call has no id"]),
      ...(named[0]?.["name"] === "get_weather" ? [] : ["the first part of a call has no name"]),
      ...argumentProblems(joined),
    ];
  });
}
