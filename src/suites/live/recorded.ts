import {
  type Credential,
  type LoadedCassette,
  credentialsOf,
  isRefused,
  matchRequestOf,
  scriptOf,
} from "../../cassette/index.ts";
import { writesOf } from "../../http/index.ts";
import type { Operation, Spec } from "../../openapi/index.ts";
import { canonicalJson, isObject } from "../../util/index.ts";
import type { ComparedAnswer } from "./compare-answers.ts";

type MatchRequest = ReturnType<typeof matchRequestOf>;

/** A recorded request that may be sent to a live server, and its answer. */
export interface RecordedCall {
  readonly file: string;
  readonly name: string;
  readonly operation: Operation;
  readonly target: string;
  readonly request: MatchRequest;
  /** The credential that it was sent with; `undefined` if the cassette says nothing of credentials. */
  readonly credential: Credential | undefined;
  /** Name of the model that it asks for, if it does. */
  readonly model?: string;
  readonly answer: ComparedAnswer;
}

/** A recorded request that is not sent, and why. */
export interface Refusal {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
  /** The model that the server does not have. */
  readonly model?: string;
}

/** Requests of POST that change nothing on the server but its usage. */
const MODEL_CALLS: ReadonlySet<string> = new Set([
  "/v1/audio/transcriptions",
  "/v1/chat/completions",
  "/v1/embeddings",
  "/v1/ocr",
  "/v1/rerank",
]);

/** Chooses the requests of a cassette that can be sent again: those that read, and calls of models. */
export function recordedCalls(spec: Spec, loaded: LoadedCassette): (RecordedCall | Refusal)[] {
  const { cassette, file, readSideFile } = loaded;
  const credential = credentialsOf(cassette.about, cassette.interactions);
  return cassette.interactions.map((interaction) => {
    const { name, response } = interaction;
    const refuse = (reason: string): Refusal => ({ file, name, reason });
    const request = matchRequestOf(interaction.request);
    const found = spec.operationOf(request.method, request.path, request.json);
    if (found === undefined) return refuse(`OGL ${spec.version} has no such operation`);
    const { operation, params } = found;
    const kind = whyNotAgain(operation, params, request);
    if (kind !== undefined) return refuse(kind);
    const { status, end } = response;
    if (status === undefined || (end !== undefined && end.how !== "complete" && end.how !== "close"))
      return refuse("the recorded answer is not complete");
    if (status === 429 || status >= 500) return refuse(`${status} depends on limits and load`);
    const used = credential(interaction);
    const isUnknown = used === undefined && status === 403;
    if (isUnknown || (isRefused(interaction) && used?.key !== undefined))
      return refuse("it was recorded with a key that is refused");
    if (interaction.match?.play === "sequence" || interaction.match?.play === "last")
      return refuse("its answer depends on the requests before it");
    if (request.form !== undefined) return refuse("it is a form with files");
    const script = scriptOf(response, readSideFile);
    const model = requestedModel(request, params);
    return {
      file,
      name,
      operation,
      target: interaction.request.target,
      request,
      credential: used,
      ...(model === undefined ? {} : { model }),
      answer: {
        status,
        headers: script.head?.headers ?? [],
        body: Buffer.concat([...writesOf(script.ops)]),
      },
    };
  });
}

function whyNotAgain(
  { method, path, id }: Operation,
  params: Readonly<Record<string, string>>,
  { json }: MatchRequest,
): string | undefined {
  if (method === "GET" || method === "HEAD")
    return Object.keys(params).length > 0 && id !== "models.get"
      ? "it names something that only the recorded gateway has"
      : undefined;
  if (!MODEL_CALLS.has(path)) return "it can write";
  const searches = isObject(json) && (json["search"] === true || json["search_args"] !== undefined);
  return searches ? "it searches collections of the recorded gateway" : undefined;
}

function requestedModel(
  { json }: MatchRequest,
  params: Readonly<Record<string, string>>,
): string | undefined {
  const requested = params["model"] ?? (isObject(json) ? json["model"] : undefined);
  return typeof requested === "string" ? requested : undefined;
}

/** Text that is equal for calls that would send the same request. */
export function callKey({ target, request, credential }: RecordedCall): string {
  const { method, json, body } = request;
  const content = json === undefined ? Buffer.from(body).toString("latin1") : canonicalJson(json);
  return JSON.stringify([method, target, credential?.form ?? null, content]);
}
