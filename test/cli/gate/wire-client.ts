/**
 * A client as a program: it lists models, asks a chat, a stream and an embedding, as well as it should be done on the
 * wire. `node wire-client.ts [MUTATION]` does one thing wrong. What it makes of the answers is none of the gate's business,
 * so it ends with 0 whatever they are.
 */
import { spawn } from "node:child_process";
import * as http from "node:http";
import type { Mutation } from "./mutations.ts";

const mutation = process.argv[2];
const has = (name: Mutation): boolean => mutation === name;

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** It came to its end by its framing. */
  readonly whole: boolean;
}

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Record<string, string>;
  /** Gives up after that many ms. */
  readonly timeoutMs?: number;
}

const base = new URL(process.env["OPENAI_BASE_URL"] ?? "");
const key = process.env["OPENAI_API_KEY"] ?? "";
/** A connection for each request: on a loaded machine an idle one may be closed just when it is used again. */
const agent = new http.Agent({ keepAlive: false });

/** One request, read to its end or to where it broke off; `undefined` where nothing came. */
function send({ method = "GET", path, body, headers = {}, timeoutMs }: Sent): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const request = http.request({ agent, host: base.hostname, port: base.port, method, path, headers });
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => request.destroy(), timeoutMs);
    const done = (answer: Answer | undefined): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    let begun = false;
    request.on("error", () => {
      if (!begun) done(undefined);
    });
    request.on("response", (response) => {
      begun = true;
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("error", () => {});
      response.on("close", () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, text, whole: response.complete }),
      );
    });
    request.end(body);
  });
}

const FAILED = new Set([429, 500, 502, 503, 504]);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One call: two more tries where the first has failed in a way that may pass, as long after it as was asked for. */
async function call(sent: Sent): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  const most = has("retry-for-ever") ? 13 : 3;
  for (let n = 0; n < most; n++) {
    answer = await send(sent);
    const refused =
      (has("retry-refused") && answer?.status === 400) || (has("retry-404") && answer?.status === 404);
    const cut = answer !== undefined && !answer.whole;
    const failed = answer === undefined || FAILED.has(answer.status) || refused;
    if (!(failed && !cut) && !(cut && has("replay"))) break;
    const requested = Number(answer?.headers["retry-after"] ?? 0);
    await pause(has("retry-early") ? 20 : Math.max(40, requested * 1000));
  }
  return answer;
}

function authorization(): Record<string, string> {
  if (has("no-key")) return {};
  if (has("x-api-key")) return { "X-API-Key": key };
  if (has("lower-scheme")) return { Authorization: `bearer ${key}` };
  if (has("basic")) return { Authorization: `Basic ${Buffer.from(`:${key}`).toString("base64")}` };
  if (has("bare-key")) return { Authorization: key };
  return { Authorization: `Bearer ${key}` };
}

function post(path: string, body: object, headers: Record<string, string> = {}): Sent {
  return {
    method: "POST",
    path,
    body: JSON.stringify(body),
    headers: { ...authorization(), "Content-Type": "application/json", ...headers },
  };
}

const MESSAGES = [{ role: "user", content: "What is the word?" }];
const CHAT = { model: "qwen3-coder", messages: MESSAGES, temperature: 0.2 };

const TOOLS = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];

/** The chat, with what of it is wrong. */
function chat(): Sent {
  const right = post("/v1/chat/completions", CHAT);
  const path = "/v1/chat/completions";
  switch (mutation as Mutation | undefined) {
    case "double-slash":
      return { ...right, path: `/${path}` };
    case "two-v1":
      return { ...right, path: `/v1${path}` };
    case "no-v1":
      return { ...right, path: "/chat/completions" };
    case "prefix":
      return { ...right, path: `/api${path}` };
    case "dots":
      return { ...right, path: "/v1/models/../chat/completions" };
    case "capitals":
      return { ...right, path: "/v1/Chat/Completions" };
    case "trailing-slash":
      return { ...right, path: `${path}/` };
    case "unknown-path":
      return { ...right, path: "/v1/responses" };
    case "put":
      return { ...right, method: "PUT" };
    case "key-in-url":
      return { ...right, path: `${path}?key=${key}` };
    case "key-as-token":
      return { ...right, path: `${path}?access_token=other-secret` };
    case "text-plain":
      return { ...right, headers: { ...right.headers, "Content-Type": "text/plain" } };
    case "form":
      return {
        ...right,
        body: new URLSearchParams({ model: CHAT.model }).toString(),
        headers: { ...right.headers, "Content-Type": "application/x-www-form-urlencoded" },
      };
    case "half-json":
      return { ...right, body: right.body?.slice(0, -9) };
    case "no-body":
      return { ...right, body: undefined };
    case "wrong-type":
      return post(path, { ...CHAT, n: "many" });
    case "no-messages":
      return post(path, { model: CHAT.model, temperature: 0.2 });
    case "unknown-model":
    case "only-unknown-models":
      return post(path, { ...CHAT, model: "gpt-4o" });
    case "tools-without-choice":
      return post(path, { ...CHAT, tools: TOOLS });
    case "stream-options":
      return post(path, { ...CHAT, stream_options: { include_usage: true } });
    case "param-dropped":
      return post(path, { ...CHAT, temperature: 1 });
    case "retry-404":
      return post(path, { ...CHAT, model: "no-such-model" });
    default:
      return right;
  }
}

async function twice(sent: Sent): Promise<Answer | undefined> {
  const [answer] = await Promise.all([send(sent), send(sent)]);
  return answer;
}

async function work(): Promise<void> {
  if (has("silent")) return;
  await call({ path: "/v1/models", headers: authorization() });
  if (has("only-lists")) return;
  if (has("burst"))
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        send({ path: "/v1/models", headers: { ...authorization(), "User-Agent": `${i}` } }),
      ),
    );
  const sent = chat();
  if (has("asked-twice")) await send(sent);
  if (has("gives-up-and-repeats")) await send({ ...sent, timeoutMs: 1500 });
  const answer = has("sent-twice")
    ? await twice(sent)
    : has("same-idempotency-key")
      ? await twice({ ...sent, headers: { ...sent.headers, "Idempotency-Key": "k1" } })
      : await call(sent);
  if (has("only-unknown-models")) return;
  if (!has("prints-nothing")) console.log(answer?.text ?? "");
  await call(
    post("/v1/chat/completions", { ...CHAT, stream: true, stream_options: { include_usage: true } }),
  );
  const format = has("base64-embeddings") ? { encoding_format: "base64" } : {};
  await send(post("/v1/embeddings", { model: "nomic-embed-text", input: ["a", "b"], ...format }));
}

await work();
if (has("exits-7")) process.exitCode = 7;
if (has("hangs")) setInterval(() => {}, 1000);
if (has("leaves-open")) {
  const { method, path, body, headers } = post("/v1/chat/completions", {
    ...CHAT,
    stream: true,
    user: "slow",
  });
  const request = http.request({ host: base.hostname, port: base.port, method, path, headers });
  request.on("response", (response) =>
    // oxlint-disable-next-line unicorn/no-process-exit -- the stream is to be open when the process ends
    response.once("data", () => process.exit(0)),
  );
  request.end(body);
}
if (has("leaves-child")) {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  child.unref();
}
