const TEXT = { type: "string" };
const NUMBERS = { type: "array", items: { type: "number" } };
const PATTERN = { type: "string", minLength: 1 };

const REPLY = {
  additionalProperties: false,
  properties: {
    content: { description: 'Text of a chat\'s answer: "Bonjour".', ...TEXT },
    reasoning: { description: "Text that the model thinks before the content.", ...TEXT },
    toolCalls: {
      description: 'Calls of functions: [{ "name": "get_weather", "arguments": { "city": "Lyon" } }].',
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name"],
        properties: {
          name: { description: "Name of the function.", type: "string", minLength: 1 },
          arguments: { description: "Arguments of the function: any JSON value, or its text." },
        },
      },
    },
    finishReason: { description: 'Finish reason where it is not "stop", "tool_calls" or "length".', ...TEXT },
    embeddings: {
      description: "A vector for each input: [[0.6, 0.8]].",
      type: "array",
      items: NUMBERS,
    },
    scores: { description: "A score for each document: [0.9, 0.1].", ...NUMBERS },
    error: {
      description: 'Refusal of the upstream: { "status": 429, "message": "Rate limit reached" }.',
      type: "object",
      additionalProperties: false,
      required: ["status", "message"],
      properties: {
        status: {
          description: "Status of the refusal, from 400 to 599.",
          type: "integer",
          minimum: 400,
          maximum: 599,
        },
        message: { description: "Message of the refusal.", ...TEXT },
      },
    },
  },
};

/** JSON Schema of a reply with its conditions, as config and control API take it. */
export const REPLY_RULE_SCHEMA: object = {
  type: "object",
  additionalProperties: false,
  required: ["reply"],
  properties: {
    reply: {
      description:
        'A text, an object such as { "content": "…" }, or a list of them, given one after the other.',
      type: ["string", "object", "array"],
      ...REPLY,
      minItems: 1,
      items: { type: ["string", "object"], ...REPLY },
    },
    when: {
      description: 'Conditions for the request: { "model": "…", "message": "…" }.',
      type: "object",
      additionalProperties: false,
      properties: {
        operation: {
          description:
            "One of chat.create, chat.stream, embeddings.create and rerank; * stands for any characters.",
          type: "string",
          minLength: 1,
        },
        model: { description: "Name of the model, or a pattern such as /^qwen/.", ...PATTERN },
        message: {
          description: "Text within the user's last message, or a pattern such as /hello/i.",
          ...PATTERN,
        },
        system: {
          description: "Text within the system's messages, or a pattern such as /hello/i.",
          ...PATTERN,
        },
        turn: {
          description: "Number of the assistant's messages in the request, from 0.",
          type: "integer",
          minimum: 0,
        },
        tool: {
          description:
            "Name of a function that is offered, or whose result is the last message; or a pattern.",
          ...PATTERN,
        },
      },
    },
    times: {
      description: "Number of requests of a session that get the reply, from 1.",
      type: "integer",
      minimum: 1,
    },
    session: { description: "Name of the only session that gets the reply.", type: "string", minLength: 1 },
  },
};
