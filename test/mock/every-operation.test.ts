/** Each operation of each OpenAPI, asked rightly with a key that may, is answered: 2xx, or the real server's own refusal. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { OGL_VERSIONS, type OglVersion } from "../../src/openapi/document/versions.ts";
import type { Operation } from "../../src/openapi/document/operations.ts";
import { specOf } from "../../src/openapi/validate/validators.ts";

/** Operations that 0.4.1 never answers well, and later generations as far as their OpenAPI says the same. */
const ALWAYS_REFUSED: Readonly<Record<string, number>> = {
  "DELETE /v1/admin/tokens/{token}": 422,
  "GET /v1/documents/{document_id}/chunks/{chunk_id}": 500,
};

type Body = Readonly<Record<string, unknown>> | FormData | undefined;

const upload = (type: string, name: string, fields: Readonly<Record<string, string>>): FormData => {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", new Blob(["%PDF-1.4 a text"], { type }), name);
  return form;
};

/** Bodies that are right, by path. */
function bodyOf(path: string, ogl: OglVersion, serial: number): Body {
  const router = ogl === "0.4.1" ? "router" : "router_id";
  const messages = [{ role: "user", content: "hello" }];
  const name = `thing ${serial}`;
  const bodies: Readonly<Record<string, Body>> = {
    "/v1/admin/roles": {
      name,
      permissions: ["read_metric"],
      limits: [{ [router]: 1, type: "rpm", value: 5 }],
    },
    "/v1/admin/roles/{}": { name },
    "/v1/admin/users": { email: `${serial}@example.org`, password: "pass-word-1", role: 1 },
    "/v1/admin/users/{}": { name },
    "/v1/admin/organizations": { name },
    "/v1/admin/organizations/{}": { name },
    "/v1/admin/tokens": { user: 1, name },
    "/v1/admin/routers": { name, type: "text-generation" },
    "/v1/admin/routers/{}": { name },
    "/v1/admin/providers": {
      [router]: 1,
      type: "vllm",
      url: `http://upstream.example/${serial}`,
      model_name: name,
      timeout: 5,
    },
    "/v1/admin/providers/{}": { timeout: 7 },
    "/v1/me/info": { name },
    "/v1/me/keys": { name },
    "/v1/keys": { name },
    "/v1/auth/login": { email: "user-1@example.org", password: "user-1" },
    "/v1/collections": { name },
    "/v1/collections/{}": { name },
    "/v1/documents": upload("text/plain", "a.txt", { collection_id: "1" }),
    "/v1/documents/{}/chunks": { chunks: [{ content: "a chunk" }] },
    "/v1/search": { query: "chunk" },
    "/v1/chat/completions": { model: "chat", messages },
    "/v1/embeddings": { model: "embed", input: "hello" },
    "/v1/rerank": { model: "rank", query: "q", documents: ["a", "b"] },
    "/v1/audio/transcriptions": upload("audio/wav", "a.wav", { model: "listen" }),
    "/v1/ocr": {
      model: "look",
      document: { type: "document_url", document_url: "https://example.org/a.pdf" },
    },
    "/v1/parse-beta": upload("application/pdf", "a.pdf", {}),
  };
  return bodies[path.replaceAll(/\{[^}]*\}/g, "{}")];
}

const MODELS = [
  { id: "chat", type: "text-generation" },
  { id: "embed", type: "text-embeddings-inference" },
  { id: "rank", type: "text-classification" },
  { id: "listen", type: "automatic-speech-recognition" },
  { id: "look", type: "image-to-text" },
];

const ORDER = ["POST", "GET", "PATCH", "DELETE"];
/** What contains others is deleted after them. */
const DEPTH = [
  "chunks",
  "documents",
  "collections",
  "keys",
  "tokens",
  "users",
  "roles",
  "providers",
  "routers",
];

function operationsInOrder(ogl: OglVersion): Operation[] {
  const depth = ({ path }: Operation): number => DEPTH.findIndex((part) => path.includes(part));
  const rank = (operation: Operation): number =>
    ORDER.indexOf(operation.method) * 100 +
    (operation.method === "DELETE" ? depth(operation) : 50 - depth(operation));
  return specOf(ogl).operations.list.toSorted((a, b) => rank(a) - rank(b));
}

describe.each(OGL_VERSIONS)("OGL %s", (ogl) => {
  const world: MockOptions["world"] = { ogl, models: MODELS, vectorStore: true, parser: true };
  let mock: RunningMock;
  /** Key of an administrator. */
  let admin = "changeme";
  /** Ids that were made last, by the path at which they were. */
  const made = new Map<string, number>();
  let serial = 100;

  beforeAll(async () => {
    mock = await startMock({ world, speed: Infinity });
    // An administrator who is a user: on 0.4.1 the master key can't do all.
    const role = { name: "root", permissions: ["admin"], limits: [] };
    await send("POST", "/v1/admin/roles", "changeme", role);
    const user = { email: "root@example.org", password: "root", role: made.get("/v1/admin/roles") };
    await send("POST", "/v1/admin/users", "changeme", user);
    const token = { user: made.get("/v1/admin/users"), name: "root" };
    admin = await send("POST", "/v1/admin/tokens", "changeme", token).then(
      ([, text]) => (JSON.parse(text) as { token: string }).token,
    );
  });
  afterAll(() => mock.close());

  async function send(
    method: string,
    path: string,
    key: string,
    body: Body,
  ): Promise<[status: number, text: string, type: string | undefined]> {
    const isForm = body instanceof FormData;
    const response = await fetch(mock.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 201) made.set(path, (JSON.parse(text) as { id: number }).id);
    return [response.status, text, response.headers.get("content-type") ?? undefined];
  }

  /** The path of an operation, with ids of what was made last. */
  const pathOf = ({ path }: Operation): string =>
    path.replaceAll(/\{([^}]*)\}/g, (parameter, name: string, at: number) => {
      if (name === "model") return "chat";
      if (name.startsWith("chunk")) return "0";
      const list = path.slice(0, at - 1);
      const id = made.get(list === "/v1/chunks" ? "/v1/documents" : list);
      return id === undefined ? parameter : String(id);
    });

  it("answers each operation", async () => {
    const wrong: string[] = [];
    let answered = 0;
    const spec = specOf(ogl);
    const operations = operationsInOrder(ogl);
    for (const operation of operations) {
      const { method, path } = operation;
      const body = method === "GET" || method === "DELETE" ? undefined : bodyOf(path, ogl, serial++);
      const key = path.startsWith("/v1/admin/") ? admin : "sk-any";
      const [status, text, type] = await send(method, pathOf(operation), key, body);
      const refused = ogl === "0.4.1" || status === 422 ? ALWAYS_REFUSED[`${method} ${path}`] : undefined;
      const findings = spec.validateResponse({
        operation,
        status,
        contentType: type,
        body: Buffer.from(text),
      });
      const good = refused === status || (status >= 200 && status < 300);
      if (good && findings.length === 0) answered++;
      else
        wrong.push(
          `${method} ${pathOf(operation)}: ${status} ${text.slice(0, 160)} ${JSON.stringify(findings.slice(0, 2))}`,
        );
    }
    console.log(`OGL ${ogl}: ${answered} of ${operations.length} operations answered`);
    expect(wrong).toEqual([]);
  });

  it("leaves none to a miss in the default world", async () => {
    await using plain = await startMock({ ogl, speed: Infinity });
    const missed: string[] = [];
    for (const operation of operationsInOrder(ogl)) {
      const { method, path } = operation;
      const body = method === "GET" || method === "DELETE" ? undefined : bodyOf(path, ogl, serial++);
      const isForm = body instanceof FormData;
      const response = await fetch(plain.url + path.replaceAll(/\{[^}]*\}/g, "1"), {
        method,
        headers: {
          authorization: `Bearer ${path.startsWith("/v1/admin/") ? "changeme" : "sk-any"}`,
          ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      });
      await response.text();
      if (response.headers.has("x-gatetape-miss")) missed.push(`${method} ${path}`);
    }
    expect(missed).toEqual([]);
  });
});
