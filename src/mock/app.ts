import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { Operations, Route } from "../openapi/index.ts";
import { CONTROL_PATH, type Gateway } from "../server/index.ts";
import { hono, honoRoute, honoSent } from "../util/index.ts";

export interface MockAppOptions {
  readonly gateway: Gateway;
  /** Operations, each of which becomes a Hono route. */
  readonly operations: Operations;
  /** App for everything below `/__gatetape`. */
  readonly control: Hono;
}

/**
 * Makes the mock's Hono app: a route for each operation of the OpenAPI, one for all else, and the control API. The raw
 * target decides the operation, by the same table, since Hono's own path is normalised (`/v1/models/../admin`). Served by
 * `@hono/node-server`, it answers over the socket and keeps its bytes; without a socket, and inside another app (whose
 * middleware may change answers), it answers with a `Response`.
 */
export function mockApp({ gateway, operations, control }: MockAppOptions): Hono {
  const app = new (hono().Hono)();
  const { basePath } = honoRoute();
  // A copy is Node's own `Response`. Hono's server may have put its own in the place of that, whose head it would send.
  const sent = honoSent().RESPONSE_ALREADY_SENT.clone();
  /** Requests that came by this app's own `fetch`: no other app stands between them and the socket. */
  const own = new WeakSet<Request>();
  const answer = (request: Request, env: unknown, base: string, context?: Context): Promise<Response> => {
    const { incoming, outgoing } = bindingsOf(env);
    const target = mountedTarget(request, incoming?.url, base);
    if (own.has(request) && incoming !== undefined && outgoing !== undefined) {
      gateway.serve(incoming, outgoing, target);
      return Promise.resolve(sent);
    }
    // Read through the context, since another app's middleware may have read the body.
    const body = (): Promise<ArrayBuffer> => (context?.req ?? request).arrayBuffer();
    return gateway.fetch(request, { target, incoming, body });
  };
  const handler = (c: Context): Promise<Response> => answer(c.req.raw, c.env, basePath(c), c);

  app.route(CONTROL_PATH, control);
  for (const route of operations.routes) {
    for (const method of route.methods.keys()) app.on(method, honoPath(route), handler);
  }
  app.all("*", handler); // sessions, 404 and 405, and recordings of other paths

  const dispatch = app.fetch;
  app.fetch = (request, env, context) => {
    own.add(request);
    // Hono would turn a HEAD into a GET.
    return request.method === "HEAD" && !new URL(request.url).pathname.startsWith(CONTROL_PATH)
      ? answer(request, env, "/")
      : dispatch(request, env, context);
  };
  return app;
}

/** Path of a route in Hono's syntax: `/v1/models/:model{.+}`. */
export function honoPath({ template, wide }: Route): string {
  return template.replaceAll(
    /\{([^}]+)\}/g,
    (_, name: string) => `:${name}${wide.includes(name) ? "{.+}" : ""}`,
  );
}

/** Request and response of Node, if the app is served by Node. */
function bindingsOf(env: unknown): Partial<HttpBindings> {
  return (env ?? {}) as Partial<HttpBindings>;
}

/**
 * Raw request target, without the base path of an outer app. If an outer app has changed the path (`mount`), the URL's
 * path is used.
 */
function mountedTarget({ url }: Request, raw: string | undefined, base: string): string {
  const { pathname, search } = new URL(url);
  const came = raw !== undefined && pathOf(raw) === pathname ? raw : pathname + search;
  if (base === "/" || base === "") return came;
  const prefix = [came, pathname + search].find((target) => target.startsWith(base));
  const target = prefix === undefined ? came : prefix.slice(base.length);
  return target.startsWith("/") ? target : `/${target}`;
}

function pathOf(target: string): string | undefined {
  return URL.canParse(target, "http://localhost") ? new URL(target, "http://localhost").pathname : undefined;
}
