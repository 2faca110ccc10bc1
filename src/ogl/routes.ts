import { uvicornHeaders } from "../asgi/index.ts";
import type { Answer, RequestHead } from "../exchange/index.ts";
import { headerValue } from "../http/index.ts";
import { type Spec, pinnedDocument } from "../openapi/index.ts";
import { computed } from "./computed.ts";
import { refuse, withoutBody } from "./errors.ts";

/** Paths that FastAPI itself serves. No OpenAPI lists them. */
const BESIDE_THE_OPENAPI = new Set(["/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"]);

/**
 * Refuses a request that is no operation, as Starlette does: 405 with the method of the first route that has the path, 307
 * to the path without the slash at its end if that path exists, else 404 (observed on 0.4.1: http-405-*, misc-health-slash).
 *
 * @returns `undefined` for paths that FastAPI itself serves
 */
export function refuseRoute(spec: Spec, head: RequestHead): Answer | undefined {
  const { method, path } = head;
  if (BESIDE_THE_OPENAPI.has(path)) return undefined;
  const methods = spec.operations.methodsOf(path);
  const [first] = methods;
  const answer =
    first !== undefined
      ? refuse(405, "Method Not Allowed", `this path takes ${methods.join(", ")}`, [["allow", first]])
      : (redirect(spec, head) ?? refuse(404, "Not Found", `OGL ${spec.version} has no such path`));
  return method === "HEAD" ? withoutBody(answer) : answer;
}

/** Answers `GET /openapi.json`, which needs no key, with the document as OGL published it. */
export function openApi(spec: Spec, { method, path }: RequestHead): Answer | undefined {
  return method === "GET" && path === "/openapi.json" ? computed(pinnedDocument(spec.version)) : undefined;
}

function redirect(spec: Spec, { path, target, headers }: RequestHead): Answer | undefined {
  if (path === "/" || !path.endsWith("/")) return undefined;
  const bare = path.replace(/\/+$/, "");
  if (spec.operations.methodsOf(bare).length === 0 && !BESIDE_THE_OPENAPI.has(bare)) return undefined;
  const mark = target.indexOf("?");
  const query = mark === -1 ? "" : target.slice(mark);
  const location = `http://${headerValue(headers, "host") ?? "127.0.0.1"}${quote(bare)}${query}`;
  return {
    script: {
      wait: 0,
      head: {
        http: "1.1",
        status: 307,
        reason: "Temporary Redirect",
        framing: "length",
        headers: uvicornHeaders(["content-length", null], ["location", location]),
      },
      ops: [{ op: "complete" }],
    },
    by: { kind: "ogl", refused: 307, why: `Temporary Redirect: to ${quote(bare)}` },
  };
}

/** A path as Starlette spells it in a redirect: UTF-8, with percent escapes for characters that are not safe there. */
function quote(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9_.~:/%#?=@[\]!$&'()*+,;-]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
