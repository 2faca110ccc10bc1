import { splitTarget } from "../../cassette/index.ts";
import type { Trace } from "../../exchange/index.ts";
import { headerValue, writesOf } from "../../http/index.ts";
import type { Spec } from "../../openapi/index.ts";

/** Deviations of an answer from the OpenAPI, one line a kind; `undefined` without a complete answer. */
export function findDrift(spec: Spec, { request, answer, delivery }: Trace): string[] | undefined {
  const { head, ops } = answer.script;
  if (head === null || (delivery.ended !== "complete" && delivery.ended !== "close")) return undefined;
  const { path } = splitTarget(request.target);
  const findings = spec.validateResponse({
    operation: spec.operations.find(request.method, path)?.operation,
    status: head.status,
    contentType: headerValue(head.headers, "content-type"),
    body: Buffer.concat([...writesOf(ops)]),
  });
  return [...new Set(findings.map(({ part, pointer, message }) => `${part}${pointer}: ${message}`))];
}
