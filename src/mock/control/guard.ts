import type { IncomingMessage } from "node:http";
import type { Context, MiddlewareHandler } from "hono";
import { isOwnAddress } from "./own-address.ts";
import { refuseCall } from "./refuse.ts";
import { isSameToken } from "./token.ts";

export interface GuardOptions {
  /** Host names that may reach the control API, in addition to those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Token that lets calls from other machines in. */
  readonly token: string;
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Lets calls in that come from this machine, or with the token. Pages of other sites stay out: a foreign `Origin` is always
 * refused, a foreign `Host` (DNS rebinding) unless the call has the token, which no such page knows.
 */
export function controlGuard({ allowedHosts, token }: GuardOptions): MiddlewareHandler {
  const names = new Set([...LOOPBACK_NAMES, ...allowedHosts.map((host) => host.toLowerCase())]);
  const isAllowed = (host: string): boolean =>
    names.has(host) || isOwnAddress(host.replaceAll(/^\[|\]$/g, ""));
  return async (c, next) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && !isAllowed(hostName(originHost(origin))))
      return refuseCall(
        403,
        `the control API is closed to pages of ${origin}`,
        "call it from a program, or from a page that this mock's own host serves",
      );
    if (!hasToken(c, token)) {
      const refusal = refuseForeign(c, isAllowed);
      if (refusal !== undefined) return refusal;
    }
    await next();
    return undefined;
  };
}

/** Refuses a call without the token that comes from another machine, or by a name that is not this machine's. */
function refuseForeign(c: Context, isAllowed: (host: string) => boolean): Response | undefined {
  const peer = peerOf(c.env);
  if (peer !== IN_PROCESS && !isOwnAddress(peer))
    return refuseCall(
      401,
      "the control API is open to this machine's own addresses; from others it needs the token",
      "send `Authorization: Bearer TOKEN`; the mock printed its token at the start, --control-token chooses one",
      { "www-authenticate": "Bearer" },
    );
  const host = c.req.header("host") ?? (peer === IN_PROCESS ? new URL(c.req.url).host : "");
  if (!isAllowed(hostName(host)))
    return refuseCall(
      403,
      `the control API does not answer to the host ${host || "(none)"}`,
      "use 127.0.0.1 or localhost, send the token, or start the mock with --allow-host NAME",
    );
  return undefined;
}

function hasToken(c: Context, token: string): boolean {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  const given = [bearer, c.req.header("x-gatetape-token")];
  return given.some((one) => one !== undefined && isSameToken(one, token));
}

/** Peer of a call that came without a server: no other site or machine can have sent it. */
const IN_PROCESS = Symbol("in process");

/**
 * Address of the socket's other end, never a header's word for it. The empty string is an unknown peer: that of a server other
 * than Node's, or of a connection that is closed already.
 */
function peerOf(env: unknown): string | typeof IN_PROCESS {
  if (env === undefined || env === null || isEmptyObject(env)) return IN_PROCESS;
  const { incoming } = env as { readonly incoming?: IncomingMessage };
  return incoming?.socket.remoteAddress ?? "";
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.keys(value).length === 0
  );
}

/** Name of a `Host` value, without its port, in lower case. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function originHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : origin;
}
