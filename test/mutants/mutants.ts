/** What the mutants of the reference client do, and the scenarios whose verdict each changes: exactly those. */
export interface Mutant {
  readonly does: string;
  /** Scenario to the verdict that it has instead of a pass. */
  readonly changes: Readonly<Record<string, string>>;
}

/** True for the behaviour that the client at hand has instead of the right one. */
export type Has = (name: Mutation) => boolean;

export type Mutation = keyof typeof TABLE;

// Its keys are the names of the mutations, so its type is what it is written as.
const TABLE = {
  // Framing of events
  "decode-per-packet": {
    does: "decodes each packet by itself",
    changes: { "sse/utf8-split": "fail", "sse/huge-event": "warn" },
  },
  "packet-is-whole": {
    does: "drops what is not ended at the edge of a packet",
    changes: {
      "stream/ogl-error-midway-unframed": "tolerated",
      "sse/utf8-split": "fail",
      "sse/frame-split-every-byte": "fail",
      "sse/crlf-split": "fail",
      "sse/crlf-split-lines": "fail",
      "sse/cr-only": "fail",
      "sse/huge-event": "warn",
      "chunk/many": "tolerated",
    },
  },
  "one-event-a-packet": {
    does: "takes one event from each packet",
    changes: { "sse/all-in-one-write": "fail", "sse/cr-only": "fail", "chunk/many": "tolerated" },
  },
  "half-line-end": {
    does: "takes a CR at the edge of a packet for a line end and the LF after it for another",
    changes: { "sse/crlf-split-lines": "fail" },
  },
  "split-on-lf": {
    does: "knows no line end but LF",
    changes: {
      "sse/crlf": "fail",
      "sse/crlf-split": "fail",
      "sse/crlf-split-lines": "fail",
      "sse/cr-only": "fail",
    },
  },
  "no-bare-cr": { does: "knows LF and CRLF, not CR", changes: { "sse/cr-only": "fail" } },
  "unicode-lines": {
    does: "ends lines at U+2028, U+2029 and U+0085 too",
    changes: { "sse/unicode-separators": "fail" },
  },
  "bom-kept": { does: "keeps a byte order mark", changes: { "sse/bom": "fail" } },
  "line-limit": { does: "takes lines of up to 64 KiB", changes: { "sse/huge-event": "warn" } },
  "comments-are-errors": {
    does: "fails on comments",
    changes: { "sse/blank-after-comment-with-id": "fail", "sse/comments": "fail" },
  },
  "data-needs-space": { does: 'looks for "data: " with the space', changes: { "sse/data-no-space": "fail" } },
  "last-data-line-wins": {
    does: "keeps only the last data line of an event",
    changes: { "sse/crlf-split-lines": "fail", "sse/multi-line-data": "fail" },
  },
  "unknown-fields-are-errors": {
    does: "fails on fields that it does not know",
    changes: { "sse/unknown-fields": "fail" },
  },
  "blank-dispatches": {
    does: "dispatches at every blank line after an event field",
    changes: { "sse/empty-event": "fail", "sse/empty-data": "tolerated" },
  },
  "blank-dispatches-with-id": {
    does: "dispatches at every blank line once there was an id, as a known SDK does",
    changes: { "sse/blank-after-comment-with-id": "fail", "sse/empty-data": "tolerated" },
  },
  "empty-data-is-an-error": { does: "parses empty data", changes: { "sse/empty-data": "tolerated" } },
  "all-events-are-chunks": {
    does: "takes events of any type for chunks",
    changes: { "sse/ping-event-with-data": "warn" },
  },
  "charset-believed": {
    does: "believes the charset of a stream",
    changes: { "http/content-type-charset": "fail" },
  },
  "framing-required": {
    does: "does not take a body that the end of the connection ends",
    changes: { "http/close-delimited": "fail" },
  },
  "odd-data-ends-it": {
    does: "takes data that begins with a colon for the end",
    changes: { "sse/data-comment": "tolerated" },
  },
  // Ends of streams
  "eof-is-done": {
    does: "takes the end of the body for the end of the answer",
    changes: {
      "stream/ogl-error-midway-unframed": "fail",
      "stream/clean-eof-midway": "warn",
      "stream/truncated-json": "warn",
      "stream/cut-inside-tool-arguments": "fail",
      "sse/eof-no-blank-line": "warn",
      "body/ogl-json-for-stream": "warn",
    },
  },
  "done-required": {
    does: "takes a stream without [DONE] for cut",
    changes: { "stream/missing-done": "warn" },
  },
  "reason-required": {
    does: "takes a stream without a finish reason for cut",
    changes: { "chunk/finish-reason-absent": "warn" },
  },
  "done-must-be-the-end": {
    does: "takes a body that goes on after [DONE] for broken",
    changes: {
      "stream/done-then-open": "warn",
      "stream/late-end": "warn",
      "stream/garbage-after-done": "warn",
      // Comments are sent after [DONE] there.
      "sse/comments": "fail",
      "sse/blank-after-comment-with-id": "fail",
    },
  },
  "waits-for-the-end": {
    does: "waits for the end of the body after [DONE]",
    changes: { "stream/done-then-open": "hang" },
  },
  "reads-after-done": {
    does: "reads events after [DONE]",
    changes: { "stream/done-then-open": "hang", "stream/garbage-after-done": "warn" },
  },
  "looks-for-done-in-text": {
    does: "looks for [DONE] anywhere in the data",
    changes: { "stream/done-in-content": "fail" },
  },
  "bad-json-skipped": {
    does: "skips events that are no JSON",
    changes: {
      "stream/malformed-event": "warn",
      "error/ogl-u2028-cut": "warn",
      "error/inside-frame": "tolerated",
    },
  },
  "error-objects-ignored": {
    does: "ignores error objects among the chunks",
    changes: {
      "stream/error-object-midway": "fail",
      "error/ogl-error-object-copied": "fail",
      "error/first-frame": "fail",
      "error/string-error-midway": "warn",
    },
  },
  "error-events-ignored": {
    does: "ignores events of the type error",
    changes: { "stream/error-event-midway": "fail", "error/next-event-error-detail": "warn" },
  },
  "null-is-an-error": { does: 'takes "error": null for an error', changes: { "chunk/error-null": "warn" } },
  "json-is-an-empty-stream": {
    does: "takes JSON where a stream was asked for as an empty answer",
    changes: { "body/json-for-stream": "warn", "body/html-for-stream": "warn" },
  },
  "no-idle-timeout": {
    does: "waits for the next event for ever",
    changes: { "stream/stall-midway": "hang", "stream/stall-with-comments": "hang" },
  },
  "any-byte-is-alive": {
    does: "counts any byte as a sign of life",
    changes: { "stream/stall-with-comments": "hang" },
  },
  "limit-is-total": {
    does: "counts its limit for the whole answer, not for a silence",
    changes: { "stream/slow-but-alive": "tolerated" },
  },
  "never-closes": { does: "reads on after the consumer has left", changes: { "cancel/early-break": "warn" } },
  "never-cancels": {
    does: "does not close what is cancelled before the answer",
    changes: { "cancel/before-first-byte": "hang" },
  },
  "replayed-after-a-cut": {
    does: "sends the request again after a stream was cut",
    changes: {
      "retry/no-replay-after-first-token": "fail",
      "stream/reset-midway": "fail",
      "stream/last-chunk-missing": "warn",
      "conn/reuse-after-cut-stream": "fail",
    },
  },
  // Chunks
  "first-choice-unguarded": {
    does: "reads choices[0] without looking whether it is there",
    changes: {
      "chunk/empty-choices": "fail",
      "chunk/usage-only-last": "fail",
      "chunk/ogl-usage-uninvited": "fail",
      "chunk/usage-details-null": "warn",
      "chunk/ogl-usage-twice": "warn",
      "chunk/ogl-usage-0.4.1": "warn",
    },
  },
  "first-usage-wins": {
    does: "keeps the first usage",
    changes: { "chunk/usage-each-chunk": "warn", "chunk/ogl-usage-twice": "warn" },
  },
  "usage-summed": {
    does: "sums usage up",
    changes: { "chunk/usage-each-chunk": "warn", "chunk/ogl-usage-twice": "warn" },
  },
  "usage-null-crashes": {
    does: "reads usage without looking whether it is null",
    changes: { "chunk/usage-details-null": "warn" },
  },
  "carbon-is-a-range": {
    does: "takes carbon.kWh for a range always",
    changes: { "chunk/ogl-usage-0.4.1": "warn" },
  },
  "strict-members": {
    does: "fails on members that it does not know",
    changes: { "chunk/unknown-fields": "fail" },
  },
  "model-must-match": {
    does: "fails where the model is not the one that was asked for",
    changes: { "chunk/ogl-model-differs": "fail" },
  },
  "grouped-by-id": {
    does: "takes only chunks that have the first one's id",
    changes: {
      "chunk/id-missing": "tolerated",
      "chunk/id-null": "tolerated",
      "chunk/id-changing": "tolerated",
    },
  },
  "id-required": {
    does: "fails on a chunk without an id",
    changes: { "chunk/id-missing": "tolerated", "chunk/id-null": "tolerated" },
  },
  "created-required": {
    does: "fails on a chunk without created",
    changes: { "chunk/created-missing": "tolerated" },
  },
  "role-required": {
    does: "fails on an answer without a role",
    changes: { "chunk/role-missing": "warn" },
  },
  "cut-is-stop": {
    does: "says stop for answers that were cut by a limit or a filter",
    changes: { "chunk/finish-length": "fail", "chunk/finish-content-filter": "warn" },
  },
  "usage-as-invited": {
    does: "drops usage that it did not ask for",
    changes: {
      "chunk/ogl-usage-uninvited": "warn",
      "chunk/usage-each-chunk": "warn",
      "chunk/usage-details-null": "warn",
      "chunk/ogl-usage-twice": "warn",
      "chunk/ogl-usage-0.4.1": "warn",
    },
  },
  "event-limit": {
    does: "stops taking text after a thousand chunks",
    changes: { "chunk/many": "tolerated" },
  },
  "choice-index-required": {
    does: "fails on a choice without an index",
    changes: { "chunk/choice-index-missing": "tolerated" },
  },
  "one-choice": { does: "puts all choices into one", changes: { "chunk/n2-interleaved": "fail" } },
  "reasons-are-closed": {
    does: "fails on a finish reason that it does not know",
    changes: { "chunk/finish-reason-unknown": "warn" },
  },
  "empty-reason-ends": {
    does: 'takes "" for a finish reason',
    changes: { "chunk/finish-reason-empty": "warn" },
  },
  "finish-before-delta": {
    does: "looks at the finish reason before the delta, and stops",
    changes: {
      "sse/frame-split-every-byte": "fail",
      "chunk/finish-with-content": "fail",
      "body/json-for-stream": "warn",
    },
  },
  "delta-required": {
    does: "reads delta without looking whether it is there",
    changes: { "chunk/delta-missing": "tolerated" },
  },
  "role-set-once": {
    does: "fails on a second role",
    changes: {
      "chunk/role-every": "warn",
      "chunk/role-null-or-empty": "warn",
      "tools/role-empty-with-call": "warn",
    },
  },
  "role-must-be-known": {
    does: "fails on a role other than assistant",
    changes: { "chunk/role-null-or-empty": "warn" },
  },
  "null-is-text": { does: "appends null as text", changes: { "chunk/content-null": "fail" } },
  "reasoning-is-text": {
    does: "appends the reasoning to the text",
    changes: { "chunk/reasoning-content": "warn" },
  },
  // Tool calls
  "pieces-by-order": {
    does: "joins pieces of tool calls in the order in which they come",
    changes: { "tools/interleaved-by-index": "fail", "tools/id-and-name-repeated": "warn" },
  },
  "glued-by-index": {
    does: "joins pieces of tool calls by index alone",
    changes: { "tools/same-index-different-id": "warn" },
  },
  "names-concatenated": {
    does: "appends names of tools like arguments",
    changes: { "tools/id-and-name-repeated": "warn" },
  },
  "null-arguments-are-text": {
    does: "takes arguments: null for the text null",
    changes: { "tools/arguments-null-first": "warn" },
  },
  "pieces-must-be-json": {
    does: "takes each piece of arguments for whole characters",
    changes: { "tools/split-inside-surrogates": "tolerated" },
  },
  "escapes-by-piece": {
    does: "takes each piece of arguments for whole escapes",
    changes: { "tools/split-inside-escape": "fail" },
  },
  "empty-names-count": {
    does: "takes null and an empty text for a tool's new name",
    changes: { "tools/name-null-later": "warn", "tools/name-empty-later": "warn" },
  },
  "first-piece-names": {
    does: "takes a tool's name from the first piece alone",
    changes: { "tools/name-late": "warn" },
  },
  "tool-index-required": {
    does: "fails on a tool call without an index",
    changes: { "tools/index-missing": "warn" },
  },
  "tools-start-at-0": {
    does: "fails on a first tool call that is not number 0",
    changes: { "tools/starts-at-1": "tolerated" },
  },
  "empty-role-drops-calls": {
    does: 'drops a delta whose role is ""',
    changes: { "tools/role-empty-with-call": "warn" },
  },
  "empty-calls-are-one": {
    does: "takes tool_calls: [] for a call",
    changes: { "tools/empty-array": "warn" },
  },
  "calls-need-their-reason": {
    does: "gives tool calls only where the finish reason is tool_calls",
    changes: { "tools/finish-stop": "warn" },
  },
  "auto-left-out": {
    does: "leaves tool_choice: auto out, as it is the default elsewhere",
    changes: { "tools/ogl-tool-choice-sent": "fail" },
  },
  "one-call-a-chunk": {
    does: "takes the first tool call of a chunk",
    changes: { "tools/parallel-in-one-chunk": "fail" },
  },
  // Errors
  "detail-not-read": {
    does: "knows no detail",
    changes: {
      "stream/ogl-error-midway-unframed": "tolerated",
      "error/detail-string": "warn",
      "error/detail-list-422": "warn",
      "error/ogl-detail-object": "warn",
      "error/ogl-403-bad-key": "warn",
      "error/ogl-401-no-key": "warn",
      "error/ogl-400-budget": "warn",
      "error/ogl-422-string": "warn",
      "error/ogl-503-event-stream": "warn",
      "error/next-event-error-detail": "warn",
    },
  },
  "detail-must-be-list": {
    does: "crashes where detail is a string",
    changes: {
      "stream/ogl-error-midway-unframed": "tolerated",
      "retry/429-retry-after-seconds": "warn",
      "error/detail-string": "warn",
      "error/ogl-403-bad-key": "warn",
      "error/ogl-401-no-key": "warn",
      "error/ogl-400-budget": "warn",
      "error/ogl-422-string": "warn",
      "error/ogl-503-event-stream": "warn",
      "error/next-event-error-detail": "warn",
      "retry/bounded": "not-observable",
      "retry/not-for-client-errors": "not-observable",
      "retry/after-408": "warn",
      "retry/after-500": "warn",
      "retry/after-503": "warn",
      "retry/retry-after-date": "warn",
    },
  },
  "detail-list-as-string": {
    does: "prints a list in detail as [object Object]",
    changes: { "error/detail-list-422": "warn" },
  },
  "detail-object-as-string": {
    does: "prints an object in detail as [object Object]",
    changes: { "error/ogl-detail-object": "warn" },
  },
  "error-must-be-object": {
    does: "finds no message in an error that is a string",
    changes: { "error/string-error": "warn", "error/string-error-midway": "warn" },
  },
  "flat-message-not-read": {
    does: "finds no message in an error object",
    changes: {
      "stream/error-object-midway": "fail",
      "stream/error-event-midway": "fail",
      "error/200-with-error-body": "tolerated",
      "error/ogl-error-object-copied": "fail",
      "error/first-frame": "fail",
    },
  },
  "error-body-is-no-event": {
    does: "finds no message in an error body that is an event",
    changes: { "error/ogl-500-event-error": "warn" },
  },
  "errors-must-be-json": {
    does: "parses the body of an error as JSON before it looks at the status",
    changes: {
      "error/ogl-500-text": "warn",
      "error/ogl-500-event-error": "warn",
      "error/html-502": "warn",
      "error/empty-body-500": "warn",
    },
  },
  "type-before-status": {
    does: "takes what has the content type of a stream for a stream, whatever its status",
    changes: {
      "error/ogl-503-event-stream": "warn",
      "error/ogl-429-event-stream": "warn",
      "error/ogl-400-vllm-flat": "warn",
      "error/ogl-500-event-error": "not-observable",
    },
  },
  "success-is-never-an-error": {
    does: "looks for no error in a body with the status 200",
    changes: { "error/200-with-error-body": "warn" },
  },
  "no-answer-is-an-empty-one": {
    does: "takes a connection that was closed without an answer for an empty answer",
    changes: { "error/connection-refused": "fail" },
  },
  // Tries
  "no-retries": {
    does: "never tries again",
    changes: {
      "retry/429-retry-after-seconds": "warn",
      "retry/connection-lost-before-headers": "warn",
      "retry/after-408": "warn",
      "retry/after-500": "warn",
      "retry/after-503": "warn",
      "retry/retry-after-date": "warn",
    },
  },
  "retries-for-ever": {
    does: "tries again far more often than it was told to",
    changes: { "conn/ogl-close-after-500": "warn", "retry/zero-means-once": "fail", "retry/bounded": "fail" },
  },
  "zero-retries-ignored": {
    does: "takes zero retries for the default",
    changes: { "conn/ogl-close-after-500": "warn", "retry/zero-means-once": "fail" },
  },
  "no-retry-on-reset": {
    does: "does not try again where the connection was lost before any answer",
    changes: { "retry/connection-lost-before-headers": "warn" },
  },
  "client-errors-retried": {
    does: "tries again after 422",
    changes: { "retry/not-for-client-errors": "warn" },
  },
  "no-backoff": {
    does: "tries again at once where no header says when",
    changes: { "retry/ogl-429-no-retry-after": "warn" },
  },
  "retry-after-ignored": {
    does: "waits as long as it likes",
    changes: {
      "retry/429-retry-after-seconds": "warn",
      "retry/429-retry-after-long": "warn",
      "retry/ogl-503-retry-after": "warn",
      "retry/retry-after-date": "warn",
    },
  },
  "retry-after-capped": {
    does: "takes only a Retry-After of up to 5 s seriously",
    changes: { "retry/429-retry-after-long": "warn", "retry/ogl-503-retry-after": "warn" },
  },
  "long-retry-after-ignored": {
    does: "takes only a Retry-After of up to 60 s seriously, as a known SDK does",
    changes: { "retry/429-retry-after-long": "warn" },
  },
  "sends-again-when-slow": {
    does: "sends a request again after a second without an answer",
    changes: { "retry/no-duplicate-post": "fail" },
  },
  "only-429-retried": {
    does: "tries again after 429 alone",
    changes: { "retry/after-408": "warn", "retry/after-500": "warn", "retry/after-503": "warn" },
  },
  "dates-not-read": {
    does: "knows no Retry-After that is a date",
    changes: { "retry/retry-after-date": "warn" },
  },
  // Requests and bodies
  "redirects-not-followed": {
    does: "takes a redirect for an error",
    changes: { "http/redirect-307": "warn" },
  },
  "stream-is-an-empty-answer": {
    does: "takes a stream that it did not ask for as an empty answer",
    changes: { "body/sse-for-json": "tolerated" },
  },
  "json-must-come-first": {
    does: "takes a body that does not begin with { for no JSON",
    changes: { "body/json-after-newlines": "tolerated" },
  },
  "api-version-added": {
    does: "adds a query to each URL",
    changes: {
      "url/base-path-joining": "fail",
      "url/base-trailing-slash": "fail",
      "url/base-path-prefix": "fail",
    },
  },
  "base-path-dropped": {
    does: "keeps only the host of the base URL",
    changes: { "url/base-path-prefix": "fail" },
  },
  "slashes-doubled": {
    does: "appends its path to the base URL as it stands",
    changes: { "url/base-trailing-slash": "fail" },
  },
  "key-in-own-header": { does: "sends the key as x-api-key", changes: { "http/authorization": "fail" } },
  "no-json-type": {
    does: "sends JSON as text/plain",
    changes: { "tools/ogl-tool-choice-sent": "fail", "request/schema-valid": "fail" },
  },
  "no-exponents": {
    does: "reads no numbers with exponents",
    changes: { "body/ogl-exponent-floats": "fail", "error/200-with-error-body": "tolerated" },
  },
  "nulls-are-errors": {
    does: "fails on a null for an optional member",
    changes: { "body/unknown-fields": "fail" },
  },
  "base64-asked": { does: "asks for base64 by itself", changes: { "embeddings/ogl-floats-only": "warn" } },
  "base64-not-decoded": {
    does: "asks for base64 and does not decode it",
    changes: { "embeddings/ogl-floats-only": "warn", "embeddings/as-asked": "warn" },
  },
  "floats-read-as-base64": {
    does: "decodes floats as base64",
    changes: {
      "embeddings/ogl-floats-only": "warn",
      "embeddings/floats-whatever-was-asked": "warn",
      "embeddings/as-asked": "warn",
      "embeddings/order-by-index": "warn",
    },
  },
  "order-as-sent": {
    does: "takes vectors in the order in which they come",
    changes: { "embeddings/order-by-index": "warn" },
  },
  "created-is-a-number": {
    does: "fails on a model with created: null",
    changes: { "models/created-null": "warn" },
  },
  "owner-required": {
    does: "fails on a model with owned_by: null",
    changes: { "models/owned-by-null": "warn" },
  },
  "types-are-closed": {
    does: "fails on a model of a type that it does not know",
    changes: { "models/unknown-type": "warn" },
  },
  "costs-required": {
    does: "fails on a model with costs: null",
    changes: { "models/limits-null": "warn" },
  },
  "model-members-are-closed": {
    does: "fails on members of models that it does not know",
    changes: { "models/unknown-member": "warn" },
  },
  "aliases-are-models": {
    does: "lists the aliases of models as models",
    changes: { "models/ogl-members": "warn" },
  },
  "looks-before-it-asks": {
    does: "sends a HEAD before each GET",
    changes: {
      "models/ogl-no-head-no-cors": "fail",
      "models/ogl-get-alias": "fail",
      "models/ogl-members": "fail",
      "models/unknown-member": "fail",
      "models/unknown-type": "fail",
      "models/created-null": "fail",
      "models/owned-by-null": "fail",
      "models/limits-null": "fail",
    },
  },
  "ids-unescaped": { does: "puts ids into URLs as they are", changes: { "models/id-with-dots": "fail" } },
  "id-must-match": {
    does: "fails where a model's id is not the one that was asked for",
    changes: { "models/ogl-get-alias": "warn" },
  },
} as const;

export const MUTANTS: Readonly<Record<Mutation, Mutant>> = TABLE;
