import { asgiResponse } from "../../../asgi/index.ts";
import type { ExchangeRequest } from "../../../exchange/index.ts";
import type { Op, Script } from "../../../http/index.ts";
import { tryFaults } from "../../../mock/index.ts";
import { type UpstreamRoute, targetOn } from "../../../server/index.ts";
import { isObject, jsonValue } from "../../../util/index.ts";
import { type LiveScript, SuiteError } from "../../model/index.ts";
import { type Heard, openConnection, scriptHeard } from "../../wire/index.ts";
import type { LiveForm } from "./forms.ts";

/** Settings of a live gateway. */
export interface LiveOptions {
  readonly route: UpstreamRoute;
  /** Key for the gateway; clients never get it. */
  readonly key: string | undefined;
  /** Model of chats. @default the first of its kind that the gateway lists */
  readonly chat?: string | undefined;
  /** Model of embeddings. @default the first of its kind that the gateway lists */
  readonly embedding?: string | undefined;
}

/** Live gateway whose answers take the place of scenarios' scripts. */
export interface LiveGateway {
  readonly chat: string | undefined;
  readonly embedding: string | undefined;
  /**
   * Sends the gateway what a client sent, and applies the form's faults to the whole answer.
   * @param path the request's target without the scenario's prefix
   * @returns the script; a `trouble` says why the answer shows nothing of the client
   */
  answer(request: ExchangeRequest, path: string, form: LiveForm): Promise<LiveScript>;
}

/** Time (ms) that an answer of the gateway may take. */
export const ANSWER_MS = 60_000;

/** Headers of a client that are made anew for the gateway. Coded answers would hide their events from the faults. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "authorization",
  "accept-encoding",
  "connection",
  "content-length",
  "transfer-encoding",
  "expect",
]);

/**
 * Opens a live gateway: asks it for its models.
 * @throws SuiteError `unreachable` if it does not list them
 */
export async function openLiveGateway(options: LiveOptions): Promise<LiveGateway> {
  const heard = await sentUp(options, "GET", "/v1/models", [], new Uint8Array(0), "gateway");
  const models = typeof heard === "string" ? undefined : modelsIn(heard);
  if (typeof heard === "string" || models === undefined)
    throw new SuiteError(
      "unreachable",
      {},
      `${options.route.target.origin} lists no models: ${typeof heard === "string" ? heard : statusOf(heard)}`,
      "check --upstream and the key of --upstream-key-env",
    );
  const first = (...types: readonly string[]): string | undefined =>
    models.find(({ type }) => type !== undefined && types.includes(type))?.id;
  return {
    chat: options.chat ?? first("text-generation", "image-text-to-text") ?? models[0]?.id,
    embedding: options.embedding ?? first("text-embeddings-inference"),
    answer: (request, path, form) => faultedAnswer(options, request, path, form),
  };
}

async function faultedAnswer(
  options: LiveOptions,
  { method, headers, body }: ExchangeRequest,
  path: string,
  { faults, key = "gateway", statuses = [200] }: LiveForm,
): Promise<LiveScript> {
  const given =
    key === "client" ? headers : headers.filter(([name]) => name.toLowerCase() !== "authorization");
  const heard = await sentUp(options, method, path, given, body, key);
  if (typeof heard === "string") return { script: NO_GATEWAY, trouble: heard };
  const script = unpaced(scriptHeard(heard));
  const status = script.head?.status ?? 0;
  if (!statuses.includes(status) || heard.ended !== "complete")
    return { script, trouble: heard.trouble ?? `it answered ${method} ${path} with ${statusOf(heard)}` };
  if (faults === undefined) return { script: apart(script) };
  const { script: changed, notes } = tryFaults(script, faults);
  const missed = notes.find(({ applied }) => !applied);
  return {
    script: apart(changed),
    ...(missed === undefined ? {} : { trouble: `its answer has no place for the fault ${missed.fault}` }),
  };
}

/** Answer to a client whose request did not reach the gateway: it is told so, and not judged by it. */
const NO_GATEWAY: Script = asgiResponse(
  502,
  Buffer.from(JSON.stringify({ detail: "the gateway gave no answer" })),
);

/** The client has waited for the whole answer already. */
function unpaced(script: Script): Script {
  return { ...script, wait: 0, ops: script.ops.filter(({ op }) => op !== "wait") };
}

/** Number of writes up to which each is sent for itself. Waiting for the way of more takes too long: those are paced by the clock. */
const FEW_WRITES = 200;

/** Each piece comes by itself, as a model writes. */
function apart(script: Script): Script {
  const writes = script.ops.filter(({ op }) => op === "write").length;
  const ops = script.ops.flatMap((op): Op[] => {
    if (op.op !== "write") return [op];
    return writes > FEW_WRITES ? [op, { op: "wait", ms: 1 }] : [{ ...op, flush: true }];
  });
  return { ...script, ops };
}

/** Sends one request on a connection of its own. @returns what was heard, or why nothing was */
async function sentUp(
  { route, key }: LiveOptions,
  method: string,
  path: string,
  given: readonly (readonly [string, string | null])[],
  body: Uint8Array,
  whose: NonNullable<LiveForm["key"]>,
): Promise<Heard | string> {
  const kept = given.filter(
    ([name]) =>
      !OWN_HEADERS.has(name.toLowerCase()) || (whose === "client" && name.toLowerCase() === "authorization"),
  );
  const lines = [
    ["Host", route.target.authority],
    ...(whose === "gateway" && key !== undefined ? [["Authorization", `Bearer ${key}`]] : []),
    ["Accept-Encoding", "identity"],
    ...kept,
    ...(body.length > 0 || method === "POST" ? [["Content-Length", String(body.length)]] : []),
  ].map(([name, value]) => `${name}: ${value ?? ""}\r\n`);
  const head = `${method} ${targetOn(route.target, path)} HTTP/1.1\r\n${lines.join("")}\r\n`;
  try {
    const connection = await openConnection(route, ANSWER_MS);
    try {
      return await connection.ask({ method, bytes: Buffer.concat([Buffer.from(head, "latin1"), body]) });
    } finally {
      connection.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const statusOf = ({ hasHead, message, trouble }: Heard): string =>
  hasHead ? String(message.status) : (trouble ?? "no answer");

function modelsIn({ message, hasHead }: Heard): { id: string; type: string | undefined }[] | undefined {
  if (!hasHead || message.status !== 200) return undefined;
  const text = Buffer.concat(message.reads.map(({ bytes }) => bytes)).toString("utf8");
  const list = jsonValue(text);
  const data = isObject(list) ? list["data"] : undefined;
  if (!Array.isArray(data)) return undefined;
  return data
    .filter(isObject)
    .flatMap(({ id, type }) =>
      typeof id === "string" ? [{ id, type: typeof type === "string" ? type : undefined }] : [],
    );
}
