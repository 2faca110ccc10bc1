/**
 * Asks FastAPI and pydantic themselves (`oracle.py`) what they make of thousands of requests, over all operations of both
 * OpenAPIs, and demands the same status and the same bytes.
 *
 *     node test/live/pydantic/fuzz.ts PYTHON [COUNT] [SEED]
 *
 * PYTHON is an interpreter with `requirements.txt` installed, best of CPython 3.12.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { printAnswer } from "../../../src/asgi/fastapi/answer.ts";
import { queryPairs } from "../../../src/asgi/fastapi/query.ts";
import { checkRequest } from "../../../src/asgi/fastapi/request.ts";
import { fastApiOf } from "../../../src/ogl/rules/app.ts";
import type { OglVersion } from "../../../src/openapi/document/versions.ts";
import { specOf } from "../../../src/openapi/validate/validators.ts";
import { Random } from "./generate.ts";
import { type Asked, Requests } from "./requests.ts";

interface Answered {
  readonly status: number;
  readonly contentType: string;
  readonly bodyBase64: string;
}

const [python = "python3", count = "24000", seed = "1"] = process.argv.slice(2);

/** The versions whose OpenAPI was printed from pydantic models. */
const VERSIONS = ["0.4.1", "0.4.5"] as const;
const SHOWN = 10;
/** Limits of nesting are those of CPython 3.12: asked of another, what nests deep is left out. */
const IS_312 = execFileSync(python, ["--version"]).toString().startsWith("Python 3.12.");
if (!IS_312) console.log("not CPython 3.12: requests that nest deep are left out");

let requested = 0;
let different = 0;
const operations = new Set<string>();
/** How often each status and each type of error was answered: what was never asked is not shown to be right. */
const seen = new Map<string, number>();
for (const version of VERSIONS) await compare(version, Math.ceil(Number(count) / VERSIONS.length));
console.log(`${requested} requests, ${operations.size} operations, ${different} different`);
console.log(
  [...seen]
    .toSorted()
    .map(([what, times]) => `${what} ${times}`)
    .join(", "),
);
process.exitCode = different > 0 || requested === 0 ? 1 : 0;

async function compare(version: OglVersion, requests: number): Promise<void> {
  const made = new Requests(specOf(version), new Random(Number(seed)));
  const oracle = spawn(python, [path("oracle.py"), path(`../../../spec/openapi-${version}.json`), version], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: oracle.stdout })[Symbol.asyncIterator]();
  for (let i = 0; i < requests; i++) {
    const request = made.next(i);
    if (request.about === "deep" && !IS_312) continue;
    if (!oracle.stdin.write(`${JSON.stringify(wireOf(request))}\n`)) await once(oracle.stdin, "drain");
    const answer = await answers.next();
    if (answer.done === true) throw new Error("the oracle stopped answering");
    judge(version, request, JSON.parse(answer.value) as Answered);
  }
  oracle.stdin.end();
  await once(oracle, "exit");
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

function wireOf({ operation, params, query, contentType, body }: Asked): object {
  return {
    method: operation.method,
    template: operation.path,
    path: params,
    query,
    contentType: contentType ?? null,
    bodyBase64: Buffer.from(body).toString("base64"),
  };
}

function judge(version: OglVersion, request: Asked, theirs: Answered): void {
  requested++;
  operations.add(`${version} ${request.operation.method} ${request.operation.path}`);
  const body = Buffer.from(theirs.bodyBase64, "base64");
  for (const what of [String(theirs.status), ...errorTypes(theirs.status, body)])
    seen.set(what, (seen.get(what) ?? 0) + 1);
  const ours = answerTo(version, request);
  const same =
    ours.status === theirs.status &&
    (ours.status === 200 || (ours.contentType === theirs.contentType && body.equals(ours.body)));
  if (same) return;
  different++;
  if (different > SHOWN) return;
  const { operation, params, query, contentType } = request;
  console.log(`--- ${version} ${operation.method} ${operation.path} (${request.about})`);
  console.log(`params ${JSON.stringify(params)}, query ${query}, content-type ${contentType ?? "(none)"}`);
  console.log(`body   ${excerpt(Buffer.from(request.body))}`);
  console.log(`theirs ${theirs.status} ${excerpt(body)}`);
  console.log(`ours   ${ours.status} ${excerpt(Buffer.from(ours.body))}`);
}

function errorTypes(status: number, body: Buffer): Set<string> {
  const { detail } = (status === 422 ? JSON.parse(body.toString()) : { detail: [] }) as {
    detail: { type: string; ctx?: { error?: unknown } }[];
  };
  return new Set(
    detail.map(({ type, ctx }) => (type === "json_invalid" ? `${type} (${String(ctx?.error)})` : type)),
  );
}

function answerTo(
  version: OglVersion,
  request: Asked,
): { status: number; contentType: string; body: Uint8Array } {
  const verdict = checkRequest(fastApiOf(specOf(version)), { ...request, query: queryPairs(request.query) });
  return verdict.kind === "accepted"
    ? { status: 200, contentType: "application/json", body: new Uint8Array() }
    : printAnswer(verdict);
}

function excerpt(bytes: Buffer): string {
  const text = JSON.stringify(bytes.toString());
  return text.length > 900 ? `${text.slice(0, 900)}…` : text;
}
