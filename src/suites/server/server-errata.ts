import type { OglVersion } from "../../openapi/index.ts";

/** Known deviation of OGL from a convention or a standard; those from its own OpenAPI are in `spec/errata.json`. */
export interface ServerErratum {
  readonly id: string;
  /** The generations that do so. */
  readonly ogl: readonly OglVersion[];
  readonly does: string;
  /** Names of exchanges captured from a real server, or another source. */
  readonly evidence: string;
}

const ALL: readonly OglVersion[] = ["0.4.1", "0.4.5", "next"];
const FIRST: readonly OglVersion[] = ["0.4.1", "0.4.5"];

/** Known deviations, which the server suite marks as `known`. */
export const SERVER_ERRATA: readonly ServerErratum[] = [
  {
    id: "detail-envelope",
    ogl: ALL,
    does: 'OGL\'s errors are FastAPI\'s `{"detail": …}`, not OpenAI\'s `{"error": …}`',
    evidence: "observed on 0.4.1 in every error of auth.jsonl, chat.jsonl and emb.jsonl",
  },
  {
    id: "wrong-key-403",
    ogl: FIRST,
    does: "a wrong key is answered 403, not 401",
    evidence: "observed on 0.4.1: auth-chat-wrong-key",
  },
  {
    id: "syntax-before-key",
    ogl: ALL,
    does: "a body that is no JSON is answered 422 before the key is looked at",
    evidence: "observed on 0.4.1: auth-none-badjson",
  },
  {
    id: "scheme-case",
    ogl: ALL,
    does: "the scheme of Authorization is taken as `Bearer` alone, not in lower case",
    evidence: "observed on 0.4.1: auth-models-lower-bearer, auth-chat-lower-bearer",
  },
  {
    id: "non-object-500",
    ogl: ALL,
    does: "a JSON body that is no object is answered 500; in 0.4.x as text, and the connection is closed without a word",
    evidence: "observed on 0.4.1: chat-array-root",
  },
  {
    id: "no-head",
    ogl: ALL,
    does: "HEAD is answered 405 on every path",
    evidence: "observed on 0.4.1: http-head-models",
  },
  {
    id: "usage-uninvited",
    ogl: ALL,
    does: "a stream has a usage chunk whether it was asked for or not",
    evidence: "observed on 0.4.1: stream-plain",
  },
  {
    id: "usage-twice",
    ogl: ALL,
    does: "a stream that asks for its usage has the upstream's usage chunk, then OGL's own",
    evidence: "observed on 0.4.1: stream-include-usage",
  },
  {
    id: "provider-model-name",
    ogl: FIRST,
    does: "the `model` of a stream is the provider's name of the model, that of a JSON answer the requested one",
    evidence: "observed on 0.4.1: stream-plain",
  },
  {
    id: "base64-500",
    ogl: ALL,
    does: "embeddings asked for as base64 are answered 500, or as a list of validation errors, as OGL can't read them",
    evidence: "observed on a 0.4.1 with the schemas of 0.4.5: 045p-emb emb-base64",
  },
  {
    id: "no-retry-after",
    ogl: ALL,
    does: "429 comes without Retry-After",
    evidence: "observed on 0.4.1: limit-rpm2-3",
  },
  {
    id: "unframed-error",
    ogl: FIRST,
    does: "if the upstream dies in mid-stream, a bare JSON object follows the last event, without `data:` and without [DONE]",
    evidence: "observed on 0.4.1: stream-up-die-mid",
  },
  {
    id: "error-as-event-stream",
    ogl: ALL,
    does: "an upstream's refusal of a stream comes under text/event-stream, as a bare line",
    evidence: "observed on 0.4.1: stream-up-e400",
  },
  {
    id: "first-line-only",
    ogl: FIRST,
    does: "of an upstream's error of several lines a stream gets the first line",
    evidence: "observed on 0.4.1: stream-up-e400ml",
  },
  {
    id: "unicode-line-ends",
    ogl: ALL,
    does: "U+2028, U+2029 and U+0085 in a stream's text cut its event in two",
    evidence: "observed on 0.4.1: stream-up-u2028",
  },
  {
    id: "fields-apart",
    ogl: ALL,
    does: "comments and `event:`, `id:` and `retry:` lines of the upstream come as blocks of their own",
    evidence: "observed on 0.4.1: stream-up-comments",
  },
  {
    id: "done-not-added",
    ogl: FIRST,
    does: "a stream whose upstream sends no [DONE] has none",
    evidence: "observed on 0.4.1: stream-up-nodone",
  },
  {
    id: "fields-passed-on",
    ogl: ["next"],
    does: "members of a chat beside model, messages and stream are passed on unchecked",
    evidence: "read in OGL's source of late 2026; never seen running",
  },
  {
    id: "keys-listed-whole",
    ogl: ["next"],
    does: "the list of a user's keys has the whole keys",
    evidence: "read in OGL's source of late 2026; never seen running",
  },
  {
    id: "deleted-key-reads-models",
    ogl: ["0.4.1"],
    does: "a deleted or expired key still reads GET /v1/models and GET /v1/models/{model}",
    evidence: "observed on 0.4.1: auth-models-deleted-key, auth-models-token-expired",
  },
];
