/** A walk over each operation of an OpenAPI: what is asked of it rightly, and how else it can be asked. */
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { World } from "../../src/ogl/state/types.ts";
import type { Operation } from "../../src/openapi/document/operations.ts";
import type { OglVersion } from "../../src/openapi/document/versions.ts";
import { specOf } from "../../src/openapi/validate/validators.ts";
import { askAlone } from "./own-connection.ts";

export const PLAIN = "sk-plain";
export const ADMIN = "sk-root";

const world = (ogl: OglVersion): World => ({
  ogl,
  models: [
    { id: "chat", type: "text-generation" },
    { id: "embed", type: "text-embeddings-inference" },
    { id: "rank", type: "text-classification" },
    { id: "listen", type: "automatic-speech-recognition" },
    { id: "look", type: "image-to-text" },
  ],
  keys: [
    { key: PLAIN, user: 11, email: "plain@example.org", password: "plain-pass" },
    { key: ADMIN, user: 12, permissions: ["admin"] },
  ],
  vectorStore: true,
  parser: true,
});

export type Body = Readonly<Record<string, unknown>> | FormData | undefined;

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly missed: boolean;
  /** Deviations of the answer from the OpenAPI. */
  readonly findings: readonly unknown[];
}

const upload = (type: string, name: string, fields: Readonly<Record<string, string>>): FormData => {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", new Blob(["%PDF-1.4 a text"], { type }), name);
  return form;
};

/** Operations with a body that none of its schema's members are required of. */
const WRONG: Readonly<Record<string, Body>> = {
  "/v1/collections/{}": { name: 5 },
  "/v1/admin/organizations/{}": { name: 5 },
  "/v1/admin/users/{}": { role: "x", role_id: "x" },
  "/v1/admin/roles": { name: 5 },
  "/v1/admin/roles/{}": { name: 5 },
  "/v1/admin/routers/{}": { name: 5 },
  "/v1/admin/providers/{}": { timeout: "long" },
  "/v1/me/info": { name: 5 },
  "/v1/me": { name: 5 },
  "/v1/search": { query: 5 }, // without a query it fails (observed on 0.4.1: search-43)
};

const TAKES_FORM = new Set(["/v1/documents", "/v1/audio/transcriptions", "/v1/parse-beta"]);
const plainPath = (path: string): string => path.replaceAll(/\{[^}]*\}/g, "{}");

/** Order in which what contains others is made before them, and deleted after. */
const DEPTH = [
  "chunks",
  "documents",
  "collections",
  "keys",
  "tokens",
  "users",
  "roles",
  "organizations",
  "providers",
  "routers",
];
const ORDER = ["POST", "GET", "PATCH", "DELETE"];

export class Walk {
  readonly ogl: OglVersion;
  readonly operations: readonly Operation[];
  readonly mock: RunningMock;
  /** Ids that were made last, by the path at which they were. */
  readonly #made = new Map<string, number>();
  #serial = 100;

  private constructor(ogl: OglVersion, mock: RunningMock) {
    this.ogl = ogl;
    this.mock = mock;
    const depth = ({ path }: Operation): number => DEPTH.findIndex((part) => path.includes(part));
    const rank = (operation: Operation): number =>
      ORDER.indexOf(operation.method) * 100 +
      (operation.method === "DELETE" ? depth(operation) : 50 - depth(operation));
    this.operations = specOf(ogl).operations.list.toSorted((a, b) => rank(a) - rank(b));
  }

  static async start(ogl: OglVersion): Promise<Walk> {
    const walk = new Walk(ogl, await startMock({ world: world(ogl), cassettes: [], speed: Infinity }));
    if (ogl === "next") await walk.#join();
    return walk;
  }

  /** Gives the user an organization, as each user of `next` has one. */
  async #join(): Promise<void> {
    const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
      const headers = { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      return JSON.parse((await askAlone(this.mock.url + path, init)).text) as Record<string, unknown>;
    };
    const { id } = await ask("POST", "/v1/admin/organizations", { name: "of the user" });
    const user = await ask("GET", "/v1/admin/users/11");
    await ask("PATCH", "/v1/admin/users/11", { ...user, organization_id: id });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.mock.close();
  }

  /** A key that may. */
  keyOf({ path }: Operation): string {
    return path.startsWith("/v1/admin/") ? ADMIN : PLAIN;
  }

  /** The path of an operation, with ids of what was made last, or with one value for each. */
  pathOf({ path, method }: Operation, value?: string): string {
    const filled = path.replaceAll(/\{([^}]*)\}/g, (parameter, name: string, at: number) => {
      if (value !== undefined) return value;
      if (name === "model") return "chat";
      if (name.startsWith("chunk")) return "0";
      const list = path
        .slice(0, at - 1)
        .replace("/v1/me/keys", this.ogl === "next" ? "/v1/keys" : "/v1/me/keys");
      const id = this.#made.get(list === "/v1/chunks" ? "/v1/documents" : list);
      return id === undefined ? parameter : String(id);
    });
    const hasTimes = this.ogl === "next" && method === "GET" && path.endsWith("/usage");
    return hasTimes ? `${filled}?start_time=0&end_time=4000000000` : filled;
  }

  /** A body that is right; `undefined` for an operation without one. */
  bodyOf({ path, method, definition }: Operation): Body {
    if (definition.requestBody === undefined || method === "GET" || method === "DELETE") return undefined;
    const serial = this.#serial++;
    const name = `thing ${serial}`;
    const next = this.ogl === "next";
    const router = this.ogl === "0.4.1" ? "router" : "router_id";
    const limits = [{ [router]: 1, type: "rpm", value: 5 }];
    const role = { name, permissions: ["read_metric"], limits };
    const ids = { role_id: 1, organization_id: this.#made.get("/v1/admin/organizations") ?? 1 };
    const user = { email: `${serial}@example.org`, password: "pass-word-1", ...(next ? ids : { role: 1 }) };
    const whole = { name, ...ids, email: `${serial}@example.org`, budget: null, expires: null, priority: 0 };
    const routerBody = { name, type: "text-generation" };
    const costs = { cost_prompt_tokens: 0, cost_completion_tokens: 0 };
    const bodies: Readonly<Record<string, Body>> = {
      "/v1/admin/roles": role,
      "/v1/admin/roles/{}": next ? { ...role, name } : { name },
      "/v1/admin/users": user,
      "/v1/admin/users/{}": next ? whole : { name },
      "/v1/admin/organizations": { name },
      "/v1/admin/organizations/{}": { name },
      "/v1/admin/tokens": { user: 11, name },
      "/v1/admin/keys": { user: 11, name },
      "/v1/admin/routers": routerBody,
      "/v1/admin/routers/{}": next
        ? { ...routerBody, aliases: [], load_balancing_strategy: "shuffle", ...costs }
        : { name },
      "/v1/admin/providers": {
        [router]: this.#made.get("/v1/admin/routers") ?? 1,
        type: "vllm",
        url: `http://upstream.example/${serial}`,
        model_name: name,
        timeout: 5,
      },
      "/v1/admin/providers/{}": { timeout: 7 },
      "/v1/me": { name },
      "/v1/me/info": { name },
      "/v1/me/keys": { name },
      "/v1/me/keys/{}": { name },
      "/v1/keys": { name },
      "/v1/keys/{}": { name },
      "/v1/auth/login": { email: "plain@example.org", password: "plain-pass" },
      "/v1/collections": { name },
      "/v1/collections/{}": { name },
      "/v1/documents": upload("text/plain", "a.txt", {
        collection_id: String(this.#made.get("/v1/collections") ?? 1),
      }),
      "/v1/documents/{}/chunks": { chunks: [{ content: "a chunk" }] },
      "/v1/search": { query: "chunk" },
      ...this.#modelBodies(),
      "/v1/parse-beta": upload("application/pdf", "a.pdf", {}),
    };
    return bodies[plainPath(path)];
  }

  /** Bodies of operations that run on a model; `name` in place of one that fits. */
  #modelBodies(name?: string): Readonly<Record<string, Body>> {
    const document = { type: "document_url", document_url: "https://example.org/a.pdf" };
    return {
      "/v1/chat/completions": { model: name ?? "chat", messages: [{ role: "user", content: "hello" }] },
      "/v1/embeddings": { model: name ?? "embed", input: "hello" },
      "/v1/rerank": { model: name ?? "rank", query: "q", documents: ["a", "b"] },
      "/v1/audio/transcriptions": upload("audio/wav", "a.wav", { model: name ?? "listen" }),
      "/v1/ocr": { model: name ?? "look", document },
    };
  }

  /** A right body, but for its model; `undefined` for an operation without one. */
  bodyWithModel({ path }: Operation, name: string): Body {
    return this.#modelBodies(name)[path];
  }

  /** A body that FastAPI refuses; `undefined` for an operation without one. */
  wrongBodyOf({ path, method, definition }: Operation): Body {
    if (definition.requestBody === undefined || method === "GET" || method === "DELETE") return undefined;
    if (!TAKES_FORM.has(path)) return WRONG[plainPath(path)] ?? {};
    const form = new FormData();
    form.append("model", "listen");
    return form;
  }

  async send(operation: Operation, path: string, key: string | undefined, body: Body): Promise<Answered> {
    const isForm = body instanceof FormData;
    const { status, headers, text } = await askAlone(this.mock.url + path, {
      method: operation.method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    if (status === 201) this.#made.set(path, (JSON.parse(text) as { id: number }).id);
    const contentType = headers.get("content-type") ?? undefined;
    const findings = specOf(this.ogl).validateResponse({
      operation,
      status,
      contentType,
      body: Buffer.from(text),
    });
    return { status, text, missed: headers.has("x-gatetape-miss"), findings };
  }

  /** True if the request keeps to the OpenAPI. */
  isValid(operation: Operation, body: Body): boolean {
    if (body === undefined || body instanceof FormData) return true;
    const contentType = "application/json";
    const bytes = Buffer.from(JSON.stringify(body));
    const parts = { operation, params: {}, query: [], contentType, body: bytes, json: body };
    return specOf(this.ogl)
      .validateRequest(parts)
      .every(({ part }) => part !== "body");
  }
}
