/** Forms of scenarios before a live gateway: what a good server can show, and what faults make of it on its way. */

/** Form of a scenario whose answers come from a live gateway. */
export interface LiveForm {
  /** Faults on the live answer, in the grammar of docs/faults.md. */
  readonly faults?: string;
  /** Number of first requests that get the scenario's own answers. @default 0 */
  readonly scripted?: number;
  /** Parameters that replace those of the scenario's calls. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Key that the gateway gets: its own, the client's (which it does not know), or none. @default "gateway" */
  readonly key?: "gateway" | "client" | "none";
  /** Statuses of an answer that shows what the scenario is about. @default [200] */
  readonly statuses?: readonly number[];
}

const ORDINARY: LiveForm = {};
const RETRIED: LiveForm = { scripted: 1 };
/** Statuses of OGL and of others for a request with a wrong key, or without one. */
const UNKNOWN_KEY = [401, 403];

/** Forms by the ids of scenarios. All other scenarios need a server that follows a script. */
export const LIVE_FORMS: Readonly<Record<string, LiveForm>> = {
  "stream/ogl-error-midway-unframed": { faults: "ogl-busy@3" },
  "stream/clean-eof-midway": { faults: "end@3" },
  "stream/truncated-json": { faults: "truncated-frame@3" },
  "stream/error-object-midway": { faults: 'error-object@3:message="The engine has stopped"' },
  "stream/error-event-midway": { faults: 'error-event@3:message="Internal Server Error"' },
  "stream/missing-done": { faults: "missing-done" },
  "stream/reset-midway": { faults: "reset@3" },
  "stream/last-chunk-missing": { faults: "truncate@3" },
  "stream/malformed-event": { faults: "malformed-json@3" },
  "sse/utf8-split": { faults: "split-utf8" },
  "sse/frame-split-every-byte": { faults: "split", params: { max_tokens: 2 } },
  "sse/all-in-one-write": { faults: "join" },
  "sse/blank-after-comment-with-id": { faults: "field:name=id,value={n} + comment:text=ping" },
  "sse/comments": { faults: "comment" },
  "sse/crlf": { faults: "crlf" },
  "sse/crlf-split": { faults: "crlf:apart" },
  "sse/data-no-space": { faults: "no-space" },
  "sse/bom": { faults: "bom" },
  "sse/cr-only": { faults: "cr" },
  "sse/multi-line-data": { faults: "multi-line" },
  "sse/empty-event": { faults: "field@1:name=event,value=ping,block" },
  "sse/unknown-fields": { faults: "field:name=retry,value=100,block" },
  "sse/ping-event-with-data": { faults: "event@1:type=ping" },
  "chunk/usage-only-last": ORDINARY,
  "chunk/finish-length": { params: { max_tokens: 3 } },
  "tools/ogl-tool-choice-sent": ORDINARY,
  "http/authorization": ORDINARY,
  "request/schema-valid": ORDINARY,
  "http/close-delimited": { faults: "framing:how=eof" },
  "url/base-path-joining": ORDINARY,
  "url/base-trailing-slash": ORDINARY,
  "url/base-path-prefix": ORDINARY,
  // A gateway that refuses base64, or fails over it, shows that the client asked for it by itself.
  "embeddings/ogl-floats-only": { statuses: [200, 400, 422, 500] },
  "embeddings/as-asked": ORDINARY,
  "models/ogl-members": ORDINARY,
  "error/detail-string": { params: { model: "gatetape-no-such-model" }, statuses: [404] },
  "error/detail-list-422": { params: { temperature: "hot" }, statuses: [400, 422] },
  "error/ogl-403-bad-key": { key: "client", statuses: UNKNOWN_KEY },
  "error/ogl-401-no-key": { key: "none", statuses: UNKNOWN_KEY },
  "retry/after-408": RETRIED,
  "retry/after-500": RETRIED,
  "retry/after-503": RETRIED,
  "retry/connection-lost-before-headers": RETRIED,
  "http/redirect-307": RETRIED,
  "conn/ogl-close-after-500": RETRIED,
  "conn/reuse-after-cut-stream": RETRIED,
};
