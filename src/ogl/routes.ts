import { asgiResponse, uvicornHeaders } from "../asgi/index.ts";
import type { Answer, RequestHead } from "../exchange/index.ts";
import { type Header, headerValue } from "../http/index.ts";
import { type Spec, pinnedDocument } from "../openapi/index.ts";
import { computed } from "./computed.ts";
import { refuse, withoutBody } from "./errors.ts";

/** Paths that FastAPI itself serves. No OpenAPI lists them. */
const BESIDE_THE_OPENAPI = new Set(["/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"]);

/** Methods of these paths. Unlike operations they answer to HEAD. The order is that of a set, and differs from start to start. */
const READS = ["HEAD", "GET"];

/**
 * Refuses a request that is no operation, as Starlette does: 405 with the method of the first route that has the path, 307
 * to the path without the slash at its end if that path exists, else 404 (observed on 0.4.1: http-405-*, misc-health-slash).
 *
 * @returns `undefined` for reads of paths that FastAPI itself serves
 */
export function refuseRoute(spec: Spec, head: RequestHead): Answer | undefined {
  const { method, path } = head;
  const isBeside = BESIDE_THE_OPENAPI.has(path);
  if (isBeside && READS.includes(method)) return undefined;
  const methods = isBeside ? READS : spec.operations.methodsOf(path);
  // Of operations only the method of the first route is named.
  const allowed = isBeside ? READS.join(", ") : methods[0];
  const answer =
    allowed !== undefined
      ? refuse(405, "Method Not Allowed", `this path takes ${methods.join(", ")}`, [["allow", allowed]])
      : (redirect(spec, head) ?? refuse(404, "Not Found", `OGL ${spec.version} has no such path`));
  return method === "HEAD" ? withoutBody(answer) : answer;
}

/**
 * Answers `GET` and `HEAD` of the paths that FastAPI itself serves, which need no key: the document as OGL published it, and
 * pages that show it. The real pages load a viewer from elsewhere; these only name the document.
 */
export function besideOpenApi(spec: Spec, { method, path }: RequestHead): Answer | undefined {
  if (!BESIDE_THE_OPENAPI.has(path) || !READS.includes(method)) return undefined;
  const answer = path === "/openapi.json" ? computed(pinnedDocument(spec.version)) : viewerPage(spec);
  return method === "HEAD" ? withoutBody(answer) : answer;
}

function viewerPage({ version }: Spec): Answer {
  const title = `OpenGateLLM ${version}`;
  const html = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><a href="/openapi.json">${title}</a></body></html>\n`;
  return {
    script: asgiResponse(200, Buffer.from(html), [], "text/html; charset=utf-8"),
    by: { kind: "ogl" },
  };
}

function redirect(spec: Spec, { path, target, headers }: RequestHead): Answer | undefined {
  if (path === "/" || !path.endsWith("/")) return undefined;
  const bare = path.replace(/\/+$/, "");
  if (spec.operations.methodsOf(bare).length === 0 && !BESIDE_THE_OPENAPI.has(bare)) return undefined;
  const mark = target.indexOf("?");
  const query = mark === -1 ? "" : target.slice(mark);
  const location = `${schemeOf(headers)}://${headerValue(headers, "host") ?? "127.0.0.1"}${quote(bare)}${query}`;
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

/** The scheme of a request as the proxy before uvicorn tells it (observed on 0.4.1: http-307-proto). */
function schemeOf(headers: readonly Header[]): string {
  const sent = headerValue(headers, "x-forwarded-proto")?.trim();
  return sent === "https" ? sent : "http";
}

/** A path as Starlette spells it in a redirect: UTF-8, with percent escapes for characters that are not safe there. */
function quote(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9_.~:/%#?=@[\]!$&'()*+,;-]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
