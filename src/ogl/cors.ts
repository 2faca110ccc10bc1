import { uvicornHeaders } from "../asgi/index.ts";
import type { Access, Answer, RequestHead } from "../exchange/index.ts";
import { type Header, headerValue } from "../http/index.ts";
import { withHeaders } from "./errors.ts";

const ANY_ORIGIN: [string, string] = ["access-control-allow-origin", "*"];

/**
 * Adds CORS for pages of any origin. OGL has no CORS middleware and answers a preflight 405 (observed on 0.4.1:
 * http-options-chat, http-cors-simple); this is for browser clients that a proxy serves in production.
 */
export function openToBrowsers(access: Access): Access {
  return {
    refuseEarly(head) {
      const { headers, method } = head;
      if (method === "OPTIONS" && headerValue(headers, "access-control-request-method") !== undefined)
        return preflight(head);
      const answer = access.refuseEarly?.(head);
      return answer && withCors(answer, headers);
    },
    refuse: (exchange) => access.refuse(exchange),
    settle: (request) => {
      const settle = access.settle(request);
      return (answer) => withCors(settle(answer), request.headers);
    },
  };
}

function withCors(answer: Answer, headers: readonly Header[]): Answer {
  if (headerValue(headers, "origin") === undefined) return answer;
  return withHeaders(answer, [ANY_ORIGIN, ["access-control-expose-headers", "*"]]);
}

function preflight({ headers }: RequestHead): Answer {
  const requested = headerValue(headers, "access-control-request-headers");
  return {
    by: { kind: "reply", from: "cors" },
    script: {
      wait: 0,
      head: {
        http: "1.1",
        status: 204,
        reason: "No Content",
        framing: "none",
        headers: uvicornHeaders(
          ANY_ORIGIN,
          ["access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE"],
          ...(requested === undefined ? [] : [["access-control-allow-headers", requested] as const]),
          ["access-control-max-age", "600"],
        ),
      },
      ops: [{ op: "complete" }],
    },
  };
}
