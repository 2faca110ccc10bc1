/**
 * What the server does in the scenarios of the catalogue, where that is no other content: each is a fault over an ordinary
 * answer. Rows that are content alone (what is in a chunk) are scripts of their own.
 */
import { describe, expect, it } from "vitest";
import type { Script } from "../../../src/http/script.ts";
import { applyFaults } from "../../support/apply-faults.ts";
import { chunk, jsonScript, scriptOf, streamScript, wait, write } from "../../support/fault-scripts.ts";

const stream = streamScript("Hé", "b", "c");
/** Usage behind a gap, and separators that are no line ends. */
const separators = scriptOf([wait(5), write(chunk("a\u2028b")), write("data: [DONE]\n\n")]);
const json = jsonScript('{"object":"list","data":[]}');

const SCENARIOS: readonly (readonly [id: string, fault: string, of?: Script])[] = [
  ["stream/ogl-error-midway-unframed", "ogl-busy@2:error=ReadTimeout"],
  ["stream/clean-eof-midway", "end@2"],
  ["stream/truncated-json", "truncated-frame@3"],
  ["stream/stall-midway", "stall@2"],
  ["stream/stall-with-comments", "keepalive@2:ms=500"],
  ["stream/error-object-midway", "error-object@2"],
  ["stream/error-event-midway", "error-event@2"],
  ["sse/utf8-split", "split-utf8"],
  ["sse/frame-split-every-byte", "split"],
  ["sse/frame-split-every-byte, in one write", "join"],
  ["retry/429-retry-after-seconds", "status:code=429,retry-after=1"],
  ["retry/429-retry-after-long", "status:code=429,retry-after=90"],
  ["retry/no-replay-after-first-token", "reset@1"],
  ["sse/blank-after-comment-with-id", "field:name=id,value={n} + comment:text=ping"],
  ["sse/comments", 'comment:text="OPENROUTER PROCESSING"'],
  ["sse/crlf", "crlf"],
  ["sse/crlf-split", "crlf:apart"],
  ["sse/data-no-space", "no-space"],
  ["sse/unicode-separators, as OGL cuts them", "ogl-cut-line@1", separators],
  ["stream/missing-done", "missing-done"],
  ["stream/done-then-open", "stall@end"],
  ["stream/done-then-reset", "reset@end"],
  ["error/detail-string", 'status:code=404,message="Model not found."'],
  ["error/detail-list-422", "status:code=422,body=detail-list,message=Field required"],
  ["sse/bom", "bom"],
  ["sse/bom, split", "bom:apart"],
  ["sse/eof-no-blank-line", "missing-done + unterminated"],
  ["sse/multi-line-data", "multi-line"],
  ["sse/cr-only", "cr"],
  ["sse/empty-event", "field@1:name=event,value=ping,block"],
  ["sse/unknown-and-retry-fields", "field + field@1:name=retry,value=100,block"],
  ["sse/ping-event-with-data", "event@1:type=ping"],
  ["sse/empty-data", 'event@1:data=""'],
  ["sse/data-comment", 'event@1:data=": keepalive"'],
  ["frame/huge-2mb", "pad@2:bytes=2097152"],
  ["frame/20k-small, in one burst", "burst"],
  [
    "body/json-for-stream, as OGL relays it",
    'header:name=content-type,value=text/event-stream + garbage:text="\\n\\n"',
    json,
  ],
  ["body/sse-for-json", "header:name=content-type,value=application/json"],
  ["body/json-after-leading-newlines", 'garbage@b0:text="\\n\\n\\n"', json],
  ["error/html-502", "status:code=502,body=html"],
  ["error/empty-body-500", "status:code=500,body=empty"],
  ["error/503-with-event-stream-type", "ogl-unavailable"],
  ["error/200-with-error-body", "status:code=200,body=openai"],
  ["error/string-error", "error-object@0:body=string"],
  ["error/malformed-event-json", "malformed-json@2"],
  ["stream/reset-midway", "reset@2"],
  ["stream/garbage-after-done", "garbage"],
  ["stream/injected-error-inside-frame", 'garbage@b150:text="{\\"error\\":{}}"'],
  ["retry/retry-after-garbage", "status:code=503,retry-after=soon"],
  ["retry/retry-after-ms", "status:code=429,retry-after=2,retry-after-ms=300"],
  ["retry/x-should-retry", "status:code=400,should-retry=true"],
  ["retry/connection-lost-before-headers", "reset"],
  ["retry/connection-lost-before-headers, empty reply", "truncate"],
  ["conn/cancel-before-first-byte", "latency:ms=60000"],
  ["http/content-type-charset", 'header:name=content-type,value="TEXT/EVENT-STREAM;charset=iso-8859-1"'],
  ["http/content-type missing", "header:name=content-type"],
  ["http/gzip", "gzip:flush=no"],
  ["http/gzip-flushed", "gzip"],
  ["http/deflate", "deflate"],
  ["http/br", "br"],
  ["http/transfer-shapes, length", "framing:how=length"],
  ["http/transfer-shapes, closing", "framing:how=eof"],
  ["http/transfer-shapes, extensions and trailers", "trailer + chunk-extension"],
  ["http/early-hints-and-100", "informational"],
  ["http/redirect-307-308", "redirect:code=308,location=/v1/elsewhere"],
  ["http/redirect-302", "redirect:code=302,location=/v1/elsewhere"],
  ["http/redirect-cross-origin", "redirect:location=http://127.0.0.2:9/"],
  ["http/large-request", "status:code=413,early"],
  ["request/no-duplicate-post", "latency:ms=5000"],
  ["last chunk of the framing missing", "truncate@end"],
  ["content-length shorter than the stream", "content-length:by=-40"],
  ["[DONE] with one newline", "unterminated"],
  ["slow but alive", "trickle:bytes=8,ms=300"],
  ["usage after a gap", "pause@-2:ms=3000"],
  ["garbage instead of HTTP", "not-http"],
  ["truncated content-length", "truncate@b9", json],
  ["slow body", "trickle", json],
  ["1 MiB of HTML", "status:code=500,body=html,size=1048576,stream"],
  ["OGL: unhandled exception", "ogl-500", json],
  ["OGL: 429 without retry-after", "ogl-limit"],
  ["OGL: a provider's error", "ogl-upstream:code=500,body=flat"],
  ["OGL: a relayed error object", "ogl-error-relay@2"],
  ["OGL: the later generation's error", "ogl-error-event@2"],
];

describe("the server's part of a scenario", () => {
  it.each(SCENARIOS.map(([id, fault, of]) => [id, fault, of ?? stream] as const))(
    "%s is %s",
    (_, fault, of) => {
      expect(applyFaults(of, fault)).not.toEqual(of);
    },
  );
});
