/** Requests that cost a server much, each below the default of `--max-body` but for those that say so. */

export interface Nasty {
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Made when it is sent, since together they take much memory. */
  readonly body: () => string | Uint8Array;
  /** Statuses that are right. @default any but 413 and 5xx */
  readonly statuses?: readonly number[];
}

const CHAT = "/v1/chat/completions";
const EMBEDDINGS = "/v1/embeddings";
const MB = 1024 * 1024;
const user = (content: unknown): object => ({ role: "user", content });

function chat(name: string, more: () => object, messages: () => unknown = () => [user("hello")]): Nasty {
  return {
    name,
    path: CHAT,
    body: () => JSON.stringify({ model: "qwen3-coder", messages: messages(), ...more() }),
  };
}

/** A chat with a member given as text, for values that `JSON.stringify` can't print or that would cost it too much. */
function rawChat(name: string, member: () => string, statuses?: readonly number[]): Nasty {
  return {
    name,
    path: CHAT,
    body: () => `{"model":"qwen3-coder","messages":[{"role":"user","content":"hello"}],${member()}}`,
    ...(statuses === undefined ? {} : { statuses }),
  };
}

function schemaChat(name: string, schema: () => object, prompt = "hello"): Nasty {
  return chat(
    name,
    () => ({ response_format: { type: "json_schema", json_schema: { name: "x", schema: schema() } } }),
    () => [user(prompt)],
  );
}

function embeddings(name: string, input: () => unknown, model = "nomic-embed-text"): Nasty {
  return { name, path: EMBEDDINGS, body: () => JSON.stringify({ model, input: input() }) };
}

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth);
const object = (properties: object): object => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});
/** `a0` needs two of `a1`, which needs two of `a2` …: a value of 2^depth parts. */
const doubling = (depth: number): object => ({
  $defs: Object.fromEntries(
    many(depth, (i) => [
      `a${i}`,
      i === depth - 1
        ? { type: "string" }
        : object({ l: { $ref: `#/$defs/a${i + 1}` }, r: { $ref: `#/$defs/a${i + 1}` } }),
    ]),
  ),
  $ref: "#/$defs/a0",
});
const prose = (size: number): string =>
  "The capital of France is Paris, and the river that it lies on is the Seine. "
    .repeat(Math.ceil(size / 76))
    .slice(0, size);

/** An interaction for the control API. */
const added = (target: string, text: string): object => ({
  name: target,
  request: { method: "GET", target },
  response: {
    status: 200,
    framing: "length",
    headers: [["content-length", null]],
    body: [{ text }],
  },
  waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
});

export const NASTY: readonly Nasty[] = [
  chat(
    "15 MB of prose",
    () => ({}),
    () => [user(prose(15 * MB))],
  ),
  chat(
    "one word of 15 MB",
    () => ({}),
    () => [user("a".repeat(15 * MB))],
  ),
  chat(
    "one word of 20 KB",
    () => ({}),
    () => [user("abcdefghij".repeat(2000))],
  ),
  chat(
    "20 KB of CJK",
    () => ({}),
    () => [user("漢字仮名".repeat(1700))],
  ),
  chat(
    "5 MB of CJK",
    () => ({}),
    () => [user("漢字仮名".repeat(420_000))],
  ),
  chat(
    "3 MB of emoji",
    () => ({}),
    () => [user("👩‍👩‍👧‍👦".repeat(120_000))],
  ),
  chat(
    "15 MB of digits",
    () => ({}),
    () => [user("0123456789".repeat(1_500_000))],
  ),
  chat(
    "15 MB of line ends",
    () => ({}),
    () => [user("\n".repeat(7 * MB))],
  ),
  chat(
    "5 MB of quotes",
    () => ({}),
    () => [user('"a" '.repeat(1_000_000))],
  ),
  chat(
    "4 MB of e-mail signs",
    () => ({}),
    () => [user("a@".repeat(2 * MB))],
  ),
  chat(
    "many sentences",
    () => ({}),
    () => [user("What? ".repeat(2_000_000))],
  ),
  { name: "15 MB of white space", path: CHAT, body: () => " ".repeat(15 * MB) },
  rawChat("white space within", () => `"user":${" ".repeat(15 * MB)}"x"`),
  chat(
    "a million messages",
    () => ({}),
    () => many(350_000, () => user("")),
  ),
  rawChat("a million numbers as messages", () => `"messages":[${"0,".repeat(1_000_000)}0]`),
  rawChat("5 million empty objects", () => `"messages":[${"{},".repeat(5_000_000)}{}]`),
  rawChat("7 million empty lists as messages", () => `"messages":[${"[],".repeat(5_000_000)}[]]`),
  rawChat("a million keys", () => `"metadata":{${many(1_000_000, (i) => `"k${i}":0`).join(",")}}`),
  rawChat("a million equal keys", () => `"metadata":{${'"k":0,'.repeat(1_000_000)}"k":1}`),
  rawChat("10,000 levels", () => `"metadata":${nested(10_000, "[", "]")}`),
  rawChat("7 million levels", () => `"metadata":${nested(7_000_000, "[", "]")}`),
  rawChat(
    "a million levels of objects",
    () => `"metadata":${'{"a":'.repeat(1_000_000)}1${"}".repeat(1_000_000)}`,
  ),
  rawChat("a number of 15 million digits", () => `"seed":${"9".repeat(15_000_000)}`),
  rawChat("a million floats", () => `"logit_bias":{${many(700_000, (i) => `"${i}":1e-5`).join(",")}}`),
  rawChat("escapes", () => `"user":"${"\\u00e9".repeat(2_500_000)}"`),
  rawChat("half surrogates", () => `"user":"${"\\ud800".repeat(2_500_000)}"`, [500]),
  rawChat("NaN and a million numbers", () => `"user":NaN,"metadata":[${"0,".repeat(5_000_000)}0]`, [500]),
  rawChat("a million stops", () => `"stop":[${'"x",'.repeat(1_000_000)}"y"]`),
  rawChat("a million wrong stops", () => `"stop":[${"0,".repeat(1_000_000)}0]`),
  rawChat(
    "a million tools",
    () => `"tools":[${'{"type":"function","function":{"name":"f"}},'.repeat(340_000)}{}]`,
  ),
  rawChat("300,000 wrong tools", () => `"tools":[${'{"type":"search"},'.repeat(300_000)}{"type":"search"}]`),
  rawChat("cut off after 15 MB", () => `"metadata":[${"[0],".repeat(3_500_000)}`.replace(/,$/, "")),
  chat("n of a million", () => ({ n: 1_000_000 })),
  chat("n of 128 with log probabilities", () => ({ n: 128, logprobs: true, top_logprobs: 20 })),
  chat("n of 128, streamed", () => ({ n: 128, logprobs: true, top_logprobs: 20, stream: true })),
  {
    name: "a model's name of 15 MB",
    path: CHAT,
    body: () => JSON.stringify({ model: "x".repeat(15 * MB), messages: [] }),
  },
  schemaChat("allOf of 2,000", () => ({
    allOf: many(2000, (i) => object({ [`p${i}`]: { type: "string" } })),
  })),
  schemaChat("allOf of 200,000", () => ({
    allOf: many(200_000, (i) => object({ [`p${i}`]: { type: "string" } })),
  })),
  schemaChat("anyOf of 20,000", () => ({ anyOf: many(20_000, (i) => ({ const: `v${i}` })) })),
  schemaChat("anyOf of 200,000 objects", () => ({
    anyOf: many(200_000, (i) => object({ [`p${i}`]: false })),
  })),
  schemaChat("anyOf of anyOf", () => ({
    allOf: many(20, () => ({ anyOf: many(60, (i) => object({ [`p${i}`]: { type: "null" } })) })),
  })),
  schemaChat("an enum of 500,000", () => ({ enum: many(500_000, (i) => `v${i}`) })),
  schemaChat("required of 500,000", () => ({ type: "object", required: many(500_000, (i) => `p${i}`) })),
  schemaChat("properties of 100,000", () =>
    object(Object.fromEntries(many(100_000, (i) => [`p${i}`, { type: "string" }]))),
  ),
  schemaChat("doubling to 2^24", () => doubling(24)),
  schemaChat("not, 2,000 levels", () => JSON.parse(`{"not":`.repeat(400) + "{}" + "}".repeat(400)) as object),
  schemaChat("a cycle of references", () => ({
    $ref: "#/$defs/a",
    $defs: { a: { $ref: "#/$defs/b" }, b: { allOf: [{ $ref: "#/$defs/a" }] } },
  })),
  schemaChat("arrays of arrays", () =>
    many(8, (i) => i).reduce<object>((items) => ({ type: "array", minItems: 1000, items }), {
      type: "string",
    }),
  ),
  schemaChat("uniqueItems of 20,000", () => ({
    type: "array",
    uniqueItems: true,
    minItems: 20_000,
    items: { type: "object" },
  })),
  schemaChat("minLength of 20,000 in 10,000 properties", () =>
    object(Object.fromEntries(many(10_000, (i) => [`p${i}`, { type: "string", minLength: 20_000 }]))),
  ),
  schemaChat(
    "a pattern that backtracks over the prompt",
    () => ({ type: "string", pattern: "^(a+)+$" }),
    `Say "${"a".repeat(60)}!"`,
  ),
  schemaChat(
    "a pattern that backtracks over a long word",
    () => ({ type: "string", pattern: "^(a|aa)+$" }),
    `${"a".repeat(5000)}b`,
  ),
  schemaChat("a pattern of nested repeats", () => ({
    type: "string",
    pattern: `${"(".repeat(12)}x${"{1000})".repeat(12)}`,
  })),
  schemaChat("a pattern of 1 MB", () => ({
    type: "string",
    pattern: `^(${many(100_000, (i) => `w${i}`).join("|")})$`,
  })),
  schemaChat("patternProperties that backtrack", () => ({
    type: "object",
    minProperties: 1,
    patternProperties: { "^(x+x+)+y$": { type: "string" } },
    properties: { ["x".repeat(60)]: {} },
    required: ["x".repeat(60)],
  })),
  chat(
    "guided_regex that backtracks",
    () => ({ guided_regex: "(a|a)*(a|a)*b" }),
    () => [user(`Say "${"a".repeat(60)}"`)],
  ),
  chat("guided_choice of 500,000", () => ({ guided_choice: many(500_000, (i) => `v${i}`) })),
  chat("a tool with allOf of 2,000", () => ({
    tools: [
      {
        type: "function",
        function: {
          name: "f",
          parameters: { allOf: many(2000, (i) => object({ [`p${i}`]: { type: "string" } })) },
        },
      },
    ],
    tool_choice: "required",
  })),
  chat("10,000 tools with schemas", () => ({
    tools: many(10_000, (i) => ({
      type: "function",
      function: { name: `f${i}`, parameters: object({ [`p${i}`]: { type: "integer" } }) },
    })),
    tool_choice: "required",
  })),
  embeddings("100,000 embedding inputs", () => many(100_000, (i) => `input ${i}`)),
  embeddings("2,048 embedding inputs", () => many(2048, (i) => `input ${i}`)),
  embeddings("32 inputs of 400 KB", () => many(32, (i) => `${i} ${prose(400_000)}`)),
  embeddings("a million embedding inputs", () => many(1_000_000, () => "")),
  embeddings("3 million tokens", () => many(3_000_000, () => 7)),
  embeddings("300,000 lists of tokens", () => many(300_000, (i) => [i, 1, 2])),
  embeddings("a million wrong inputs", () => many(1_000_000, (i) => (i % 2 === 0 ? 0 : "x"))),
  embeddings("one input of 15 MB without blanks", () => "ab".repeat(7 * MB)),
  {
    name: "100,000 documents to rank",
    path: "/v1/rerank",
    body: () =>
      JSON.stringify({
        model: "rerank-tei",
        query: "which one",
        documents: many(100_000, (i) => `document ${i}`),
      }),
  },
  {
    name: "a form of 10 MB",
    path: "/v1/documents",
    headers: [["content-type", "multipart/form-data; boundary=x"]],
    body: () => `${'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n'.repeat(180_000)}--x--\r\n`,
  },
  {
    name: "a form with a file of 10 MB",
    path: "/v1/documents",
    headers: [["content-type", "multipart/form-data; boundary=x"]],
    body: () =>
      `--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${"b".repeat(10 * MB)}\r\n--x--\r\n`,
  },
  {
    name: "an urlencoded form of 10 MB",
    path: CHAT,
    headers: [["content-type", "application/x-www-form-urlencoded"]],
    body: () => "a=b&".repeat(2_500_000),
  },
  {
    name: "10 MB of text",
    path: CHAT,
    headers: [["content-type", "text/plain"]],
    body: () => prose(10 * MB),
  },
  { name: "10 MB that are no JSON", path: CHAT, body: () => "x".repeat(10 * MB) },
  { name: "10 MB that are no UTF-8", path: CHAT, body: () => new Uint8Array(10 * MB).fill(0xff) },
  {
    name: "UTF-16 of 15 MB",
    path: CHAT,
    body: () => Buffer.from(`[${"0,".repeat(3_500_000)}0]`, "utf16le"),
  },
  { name: "10 MB to a path that is none", path: "/v1/nothing", body: () => `[${"0,".repeat(5_000_000)}0]` },
  {
    name: "2,000 headers",
    method: "GET",
    path: "/v1/models",
    headers: many(2000, (i) => [`x-${i}`, "v".repeat(100)] as const),
    body: () => "",
  },
  { name: "a target of 500 KB", method: "GET", path: `/v1/models?${"a=b&".repeat(125_000)}`, body: () => "" },
  {
    name: "control: 10 MB of wrong interactions",
    path: "/__gatetape/interactions",
    body: () => `[${"1,".repeat(5_000_000)}1]`,
    statuses: [400],
  },
  {
    name: "control: 10 MB of levels",
    path: "/__gatetape/interactions",
    body: () => nested(5_000_000, "[", "]"),
    statuses: [400],
  },
  {
    name: "control: 20,000 interactions",
    path: "/__gatetape/interactions?session=many",
    body: () => JSON.stringify(many(20_000, (i) => added(`/x/${i}`, "x"))),
    statuses: [400],
  },
  {
    name: "control: 2,000 interactions",
    path: "/__gatetape/interactions?session=two",
    body: () => JSON.stringify(many(2000, (i) => added(`/x/${i}`, "x".repeat(5000)))),
    statuses: [201],
  },
  {
    name: "control: an interaction of 10 MB",
    path: "/__gatetape/interactions?session=large",
    body: () => JSON.stringify(added("/large", "x".repeat(10 * MB))),
    statuses: [201],
  },
  {
    name: "control: a million faults",
    method: "PUT",
    path: "/__gatetape/faults",
    body: () => `[${'"chat.stream=reset@3",'.repeat(450_000)}"chat.stream=reset@3"]`,
    statuses: [400],
  },
  {
    name: "control: a fault of 10 MB",
    method: "PUT",
    path: "/__gatetape/faults",
    body: () => JSON.stringify([`chat.stream=${"reset@3+".repeat(1_200_000)}reset@4`]),
    statuses: [400],
  },
  {
    name: "control: no JSON",
    method: "PUT",
    path: "/__gatetape/faults",
    body: () => "[".repeat(10 * MB),
    statuses: [400],
  },
  {
    name: "17 MB (too large)",
    path: CHAT,
    body: () => JSON.stringify({ model: "qwen3-coder", messages: [user("a".repeat(17 * MB))] }),
    statuses: [413],
  },
  {
    name: "control: 17 MB (too large)",
    path: "/__gatetape/interactions",
    body: () => " ".repeat(17 * MB),
    statuses: [413],
  },
];

/** Names of those that take seconds: `npm test` leaves them out. */
export const SLOW: ReadonlySet<string> = new Set([
  "a million messages",
  "control: 10 MB of wrong interactions",
  "one word of 15 MB",
  "5 MB of quotes",
  "4 MB of e-mail signs",
  "15 MB of digits",
  "15 MB of line ends",
  "15 MB of white space",
  "3 MB of emoji",
  "a form of 10 MB",
  "anyOf of anyOf",
  "an enum of 500,000",
  "guided_regex that backtracks",
  "control: 20,000 interactions",
  "15 MB of prose",
  "many sentences",
  "a million numbers as messages",
  "5 million empty objects",
  "7 million empty lists as messages",
  "a million keys",
  "a million floats",
  "half surrogates",
  "NaN and a million numbers",
  "a million stops",
  "a million wrong stops",
  "a million tools",
  "300,000 wrong tools",
  "cut off after 15 MB",
  "allOf of 200,000",
  "anyOf of 200,000 objects",
  "minLength of 20,000 in 10,000 properties",
  "a pattern that backtracks over a long word",
  "patternProperties that backtrack",
  "guided_choice of 500,000",
  "a tool with allOf of 2,000",
  "properties of 100,000",
  "a pattern of 1 MB",
  "required of 500,000",
  "32 inputs of 400 KB",
  "3 million tokens",
  "300,000 lists of tokens",
  "a million wrong inputs",
  "one input of 15 MB without blanks",
  "a million embedding inputs",
  "100,000 documents to rank",
  "UTF-16 of 15 MB",
  "an urlencoded form of 10 MB",
]);
