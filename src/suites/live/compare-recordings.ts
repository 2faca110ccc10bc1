import { type LoadedCassette, splitTarget } from "../../cassette/index.ts";
import type { Spec } from "../../openapi/index.ts";
import { defined, isObject } from "../../util/index.ts";
import { SuiteError } from "../model/index.ts";
import { type ComparedAnswer, compareAnswers } from "./compare-answers.ts";
import { type RecordedCall, type Refusal, callKey, recordedCalls } from "./recorded.ts";
import type { AnswerComparison, ChangedAnswer, NotSent } from "./report.ts";

/** A header that is sent. */
type SentHeader = readonly [name: string, value: string];

/** A request to the live server, without the headers of one connection. */
export interface LiveRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly SentHeader[];
  readonly body: Uint8Array;
}

/** Sends a request and reads its whole answer; `problem` if there is none. */
export type SendLive = (request: LiveRequest) => Promise<ComparedAnswer | { readonly problem: string }>;

export interface RecordingOptions {
  readonly spec: Spec;
  readonly send: SendLive;
  /** Key for requests that were recorded with one; without it these are not sent. */
  readonly key: string | undefined;
  /** Models of the live server for those of the recordings. */
  readonly models: Readonly<Record<string, string>>;
  readonly maxRequests: number;
}

/** Sends the requests of cassettes to a live server, one after the other, and compares its answers with the recorded ones. */
export async function compareRecordings(
  cassettes: readonly LoadedCassette[],
  options: RecordingOptions,
): Promise<AnswerComparison> {
  const refusals: Refusal[] = [];
  const changed: ChangedAnswer[] = [];
  const known = await liveModels(options);
  const sent = new Set<string>();
  let compared = 0;
  for (const cassette of cassettes)
    for (const call of recordedCalls(options.spec, cassette)) {
      const why = "reason" in call ? call.reason : whyNotSent(call, known, options, sent);
      if ("reason" in call || why !== undefined) {
        const model = "reason" in call || why !== NO_MODEL ? undefined : call.model;
        refusals.push({ file: call.file, name: call.name, reason: why ?? "", ...defined({ model }) });
        continue;
      }
      sent.add(callKey(call));
      compared++;
      const answer = await options.send(liveRequest(call, options));
      const changes =
        "problem" in answer
          ? [
              {
                breaking: true,
                part: "delivery" as const,
                location: "",
                text: `no answer: ${answer.problem}`,
              },
            ]
          : compareAnswers(options.spec, call.operation, call.answer, answer);
      if (changes.length > 0)
        changed.push({ file: call.file, interaction: call.name, operation: call.operation.id, changes });
    }
  return { compared, changed, notSent: byReason(refusals) };
}

/**
 * Names and aliases of the live server's models; `undefined` if it does not list them.
 * @throws SuiteError `refused-key`: every answer would differ from its recording
 */
async function liveModels({ send, key }: RecordingOptions): Promise<ReadonlySet<string> | undefined> {
  const headers: SentHeader[] = key === undefined ? [] : [["authorization", `Bearer ${key}`]];
  const answer = await send({ method: "GET", target: "/v1/models", headers, body: new Uint8Array(0) });
  if ("problem" in answer) return undefined;
  if (key !== undefined && (answer.status === 401 || answer.status === 403))
    throw new SuiteError(
      "refused-key",
      {},
      `the server refuses the key: GET /v1/models answered ${answer.status}`,
      "give a key of this server, which has not expired",
    );
  if (answer.status !== 200) return undefined;
  const json = jsonOrNothing(answer.body);
  const data = isObject(json) && Array.isArray(json["data"]) ? json["data"].filter(isObject) : [];
  return new Set(
    data.flatMap(({ id, aliases }) => [id, ...(Array.isArray(aliases) ? aliases : [])]).map(String),
  );
}

function jsonOrNothing(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString()) as unknown;
  } catch {
    return undefined;
  }
}

const NO_MODEL = "the server does not have its model; --model RECORDED=LIVE names another";

function whyNotSent(
  call: RecordedCall,
  known: ReadonlySet<string> | undefined,
  { key, models, maxRequests }: RecordingOptions,
  sent: ReadonlySet<string>,
): string | undefined {
  if (sent.has(callKey(call))) return "the same request was sent already";
  if (call.credential?.key !== undefined && !call.credential.form.startsWith("authorization Bearer"))
    return "it has a credential of another kind than a Bearer key";
  if (usesKey(call) && key === undefined) return "it needs a key: --key-env";
  if (call.model !== undefined && known !== undefined) {
    const model = models[call.model] ?? call.model;
    if (call.answer.status === 404 && known.has(model)) return `there is a model ${model} here`;
    if (call.answer.status !== 404 && !known.has(model)) return NO_MODEL;
  }
  return sent.size >= maxRequests ? `there are more than ${maxRequests} requests: --max-requests` : undefined;
}

/**
 * True for a call with a key, and for one that was answered as only a key lets it be: a recorder that adds the key itself records
 * requests without one.
 */
function usesKey({ credential, operation, answer }: RecordedCall): boolean {
  if (credential?.key !== undefined) return true;
  const isOpen = credential === undefined || credential.form === "";
  return isOpen && operation.secured && answer.status !== 401 && answer.status !== 403;
}

/** Headers of one connection or of one client's body; the sender makes its own. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function liveRequest(call: RecordedCall, { key, models }: RecordingOptions): LiveRequest {
  const { request } = call;
  const kept = request.headers.flatMap(([name, value]): SentHeader[] =>
    value === null || OWN_HEADERS.has(name.toLowerCase()) ? [] : [[name, value]],
  );
  const replaced = usesKey(call) && key !== undefined;
  const others = replaced ? kept.filter(([name]) => name.toLowerCase() !== "authorization") : kept;
  const headers: SentHeader[] = replaced ? [...others, ["authorization", `Bearer ${key}`]] : others;
  const model = call.model === undefined ? undefined : models[call.model];
  return { method: request.method, headers, ...retargeted(call, model) };
}

/** Target and body with another model in place of the recorded one. */
function retargeted(
  { target, request, operation, model }: RecordedCall,
  other: string | undefined,
): Pick<LiveRequest, "target" | "body"> {
  const { body, json } = request;
  if (other === undefined || model === undefined) return { target, body };
  if (operation.id === "models.get") {
    const { query } = splitTarget(target);
    const rest = query.length === 0 ? "" : target.slice(target.indexOf("?"));
    return { target: `/v1/models/${encodeURIComponent(other)}${rest}`, body };
  }
  return { target, body: isObject(json) ? Buffer.from(JSON.stringify({ ...json, model: other })) : body };
}

function byReason(refusals: readonly Refusal[]): NotSent[] {
  return [...Map.groupBy(refusals, ({ reason }) => reason)].map(([reason, of]) => ({
    reason,
    interactions: of.map(({ file, name }) => `${file}: ${name}`),
    models: [...new Set(of.flatMap(({ model }) => model ?? []))],
  }));
}
