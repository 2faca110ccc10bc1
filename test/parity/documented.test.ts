/**
 * What OpenGateLLM's own documents and programs ask a gateway, typed anew as requests: each is answered, but for those that
 * the real server refuses, too. The documents are those of etalab-ia/OpenGateLLM and of its former name etalab-ia/albert-api.
 */
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { World } from "../../src/ogl/state/types.ts";

const costs = { prompt_tokens: 0.1, completion_tokens: 0.3 };
const models = [
  { id: "small", type: "text-generation", aliases: ["main"], costs },
  { id: "seeing", type: "image-text-to-text" },
  { id: "vectors", type: "text-embeddings-inference", dimension: 16 },
  { id: "ranks", type: "text-classification" },
  { id: "hears", type: "automatic-speech-recognition" },
  { id: "reads", type: "image-to-text" },
];
const permissions = ["admin", "create_public_collection", "read_metric", "provide_models"];
const world = (ogl: "0.4.1" | "0.4.5"): World => ({
  ogl,
  models,
  keys: [{ key: "sk-root", name: "root", permissions, password: "pass-root" }],
  vectorStore: true,
  parser: true,
});

/** Values of answers by a name of ours, which later requests need. */
type Known = Record<string, string>;

interface Request {
  readonly method: string;
  readonly path: string;
  readonly key?: string;
  readonly json?: object;
  /** Fields of a form; a `Blob` is a file. */
  readonly form?: Readonly<Record<string, string | File>>;
}

interface Example {
  /** Where the documents or programs ask it. */
  readonly from: string;
  /** What is asked there. */
  readonly asks: string;
  readonly request: (known: Known) => Request;
  /** Name under which a member of the answer is kept, and the member. */
  readonly keeps?: readonly [name: string, member: string];
  /** Status by which the real server refuses it. @default none: it answers */
  readonly refused?: number;
}

const TEXT = "Electrons are light particles. Thomson found them in 1897.\n\n".repeat(30);

/** A PDF of one page, its text compressed as most programs do it. */
function pdf(text: string): Uint8Array<ArrayBuffer> {
  const content = deflateSync(Buffer.from(`BT /F1 12 Tf 72 720 Td (${text}) Tj ET`));
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n${content.toString("latin1")}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  const body = objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join("");
  return new Uint8Array(Buffer.from(`%PDF-1.4\n${body}trailer\n<< /Root 1 0 R >>\n%%EOF\n`, "latin1"));
}

const textFile = new File([TEXT], "physics.txt", { type: "text/plain" });
const pdfFile = new File([pdf("Electrons are light.")], "physics.pdf", { type: "application/pdf" });
const jsonFile = new File(['[{"title":"a","text":"b"}]'], "base.json", { type: "application/json" });
const soundFile = new File([new Uint8Array(2000)], "sound.mp3", { type: "audio/mp3" });
const IMAGE = "data:image/png;base64,iVBORw0KGgo=";

const get =
  (path: string | ((known: Known) => string)) =>
  (known: Known): Request => ({
    method: "GET",
    path: typeof path === "string" ? path : path(known),
  });
const post =
  (path: string, json: object | ((known: Known) => object)) =>
  (known: Known): Request => ({
    method: "POST",
    path,
    json: typeof json === "function" ? (json as (known: Known) => object)(known) : json,
  });
const chat = (more: object | ((known: Known) => object)) =>
  post("/v1/chat/completions", (known) => ({
    model: "small",
    messages: [{ role: "user", content: "Who found the electron?" }],
    ...(typeof more === "function" ? (more as (known: Known) => object)(known) : more),
  }));
const upload =
  (file: File, fields: Readonly<Record<string, string>>, name = "collection_id") =>
  (known: Known): Request => ({
    method: "POST",
    path: "/v1/documents",
    form: { file, ...fields, [name]: known["collection"] ?? "" },
  });
const limits = (known: Known): object[] =>
  [1, 2, 3].flatMap((router) =>
    ["rpm", "rpd", "tpm", "tpd"].map((type) => ({
      [known["routerMember"] ?? ""]: router,
      type,
      value: null,
    })),
  );
const page = "offset=0&limit=10&order_by=id&order_direction=desc";

const GUIDES = "docs/docs/guides";
const OLD = "docs/tutorials (until 2025)";
const PLAYGROUND = "playground/app/features";

const EXAMPLES: readonly Example[] = [
  // First steps.
  {
    from: "docs/docs/getting-started/quickstart.md",
    asks: "a chat with the first key",
    request: chat({}),
  },
  { from: `${GUIDES}/models.md`, asks: "all models", request: get("/v1/models") },
  { from: `${GUIDES}/models.md`, asks: "one model", request: get("/v1/models/small") },
  { from: `${GUIDES}/models.md`, asks: "one model by its alias", request: get("/v1/models/main") },
  { from: `${GUIDES}/chat_completions.md`, asks: "a chat", request: chat({ stream: false, n: 1 }) },
  { from: `${GUIDES}/chat_completions.md`, asks: "a stream", request: chat({ stream: true, n: 1 }) },
  { from: "docs/IDE_assistant.md", asks: "a chat by the name of an alias", request: chat({ model: "main" }) },
  {
    from: "docs: overview of types of models",
    asks: "vectors of texts",
    request: post("/v1/embeddings", {
      model: "vectors",
      input: ["a text", "another"],
      encoding_format: "float",
    }),
  },
  {
    from: "docs: overview of types of models",
    asks: "a ranking",
    request: post("/v1/rerank", {
      model: "ranks",
      query: "electron",
      documents: ["light", "electrons"],
      top_n: 1,
    }),
  },
  // Images, sound, pages.
  {
    from: `${OLD}/pdf_ocr.ipynb`,
    asks: "the text in an image by a chat",
    request: chat({
      model: "seeing",
      temperature: 0.15,
      messages: [
        { role: "system", content: "Read what is on the page." },
        {
          role: "user",
          content: [
            { type: "text", text: "Read it" },
            { type: "image_url", image_url: { url: IMAGE } },
          ],
        },
      ],
    }),
  },
  {
    from: `${OLD}/audio_transcriptions.ipynb`,
    asks: "the words of a recording",
    request: () => ({
      method: "POST",
      path: "/v1/audio/transcriptions",
      form: { file: soundFile, model: "hears", language: "fr", response_format: "json", temperature: "0.2" },
    }),
  },
  ...[
    "https://example.org/a.pdf",
    `data:application/pdf;base64,${Buffer.from(pdf("x")).toString("base64")}`,
  ].map((url): Example => ({
    from: `${GUIDES}/ocr.md`,
    asks: `the text of a PDF at ${url.slice(0, 5)}`,
    request: post("/v1/ocr", {
      model: "reads",
      document: { type: "document_url", document_url: url },
      include_image_base64: true,
    }),
  })),
  ...["https://example.org/a.jpg", IMAGE].map((url): Example => ({
    from: `${GUIDES}/ocr.md`,
    asks: `the text of an image at ${url.slice(0, 5)}`,
    request: post("/v1/ocr", {
      model: "reads",
      document: { type: "image_url", image_url: url },
      include_image_base64: true,
    }),
  })),
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "the pages of a PDF",
    request: () => ({
      method: "POST",
      path: "/v1/parse-beta",
      form: { file: pdfFile, output_format: "markdown", force_ocr: "false" },
    }),
  },
  // Documents.
  {
    from: `${GUIDES}/rag.md`,
    asks: "a collection",
    request: post("/v1/collections", { name: "tutorial" }),
    keeps: ["collection", "id"],
  },
  {
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: "a collection with a model of vectors",
    request: post("/v1/collections", { name: "tutorial", model: "vectors" }),
  },
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "a private collection with a description",
    request: post("/v1/collections", { name: "Physics", description: "for tests", visibility: "private" }),
    keeps: ["other", "id"],
  },
  {
    from: `${GUIDES}/rag.md`,
    asks: "an upload of a PDF under the collection's old name",
    request: upload(pdfFile, {}, "collection"),
    keeps: ["document", "id"],
  },
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "an upload with the size of chunks, and fields that are no more",
    request: upload(
      textFile,
      {
        output_format: "markdown",
        force_ocr: "false",
        languages: "fr",
        chunk_size: "1000",
        chunk_overlap: "200",
        use_llm: "false",
        paginate_output: "false",
        chunker: "RecursiveCharacterTextSplitter",
        length_function: "len",
        chunk_min_size: "0",
        is_separator_regex: "false",
        metadata: "",
      },
      "collection",
    ),
  },
  {
    from: "docs: parameters of an upload",
    asks: "an upload with metadata",
    request: upload(textFile, { name: "named", metadata: '{"source_date":"2026-01-01"}' }),
  },
  {
    from: `${OLD}/import_knowledge_database.ipynb`,
    asks: "an upload of JSON",
    request: upload(jsonFile, {}),
    refused: 422,
  },
  {
    from: `${GUIDES}/rag.md`,
    asks: "the collection",
    request: get(({ collection }) => `/v1/collections/${collection}`),
  },
  {
    from: "docs: collections",
    asks: "the private collections",
    request: get("/v1/collections?offset=0&limit=10&visibility=private"),
  },
  {
    from: `${OLD}/import_knowledge_database.ipynb`,
    asks: "the document",
    request: get(({ document }) => `/v1/documents/${document}`),
  },
  {
    from: "docs/search.md",
    asks: "the documents of the collection",
    request: get(({ collection }) => `/v1/documents?collection_id=${collection}`),
  },
  {
    from: "docs/search.md",
    asks: "the chunks of the document",
    request: get(({ document }) => `/v1/documents/${document}/chunks`),
  },
  {
    from: "docs: collections",
    asks: "a new name, for everybody to see",
    request: ({ collection }) => ({
      method: "PATCH",
      path: `/v1/collections/${collection}`,
      json: { name: "Updated", visibility: "public", description: "new" },
    }),
  },
  ...["semantic", "lexical", "hybrid"].map((method): Example => ({
    from: `${GUIDES}/rag.md`,
    asks: `a ${method} search by the old names`,
    request: post("/v1/search", ({ collection }) => ({
      prompt: "Who found the electron?",
      collections: [Number(collection)],
      k: 6,
      method,
    })),
  })),
  {
    from: "docs/docs/functionalities/document-management/search.md",
    asks: "a semantic search above a score",
    request: post("/v1/search", ({ collection, other }) => ({
      prompt: "electron",
      collections: [Number(collection), Number(other)],
      method: "semantic",
      limit: 10,
      score_threshold: 0.7,
    })),
  },
  {
    from: "docs/docs/functionalities/document-management/search.md",
    asks: "a hybrid search with its constant",
    request: post("/v1/search", ({ collection }) => ({
      query: "electron",
      collection_ids: [Number(collection)],
      method: "hybrid",
      limit: 10,
      rff_k: 20,
    })),
  },
  {
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: "a search of the web",
    request: post("/v1/search", ({ collection }) => ({
      prompt: "electron",
      collections: [Number(collection)],
      web_search: true,
      k: 6,
    })),
  },
  {
    from: "albert-api: docs/tutorials/retrieval_augmented_generation.ipynb",
    asks: "a search in the collection that stood for the web",
    request: post("/v1/search", { prompt: "electron", collections: ["internet"], k: 6 }),
    refused: 422,
  },
  ...[false, true].map((stream): Example => ({
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: `a ${stream ? "streamed " : ""}chat that searches`,
    request: chat(({ collection }) => ({
      stream,
      n: 1,
      search: true,
      search_args: { collections: [Number(collection)], k: 6, method: "semantic" },
    })),
  })),
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "a chat that searches with a template and a score",
    request: chat(({ collection }) => ({
      temperature: 0.3,
      max_completion_tokens: 500,
      search: true,
      search_args: {
        collections: [Number(collection)],
        k: 5,
        method: "semantic",
        score_threshold: 0.1,
        template: "{prompt} by {chunks}",
      },
    })),
  },
  {
    from: "docs: collections",
    asks: "an end of the document",
    request: ({ document }) => ({ method: "DELETE", path: `/v1/documents/${document}` }),
  },
  {
    from: `${OLD}/import_knowledge_database.ipynb`,
    asks: "an end of the collection",
    request: ({ collection }) => ({ method: "DELETE", path: `/v1/collections/${collection}` }),
  },
  // Administration.
  { from: "scripts/create_admin.py", asks: "the routers", request: get("/v1/admin/routers") },
  {
    from: "scripts/create_admin.py",
    asks: "a role with limits on each of them",
    request: post("/v1/admin/roles", (known) => ({
      name: "admin-role",
      permissions: ["admin"],
      limits: limits(known),
    })),
    keeps: ["role", "id"],
  },
  { from: "scripts/create_admin.py", asks: "the roles", request: get("/v1/admin/roles") },
  {
    from: "scripts/create_admin.py",
    asks: "a user of the role",
    request: post("/v1/admin/users", ({ role }) => ({
      email: "first@example.org",
      name: "first@example.org",
      password: "changeme",
      role: Number(role),
    })),
    keeps: ["user", "id"],
  },
  { from: "scripts/create_admin.py", asks: "the users", request: get("/v1/admin/users") },
  {
    from: "scripts/create_admin.py",
    asks: "a key for the user",
    request: post("/v1/admin/tokens", ({ user }) => ({ user: Number(user), name: "my-first-token" })),
    keeps: ["key", "token"],
  },
  {
    from: "scripts/create_admin.py",
    asks: "a chat with that key",
    request: (known) => ({ ...chat({})(known), key: known["key"] ?? "" }),
  },
  {
    from: "docs/budget.md",
    asks: "a budget for the user",
    request: ({ user }) => ({ method: "PATCH", path: `/v1/admin/users/${user}`, json: { budget: 100 } }),
  },
  {
    from: `${PLAYGROUND}/auth`,
    asks: "a login",
    request: post("/v1/auth/login", { email: "first@example.org", password: "changeme" }),
    keeps: ["playground", "key"],
  },
  {
    from: `${PLAYGROUND}/auth`,
    asks: "who has logged in",
    request: (known) => ({ method: "GET", path: "/v1/me/info", key: known["playground"] ?? "" }),
  },
  {
    from: `${PLAYGROUND}/account`,
    asks: "another name",
    request: (known) => ({
      method: "PATCH",
      path: "/v1/me/info",
      key: known["playground"] ?? "",
      json: { name: "First" },
    }),
  },
  {
    from: `${PLAYGROUND}/account`,
    asks: "another password",
    request: (known) => ({
      method: "PATCH",
      path: "/v1/me/info",
      key: known["playground"] ?? "",
      json: { current_password: "changeme", password: "changed" },
    }),
  },
  {
    from: `${PLAYGROUND}/chat`,
    asks: "a chat with all that its page has",
    request: chat({
      temperature: 0.7,
      top_p: 1,
      max_completion_tokens: 512,
      frequency_penalty: 0,
      presence_penalty: 0,
      stream: true,
      seed: 7,
      stop: ["END"],
    }),
  },
  {
    from: `${PLAYGROUND}/keys`,
    asks: "a key that expires",
    request: () => post("/v1/me/keys", { name: "key", expires: Math.floor(Date.now() / 1000) + 3600 })({}),
    keeps: ["ownKey", "id"],
  },
  { from: `${PLAYGROUND}/keys`, asks: "the keys", request: get(`/v1/me/keys?${page}`) },
  {
    from: `${PLAYGROUND}/keys`,
    asks: "an end of the key",
    request: ({ ownKey }) => ({ method: "DELETE", path: `/v1/me/keys/${ownKey}` }),
  },
  {
    from: `${PLAYGROUND}/usage`,
    asks: "the uses of a month at one endpoint",
    request: () => {
      const now = Math.floor(Date.now() / 1000);
      const times = `start_time=${now - 2_592_000}&end_time=${now}`;
      const path = `/v1/me/usage?offset=0&limit=50&${times}&endpoint=%2Fv1%2Fchat%2Fcompletions`;
      return { method: "GET", path };
    },
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "an organization",
    request: post("/v1/admin/organizations", { name: "org" }),
    keeps: ["organization", "id"],
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "another name of it",
    request: ({ organization }) => ({
      method: "PATCH",
      path: `/v1/admin/organizations/${organization}`,
      json: { name: "organization" },
    }),
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "all of them",
    request: get(`/v1/admin/organizations?${page}`),
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "a user with all that its form has",
    request: post("/v1/admin/users", ({ role, organization }) => ({
      email: "second@example.org",
      password: "changeme",
      role: Number(role),
      priority: 1,
      expires: Math.floor(Date.now() / 1000) + 86_400,
      budget: 10,
      organization: Number(organization),
    })),
    keeps: ["second", "id"],
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "users of a role and an organization",
    request: get(
      ({ role, organization }) => `/v1/admin/users?${page}&role=${role}&organization=${organization}`,
    ),
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "another e-mail, and no budget",
    request: ({ second, role }) => ({
      method: "PATCH",
      path: `/v1/admin/users/${second}`,
      json: {
        email: "third@example.org",
        name: "Third",
        role: Number(role),
        expires: null,
        priority: 0,
        budget: null,
      },
    }),
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "an end of the user",
    request: ({ second }) => ({ method: "DELETE", path: `/v1/admin/users/${second}` }),
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "an end of the organization",
    request: ({ organization }) => ({ method: "DELETE", path: `/v1/admin/organizations/${organization}` }),
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "a router",
    request: post("/v1/admin/routers", {
      name: "new-router",
      type: "text-generation",
      load_balancing_strategy: "least_busy",
      cost_prompt_tokens: 0.1,
      cost_completion_tokens: 0.2,
      aliases: ["new-alias"],
    }),
    keeps: ["router", "id"],
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "the routers with the parameters of other lists",
    request: get(`/v1/admin/routers?${page}`),
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "a provider of the router",
    request: post("/v1/admin/providers", (known) => ({
      [known["routerMember"] ?? ""]: Number(known["router"]),
      model_name: "upstream",
      type: "vllm",
      url: "http://127.0.0.1:8001",
      key: "upstream-key",
      timeout: 30,
      model_hosting_zone: "FRA",
      model_total_params: 8,
      model_active_params: 8,
      qos_metric: "inflight",
      qos_limit: 0.5,
    })),
    keeps: ["provider", "id"],
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "the providers",
    request: get(({ router }) => `/v1/admin/providers?${page}&router=${router}`),
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "its router and its user",
    request: get(({ router }) => `/v1/admin/routers/${router}`),
  },
  {
    from: "docs/src/content/docs/getting-started/models.mdx",
    asks: "a chat with the new model",
    request: chat({ model: "new-router" }),
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "another timeout",
    request: ({ provider }) => ({
      method: "PATCH",
      path: `/v1/admin/providers/${provider}`,
      json: {
        timeout: 60,
        model_hosting_zone: "WOR",
        model_total_params: 1,
        model_active_params: 1,
        qos_metric: null,
        qos_limit: null,
      },
    }),
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "another name of the router",
    request: ({ router }) => ({
      method: "PATCH",
      path: `/v1/admin/routers/${router}`,
      json: { name: "renamed", type: "text-generation", aliases: [], load_balancing_strategy: "shuffle" },
    }),
  },
  {
    from: `${PLAYGROUND}/roles`,
    asks: "other limits of a role",
    request: (known) => ({
      method: "PATCH",
      path: `/v1/admin/roles/${known["role"]}`,
      json: { limits: limits(known).slice(0, 4) },
    }),
  },
  { from: `${PLAYGROUND}/roles`, asks: "the roles", request: get(`/v1/admin/roles?${page}`) },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "an end of the provider",
    request: ({ provider }) => ({ method: "DELETE", path: `/v1/admin/providers/${provider}` }),
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "an end of the router",
    request: ({ router }) => ({ method: "DELETE", path: `/v1/admin/routers/${router}` }),
  },
  // Monitoring, and what is no more.
  { from: "docs: dependencies, Prometheus", asks: "the metrics", request: get("/metrics") },
  { from: "docs: deployment", asks: "the health", request: get("/health") },
  {
    from: "README.md of the former Python client",
    asks: "a completion of a text",
    request: post("/v1/completions", { model: "small", prompt: "Hello" }),
    refused: 404,
  },
  {
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: "an upload to the operation of the first versions",
    request: () => ({ method: "POST", path: "/v1/files", form: { file: pdfFile, request: "{}" } }),
    refused: 404,
  },
  {
    from: "docs/iam.md",
    asks: "a role at the path of the first versions",
    request: post("/v1/roles", { name: "Admin", permissions: [], limits: [] }),
    refused: 404,
  },
  {
    from: "docs: collections of a later branch",
    asks: "all documents of a collection replaced",
    request: () => ({ method: "PUT", path: "/v1/collections/1", form: { file: textFile } }),
    refused: 405,
  },
  {
    from: "docs: collections of a later branch",
    asks: "a collection by a form",
    request: () => ({ method: "POST", path: "/v1/collections", form: { name: "My Collection" } }),
    refused: 422,
  },
];

describe.each(["0.4.1", "0.4.5"] as const)("what OGL's documents ask of %s", (ogl) => {
  let mock: RunningMock;
  const known: Known = { routerMember: ogl === "0.4.1" ? "router" : "router_id" };
  beforeAll(async () => {
    mock = await startMock({ world: world(ogl), cassettes: [], speed: Infinity });
  });
  afterAll(() => mock.close());

  it.each(EXAMPLES)("$asks ($from)", async ({ request, keeps, refused }) => {
    const { method, path, key = "sk-root", json, form } = request(known);
    const body = new FormData();
    for (const [name, value] of Object.entries(form ?? {})) body.append(name, value);
    const response = await fetch(mock.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(json === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(json === undefined ? (form === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    expect(refused ?? 200, text).toBe(
      refused === undefined ? response.status - (response.status % 100) : response.status,
    );
    if (keeps === undefined) return;
    const value = (JSON.parse(text) as Record<string, unknown>)[keeps[1]];
    expect(value, text).toBeDefined();
    known[keeps[0]] = String(value);
  });
});
