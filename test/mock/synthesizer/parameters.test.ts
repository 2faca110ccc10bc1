/**
 * The table of parameters in docs/synthesizer.md is made here: each one is sent to a mock of each generation, and what
 * becomes of it is read off the answers. `UPDATE_DOCS=1` writes the table.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createMock } from "../../../src/mock/mock.ts";
import type { World } from "../../../src/ogl/state/types.ts";
import {
  OGL_VERSIONS,
  type OglVersion,
  PINNED_VERSIONS,
  pinnedDocument,
} from "../../../src/openapi/document/versions.ts";

const PAGE = new URL("../../../docs/synthesizer.md", import.meta.url);
const MARKS = [
  "<!-- parameters: made by test/mock/synthesizer/parameters.test.ts -->",
  "<!-- end of parameters -->",
] as const;

const world: World = {
  models: [
    { id: "chat", type: "text-generation", aliases: ["alias"] },
    { id: "vectors", type: "text-embeddings-inference", dimension: 8 },
    { id: "ranks", type: "text-classification" },
  ],
  keys: [{ key: "sk" }],
};

type Body = Readonly<Record<string, unknown>>;

/** A parameter: the values that are tried, under what they are called in the table; and what it needs beside it. */
interface Row {
  readonly name: string;
  readonly values: readonly (readonly [shown: string, value: unknown])[];
  readonly beside?: Body;
  readonly what: string;
}

interface Table {
  readonly path: string;
  readonly schema: string;
  readonly base: Body;
  readonly rows: readonly Row[];
}

const tool = (name: string): object => ({
  type: "function",
  function: { name, description: `${name} of a city`, parameters: { type: "object", properties: {} } },
});
const tools = [tool("weather"), tool("time")];
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const one = (name: string, value: unknown, what: string, beside: Body = {}): Row => ({
  name,
  values: [["", value]],
  what,
  beside,
});

const CHAT: Table = {
  path: "/v1/chat/completions",
  schema: "CreateChatCompletion",
  base: {
    model: "chat",
    messages: [{ role: "user", content: "The weather and the time in Lyon, in a few words?" }],
  },
  rows: [
    one(
      "messages",
      [{ role: "user", content: "hi" }],
      "the answer is about the last message of the user; text, parts, results of functions",
    ),
    one(
      "model",
      "alias",
      "chunks carry the provider's name, JSON the name that was asked for; another model says something else",
    ),
    one("stream", true, "the same answer, token by token"),
    {
      name: "stream_options",
      values: [
        ["`include_usage`", { include_usage: true }],
        ["`continuous_usage_stats`", { include_usage: true, continuous_usage_stats: true }],
      ],
      beside: { stream: true },
      what: "the upstream's usage chunk before OGL's own; with each chunk, as vLLM does",
    },
    one("n", 2, "so many choices, side by side in a stream"),
    one("stop", ["e"], "cuts the text; vLLM's `stop_reason` names the sequence"),
    one(
      "max_completion_tokens",
      3,
      "cuts text and arguments, `finish_reason` is then `length`; wins over `max_tokens`",
    ),
    one("max_tokens", 3, "not declared by OGL, which passes it on: the same"),
    one("logprobs", true, "made up, but consistent: they go with the tokens, and add up to no more than 1"),
    one("top_logprobs", 2, "so many for each token, up to 20", { logprobs: true }),
    one("seed", 7, "another seed, another wording"),
    one("tools", tools, "arguments keep to the parameters, and take up what the prompt says", {
      tool_choice: "auto",
    }),
    {
      name: "tool_choice",
      values: [
        ["`auto`", "auto"],
        ["`required`", "required"],
        ["a name", { type: "function", function: { name: "time" } }],
        [
          "`allowed_tools`",
          { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [tool("time")] } },
        ],
        ["`none`", "none"],
        ["a name that is no tool's", { type: "function", function: { name: "nope" } }],
      ],
      beside: { tools },
      what: "`auto` calls until there is a result to speak of. Left out, 0.4.x calls nothing, and the journal says so; `next` takes it for `auto`",
    },
    one(
      "parallel_tool_calls",
      true,
      "calls each function that the question speaks of, up to four; else only the first",
      {
        tools,
        tool_choice: "auto",
      },
    ),
    {
      name: "response_format",
      values: [
        ["`json_object`", { type: "json_object" }],
        ["`json_schema`", { type: "json_schema", json_schema: { name: "place", schema } }],
      ],
      what: "JSON that keeps to the schema; an object with the keys that the prompt names in quotes",
    },
    one("guided_json", schema, "vLLM's own, passed on by OGL; as `guided_choice` and `guided_regex`"),
    one("guided_choice", ["yes", "no"], "one of them"),
    one("guided_regex", "[a-f]{4}", "a text that matches"),
    one("temperature", 1.5, "changes nothing: the same request gets the same answer"),
    one("top_p", 0.1, "changes nothing"),
    one("frequency_penalty", 1, "changes nothing"),
    one("presence_penalty", 1, "changes nothing"),
    one("logit_bias", { "50256": -100 }, "changes nothing"),
    one("user", "ann", "changes nothing"),
    one("search", true, "OGL's own search: refused as a gateway without a vector store refuses it", {
      search_args: {},
    }),
    one("search_args", { prompt: "x" }, "says nothing without `search`"),
  ],
};

const EMBEDDINGS: Table = {
  path: "/v1/embeddings",
  schema: "EmbeddingsRequest",
  base: { model: "vectors", input: "the capital of France" },
  rows: [
    {
      name: "input",
      values: [
        ["text", "another text"],
        ["texts", ["a", "b"]],
        ["tokens", [1, 2]],
        ["lists of tokens", [[1, 2], [3]]],
        ["nothing", ""],
      ],
      what: "unit vectors, the nearer the more words two texts share",
    },
    one("model", "chat", "of another type"),
    one("dimensions", 2, "the front of the vector, made as long as 1 again; no longer than the model's"),
    {
      name: "encoding_format",
      values: [
        ["`float`", "float"],
        ["`base64`", "base64"],
      ],
      what: "0.4.5 takes `base64` and then fails at it with 500",
    },
    one("user", "ann", "changes nothing"),
  ],
};

const RERANK: Table = {
  path: "/v1/rerank",
  schema: "CreateRerank",
  base: { model: "ranks", query: "capital of France", documents: ["apples", "the capital of France"] },
  rows: [
    one("query", "apples", "the documents that share most words with it come first"),
    one("documents", ["France"], "a score from 0 to 1 for each"),
    one("model", "chat", "of another type"),
    one("top_n", 1, "only so many"),
    one(
      "return_documents",
      true,
      'changes nothing: a model with `"provider": "vllm"` in the world gives them, any other does not',
    ),
  ],
};

const TABLES = [CHAT, EMBEDDINGS, RERANK];

async function ask(ogl: OglVersion, path: string, body: Body): Promise<{ status: number; text: string }> {
  const { gateway } = mocks.get(ogl) as ReturnType<typeof createMock>;
  const response = await gateway.fetch(
    new Request(`http://127.0.0.1${path}`, {
      method: "POST",
      headers: { authorization: "Bearer sk", "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  const text = await response.text();
  // Ids differ with every member of a request.
  return { status: response.status, text: text.replaceAll(/[0-9a-f]{32}/g, "ID") };
}

const mocks = new Map(
  OGL_VERSIONS.map((ogl) => [ogl, createMock({ ogl, world, cassettes: [], speed: Infinity })]),
);

/** `honoured`, `accepted` or `refused`, as the answers with and without it tell. */
async function verdict(
  ogl: OglVersion,
  { path, base }: Table,
  { name, beside = {} }: Row,
  value: unknown,
): Promise<string> {
  const without = await ask(ogl, path, { ...base, ...beside });
  const answer = await ask(ogl, path, { ...base, ...beside, [name]: value });
  if (answer.status >= 300) return `refused (${answer.status})`;
  return answer.text === without.text ? "accepted" : "honoured";
}

async function cell(ogl: OglVersion, table: Table, row: Row): Promise<string> {
  const verdicts = new Map<string, string[]>();
  for (const [shown, value] of row.values) {
    const found = await verdict(ogl, table, row, value);
    verdicts.set(found, [...(verdicts.get(found) ?? []), shown]);
  }
  const [[first] = [""]] = verdicts;
  if (verdicts.size === 1) return first;
  return [...verdicts].map(([found, shown]) => `${shown.join(", ")}: ${found}`).join("; ");
}

async function made(): Promise<string> {
  const lines: string[] = [];
  for (const table of TABLES) {
    lines.push(
      "",
      `### \`POST ${table.path}\``,
      "",
      `| parameter | ${OGL_VERSIONS.join(" | ")} | |`,
      "|---|---|---|---|---|",
    );
    for (const row of table.rows) {
      const cells: string[] = [];
      for (const ogl of OGL_VERSIONS) cells.push(await cell(ogl, table, row));
      lines.push(`| \`${row.name}\` | ${cells.join(" | ")} | ${row.what} |`);
    }
  }
  return lines.join("\n");
}

it("the table of parameters in the docs is what the mock does", async () => {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = MARKS;
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end);
  expect(from).toBeGreaterThan(begin.length);
  expect(to).toBeGreaterThan(from);
  const table = await made();
  const updated = `${page.slice(0, from)}\n${table}\n\n${page.slice(to)}`;
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, updated);
  expect(readFileSync(PAGE, "utf8")).toBe(updated);
});

it.each(PINNED_VERSIONS.flatMap((ogl) => TABLES.map((table) => [ogl, table.path, table] as const)))(
  "%s declares no parameter of %s that the table has not",
  (ogl, _, { schema: name, rows }) => {
    const schemas = pinnedDocument(ogl).components?.["schemas"] as Record<string, { properties: object }>;
    const declared = Object.keys(schemas[name]?.properties ?? {});
    expect(declared.length).toBeGreaterThan(2);
    const known = new Set(rows.map((row) => row.name));
    expect(declared.filter((parameter) => !known.has(parameter))).toEqual([]);
  },
);
