import type { ChunkSpec, FaultModel, UpstreamRefusal } from "./types.ts";

/** Body of an error as vLLM sends it. */
function flat(status: number, type: string, message: string): UpstreamRefusal {
  return {
    status,
    body: JSON.stringify({ object: "error", message, type, param: null, code: status }),
  };
}

/** Both answers are refused by the upstream. */
function refusing(about: string, refuses: UpstreamRefusal): FaultModel {
  return { about, json: { refuses }, stream: { refuses } };
}

/** Both answers have the faults. */
function faulty(about: string, faults: string): FaultModel {
  return { about, json: { faults }, stream: { faults } };
}

/** A stream of fixed chunks. */
function streaming(about: string, ...chunks: readonly ChunkSpec[]): FaultModel {
  return { about, stream: { chunks } };
}

const DONE: ChunkSpec = { text: "data: [DONE]" };

/** A whole stream with these contents. */
function spoken(...contents: readonly string[]): readonly ChunkSpec[] {
  return [
    { delta: { role: "assistant", content: "" } },
    ...contents.map((content) => ({ delta: { content } })),
    { delta: { content: "" }, finish: "stop" },
    "usage",
    DONE,
  ];
}

const STOP: ChunkSpec = { delta: { content: "A" }, finish: "stop" };
const AFTER_THREE_SECONDS = "ogl-busy@start:error=ReadTimeout + latency:ms=3000";

/**
 * Models of a test gateway whose upstreams misbehave, by id. All forms were observed on 0.4.1, behind upstreams that send what
 * the sentence says, but for those with "inferred".
 */
export const FAULT_MODELS: Readonly<Record<string, FaultModel>> = {
  "t-ok": { about: "answers well" },
  "t-slow": { about: "a chunk every 400 ms", stream: { form: "slow" } },

  "t-die-mid": { about: "dies after three chunks", stream: { faults: "ogl-busy@3" } },
  // The stream is inferred from t-die-at-once.
  "t-die-mid-json": faulty("dies within its JSON", "ogl-busy@start"),
  "t-die-at-once": faulty("closes before a byte", "ogl-busy@start"),
  "t-refused": faulty("refuses the connection", "ogl-unavailable"),
  "t-hang": faulty("hangs until OGL's timeout of 3 s", AFTER_THREE_SECONDS),
  "t-hang-mid": {
    about: "hangs after three chunks, until OGL's timeout of 3 s",
    stream: { faults: "ogl-busy@3:error=ReadTimeout + pause@3:ms=3000" },
  },

  "t-e400": refusing(
    "400 with vLLM's error",
    flat(
      400,
      "BadRequestError",
      "This model's maximum context length is 32768 tokens. However, you requested 99999 tokens.",
    ),
  ),
  // Inferred: the words of the error.
  "t-e400-openai": refusing("400 with OpenAI's error", {
    status: 400,
    body: '{"error":{"message":"Invalid request","type":"invalid_request_error","param":null,"code":"invalid_request"}}',
  }),
  "t-e400-list": refusing("400 with a JSON list", { status: 400, body: '["a",{"b":1}]' }),
  "t-e400-num": refusing("400 with a JSON number, which OGL fails on", { status: 400, body: "5" }),
  "t-e400-str": refusing("400 with a JSON string, which OGL fails on", {
    status: 400,
    body: '"no such message"',
  }),
  "t-s-e400ml": refusing("400 with JSON over several lines", {
    status: 400,
    body: '{\n  "error": {\n    "message": "two lines"\n  }\n}\n',
  }),
  "t-e401": refusing("401", { status: 401, body: '{"error":"Unauthorized"}' }),
  // Inferred: the words of the error.
  "t-e404": refusing("404 with vLLM's error", flat(404, "NotFoundError", "The model does not exist.")),
  "t-e413": refusing("413 as TEI sends it", {
    status: 413,
    body: '{"error":"batch too big","error_type":"Validation"}',
  }),
  "t-e418": refusing("418 whose message is a Python list", {
    status: 418,
    body: `{"message":"[1, 2, 'x']","code":418}`,
  }),
  "t-e422": refusing("422 as FastAPI sends it", {
    status: 422,
    body: '{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required","input":{}}]}',
  }),
  "t-e424": refusing("424 whose message is a Python dictionary", {
    status: 424,
    body: `{"message":"{'a': 1, 'b': ['python literal']}","error_type":"Backend"}`,
  }),
  "t-e429": refusing("429 with OpenAI's error", {
    status: 429,
    body: '{"error":{"message":"Rate limit reached","type":"rate_limit_error","code":"rate_limit_exceeded"}}',
  }),
  "t-e500": refusing("500 with vLLM's error", flat(500, "InternalServerError", "Internal server error")),
  "t-e500-text": refusing("500 with text", { status: 500, body: "Internal Server Error" }),
  "t-e503-html": refusing("503 with a page", {
    status: 503,
    body: "<html>\n<body>no\nbackend</body>\n</html>\n",
  }),
  "t-redirect": refusing("307 without a body", { status: 307, body: "" }),

  "t-nodone": { about: "ends without [DONE]", stream: { faults: "missing-done" } },
  "t-comments": { about: "sends comments, and event:, id: and retry: lines", stream: { form: "comments" } },
  "t-crlf": { about: "ends lines in CRLF, which OGL makes LF" },
  "t-nospace": {
    about: "sends data: without a space, which OGL does not read",
    stream: { form: "no-space" },
  },
  "t-miderror": { about: "an error object after three chunks", stream: { form: "error-midway" } },
  "t-e200-error": {
    about: "an error with status 200",
    json: { form: "error-in-200" },
    stream: { form: "error-midway" },
  },
  "t-invalid-json": {
    about: "sends no JSON",
    json: { faults: "ogl-500" },
    stream: { faults: "malformed-json@2" }, // inferred
  },
  "t-json-charset": {
    about: "names a charset, so that OGL leaves its JSON as it is",
    json: { form: "upstream-usage" },
  },
  "t-stream-json": { about: "answers a stream with JSON", stream: { form: "plain-json" } },
  "t-empty-stream": { about: "ends a stream without a byte", stream: { faults: "ogl-500" } },
  "t-text200": {
    about: "answers 200 with text",
    json: { faults: "ogl-500" },
    stream: { chunks: [{ text: "hello there" }] }, // inferred from t-stream-json
  },
  "t-nochoices": { about: "sends no choices", json: { form: "no-choices" } },
  "t-noid": { about: "sends no id", json: { form: "no-id" } },
  "t-idnull": { about: "sends the id null", json: { form: "null-id" } },
  "t-bigchunk": { about: "sends chunks of 70 kB", stream: { form: "big-chunks" } },
  "t-split": { about: "splits chunks at any byte, which OGL joins" },
  "t-usage-continuous": { about: "sends usage with each chunk", stream: { form: "usage-in-chunks" } },

  "t-reasoning": {
    about: "thinks before it answers",
    json: { says: { content: "Hello, world!", reasoning: "thinking..." } },
    stream: { says: { content: "Hello, world!", reasoning: "thinking..." } },
  },
  "t-u2028": {
    about: "says U+2028, U+0085 and U+2029, at which OGL cuts events in two",
    json: { says: { content: "a\u2028bc\u0085de\u2029f😀 é" } },
    stream: { chunks: spoken("a\u2028b", "c\u0085d", "e\u2029f", "😀 é") },
  },
  "t-dataword": {
    about: "says data: and [DONE]",
    json: { says: { content: "the word data: here and\n\ndata: [DONE]\n\nend" } },
    stream: { chunks: spoken("the word data: here", " and\n\ndata: [DONE]\n\n", "end") },
  },
  "t-tools": {
    about: "streams a tool call that nobody offered",
    stream: { says: { toolCalls: [{ name: "f", arguments: { city: "Paris" } }] } },
  },
  "t-secretecho": { about: "repeats the messages", json: { says: "echo" }, stream: { says: "echo" } },

  "t-s-two": streaming(
    "two data: lines in one event",
    { delta: { content: "A" } },
    { delta: { content: "B" }, finish: "stop" },
    "usage",
    DONE,
  ),
  "t-s-late": streaming("a chunk after [DONE]", STOP, "usage", DONE, { delta: { content: "late" } }),
  "t-s-usagenull": streaming(
    "usage: null in each chunk",
    { delta: { role: "assistant", content: "A" }, more: { usage: null } },
    { delta: { content: "B" }, finish: "stop", more: { usage: null } },
    "usage",
    DONE,
  ),
  // Inferred: OGL's own chunk.
  "t-s-firsterr": streaming(
    "an error as the first event",
    { text: 'data: {"error":{"message":"bad","code":400}}' },
    "usage",
    DONE,
  ),
  "t-s-azure": streaming(
    "a first chunk as Azure sends it",
    {
      text: 'data: {"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[]}',
    },
    { delta: { role: "assistant", content: "A" } },
    { delta: {}, finish: "stop" },
    "usage",
    DONE,
  ),
  "t-s-num": {
    about: "a number as the first event, which OGL fails on",
    stream: { refuses: { status: 500, body: '{"detail": "AttributeError"}' } },
  },
  "t-s-emptydata": streaming(
    "events without data",
    { text: "data: " },
    { text: "data:" },
    STOP,
    "usage",
    DONE,
  ),
  "t-s-doneonly": streaming("[DONE] alone", DONE),
  "t-s-tail": streaming(
    "no line end after [DONE]",
    { delta: { content: "A" } },
    { delta: { content: "B" }, finish: "stop" },
    "usage",
    DONE,
  ),

  "t-embed": { about: "answers well", type: "text-embeddings-inference" },
  "t-embed-base64": {
    about: "sends vectors in base64, which OGL fails on", // inferred from t-embed-bad
    type: "text-embeddings-inference",
    json: { faults: "ogl-500" },
  },
  "t-embed-bad": {
    about: "sends vectors that are none",
    type: "text-embeddings-inference",
    json: { faults: "ogl-500" },
  },
  "t-embed-e413": {
    about: "413 as TEI sends it",
    type: "text-embeddings-inference",
    json: {
      refuses: {
        status: 413,
        body: '{"error":"Input validation error: `inputs` must have less than 512 tokens. Given: 600","error_type":"Validation"}',
      },
    },
  },
};
