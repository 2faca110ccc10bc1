/** Requests that are wrong in one way, to every operation of both pinned OpenAPIs: none is answered by a failure of gatetape's own. */
import * as http from "node:http";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { World } from "../../src/ogl/state/types.ts";
import { specOf } from "../../src/openapi/validate/validators.ts";
import { type MutatedRequest, Mutator } from "../support/mutations.ts";
import { HANG_MS } from "../support/limits.ts";
import { FULL, scaledCases, partOf } from "../support/scaled.ts";

const world = (vectorStore: boolean): World => ({
  models: [
    { id: "m", type: "text-generation" },
    { id: "e", type: "text-embeddings-inference", dimension: 4 },
    { id: "r", type: "text-classification" },
    { id: "rv", type: "text-classification", provider: "vllm" },
    { id: "o", type: "image-to-text" },
    { id: "a", type: "automatic-speech-recognition" },
  ],
  keys: [{ key: "sk-plain" }, { key: "sk-admin", permissions: ["admin"] }],
  vectorStore,
});

/** The right model of each operation that runs on one. */
const MODELS: Readonly<Record<string, string>> = {
  "/v1/embeddings": "e",
  "/v1/rerank": "r",
  "/v1/ocr": "o",
  "/v1/audio/transcriptions": "a",
};

type Version = "0.4.1" | "0.4.5";

interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Case extends MutatedRequest {
  readonly operation: string;
}

function send(
  port: number,
  agent: http.Agent,
  request: MutatedRequest,
  key: string | undefined,
): Promise<Answered> {
  const { method, target: path, headers, body } = request;
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return new Promise((resolve, reject) => {
    const length = { "content-length": body?.length ?? 0 };
    const sent = http.request(
      {
        port,
        agent,
        method,
        path,
        // Each request meets the state of the world, whatever others have changed.
        headers: { ...headers, ...authorization, ...length, "x-gatetape-session": `m${serial++}` },
        setDefaultHeaders: true,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

let serial = 0;

function casesOf(ogl: Version): Case[] {
  const { document, operations } = specOf(ogl);
  const schemas = document.components["schemas"] as ConstructorParameters<typeof Mutator>[0];
  return operations.list
    .filter(({ id }) => id !== "chat.stream")
    .flatMap((operation) => {
      const model = MODELS[operation.path] ?? "m";
      const known = { model, messages: [{ role: "user", content: "hi" }], input: "hi", stream: false };
      return new Mutator(schemas, known)
        .requestsTo(operation)
        .map((request) => ({ ...request, operation: `${operation.method} ${operation.path}` }));
    });
}

/** Problems of an answer that hold for each request, whatever is wrong with it. */
function problemsOf(ogl: Version, request: Case, answer: Answered): string[] {
  const { status, headers, body } = answer;
  const problems: string[] = [];
  const text = body.toString();
  if (text.includes("gatetape failed") || text.includes("no source answers"))
    problems.push(`own failure: ${text}`);
  if (request.method === "HEAD" && body.length > 0) problems.push("HEAD with a body");
  if (headers["x-gatetape-miss"] !== undefined) return problems;
  if (status === 405 && headers.allow === undefined) problems.push("405 without allow");
  if (status === 307 && headers.location === undefined) problems.push("307 without location");
  if (request.method === "HEAD") return problems;
  const path = decoded(request.target.split("?")[0] ?? "");
  const spec = specOf(ogl);
  const found = spec.operations.find(request.method, path)?.operation;
  const isStream = headers["content-type"]?.startsWith("text/event-stream") ?? false;
  const operation = isStream ? found?.streaming : found;
  if (operation === undefined && status < 300) return problems;
  const findings = spec.validateResponse({ operation, status, contentType: headers["content-type"], body });
  for (const { code, pointer, message } of findings)
    if (operation !== undefined || code !== "operation-unknown")
      problems.push(`${status} ${code} ${pointer} ${message}`);
  return problems;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

interface Run {
  readonly options: MockOptions;
  readonly keys: readonly (string | undefined)[];
  /** False to send a tenth of the requests also in the full size. */
  readonly whole: boolean;
  readonly judge?: typeof orderProblems;
}

async function run(
  ogl: Version,
  { options, keys, whole, judge = () => [] }: Run,
): Promise<{ readonly count: number; readonly problems: readonly string[] }> {
  await using mock: RunningMock = await startMock({ ogl, speed: Infinity, ...options });
  const { strict = false } = options;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const kindOf = ({ operation, kind }: Case): string => `${operation} ${kind}`;
  const all = casesOf(ogl);
  const cases = whole
    ? scaledCases(all, ({ operation }) => operation).filter((_, i) => FULL || i % 8 === 0)
    : scaledCases(partOf(all, kindOf));
  const problems: string[] = [];
  for (const request of cases) {
    let toAdmin: Answered | undefined;
    for (const key of keys) {
      try {
        const answer = await send(mock.port, agent, request, key);
        // OGL closes the connection after such an answer without announcing it.
        if (answer.body.toString() === "Internal Server Error") agent.destroy();
        for (const problem of [
          ...problemsOf(ogl, request, answer),
          ...judge({ ogl, key, strict, toAdmin }, request, answer),
        ])
          problems.push(`${request.operation} ${request.name} (${key}): ${problem}`);
        if (key === "sk-admin") toAdmin = answer;
      } catch (error) {
        problems.push(`${request.operation} ${request.name} (${key}): ${String(error)}`);
      }
    }
  }
  agent.destroy();
  return { count: cases.length * keys.length, problems };
}

/** Operations that are answered without a cassette, so that a miss is wrong. */
const ANSWERED =
  /^(?:GET \/(?:health|v1\/models|v1\/models\/\{model\}|v1\/me\/(?:info|keys|keys\/\{key\}))|POST \/v1\/(?:chat\/completions|embeddings|rerank))$/;

/**
 * Operations of administrators that check the fields before the right: observed on 0.4.1 (admin-providers-post-plain,
 * admin-roles-02-create-plain-user), declared by the OpenAPI of 0.4.5.
 */
const FIELDS_FIRST = {
  "0.4.1": /^\/v1\/admin\/(?:routers|providers)\b/,
  "0.4.5": /^\/v1\/admin\/(?:(?:routers|providers|roles)\b|users$|users\/\{user_id\}$)/,
} as const;

interface Circumstances {
  readonly ogl: Version;
  readonly key: string | undefined;
  /** True if misses are right. */
  readonly strict: boolean;
  /** The answer to the same request of an administrator, if that came before. */
  readonly toAdmin: Answered | undefined;
}

/**
 * Problems by the order of a real OGL's checks: key, rights, fields, existence; and misses of what can be answered. */
function orderProblems(
  { ogl, key, strict, toAdmin }: Circumstances,
  request: Case,
  answer: Answered,
): string[] {
  const { status, headers, body } = answer;
  const path = decoded(request.target.split("?")[0] ?? "");
  const operation = specOf(ogl).operations.find(request.method, path)?.operation;
  if (operation === undefined)
    return [307, 404, 405].includes(status) ? [] : [`${status} for what is no operation`];
  const text = body.toString();
  const isMiss = headers["x-gatetape-miss"] !== undefined;
  const got = `${status} ${isMiss ? "miss" : text.slice(0, 120)}`;
  if (isMiss && !strict && ANSWERED.test(`${operation.method} ${operation.path}`))
    return [`miss: ${text.slice(0, 200)}`];
  // FastAPI reads the body before anything else.
  const isSyntax = text.includes('"type":"json_invalid"') || (status === 400 && !isMiss);
  if (!operation.secured || isSyntax) return [];
  if (key === undefined)
    return status === 401 && headers["www-authenticate"] === "Bearer" ? [] : [`without a key: ${got}`];
  // A user who changes the password has to name the present one.
  const isPassword = operation.path === "/v1/me/info" && text.includes("Invalid current password.");
  if (status === 401 && !isPassword) return [`with a key: ${got}`];
  if (!operation.path.startsWith("/v1/admin/")) return [];
  if (key === "sk-admin") return status === 403 ? [`to an administrator: ${got}`] : [];
  if (!FIELDS_FIRST[ogl].test(operation.path))
    return status === 403 && text.includes("Insufficient rights.") ? [] : [`to a plain user: ${got}`];
  // Wrong fields are answered alike to everybody, before the rights are looked at.
  if (status !== 403 && toAdmin?.body.equals(body)) return [];
  if (toAdmin?.status === 422) return [`to a plain user: ${got}, to an administrator: 422`];
  if (ogl === "0.4.1" && operation.method === "PATCH" && operation.path.includes("providers")) return [];
  return status === 403 && text.includes("User has no admin rights.") ? [] : [`to a plain user: ${got}`];
}

describe.each(["0.4.1", "0.4.5"] as const)("requests with one wrong, to OGL %s", (ogl) => {
  it.each([
    ["in a world", { world: world(true), cassettes: [] }],
    ["in a world without a vector store, with the library", { world: world(false) }],
    ["in the default world", {}],
    ["in the world, strict", { world: world(true), strict: true }],
  ] as const)("%s", { timeout: 10 * HANG_MS }, async (name, options) => {
    const judge = !name.includes("default") ? orderProblems : undefined;
    const { count, problems } = await run(ogl, {
      options: { ...options, cassettes: [...("cassettes" in options ? options.cassettes : ["bundled"])] },
      keys: [undefined, "sk-admin", "sk-plain"],
      whole: name === "in a world",
      ...(judge === undefined ? {} : { judge }),
    });
    console.log(`${ogl} ${name}: ${count} requests`);
    expect(problems).toEqual([]);
  });

  it.each([
    ["without cassettes", []],
    ["with the library", ["bundled"]],
    [
      "with cassettes of another version",
      [fileURLToPath(new URL(`../../cassettes/${ogl === "0.4.1" ? "0.4.5" : "0.4.1"}`, import.meta.url))],
    ],
  ])("with the world off, %s", { timeout: 10 * HANG_MS }, async (name, cassettes) => {
    const { count, problems } = await run(ogl, {
      options: { world: "off", cassettes },
      keys: [undefined, "sk-admin"],
      whole: name === "with the library",
    });
    console.log(`${ogl} off: ${count} requests`);
    expect(problems).toEqual([]);
  });
});
