import { isIP } from "node:net";
import { masked } from "../../secrets/index.ts";
import { GatetapeError } from "../../util/index.ts";

/** A live server and where on it OGL's paths begin. */
export interface UpstreamTarget {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The value of `Host`: the port is left out where it is the scheme's own. */
  readonly authority: string;
  /** Scheme and authority, without a slash at the end. */
  readonly origin: string;
  /** Prefix of every target: `""`, or a path without a slash at its end and without `/v1`. */
  readonly prefix: string;
}

/** `url` and `proxy`: the address can't be used; `connection`: a proxy does not let us through. */
export type UpstreamErrorCode = "url" | "proxy" | "connection";

/** The upstream can't be reached by the given URL or proxy. */
export class UpstreamError extends GatetapeError<UpstreamErrorCode> {
  override readonly name = "UpstreamError";
}

/**
 * Reads a base URL as people have them at hand: with or without `/v1`, a path before it, a slash at the end.
 * @throws UpstreamError
 */
export function parseUpstream(text: string): UpstreamTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UpstreamError(
      "url",
      {},
      `${JSON.stringify(masked(text))} is no http or https URL`,
      "give the gateway's base URL, like https://gateway.example/v1",
    );
  if (url.username !== "" || url.password !== "")
    throw new UpstreamError(
      "url",
      {},
      "the upstream's URL has credentials in it, which OGL does not take",
      "leave them out; a key goes into the environment, see --upstream-key-env",
    );
  if (url.search !== "" || url.hash !== "")
    throw new UpstreamError(
      "url",
      {},
      `${url.origin}${url.pathname}: a base URL has no query and no fragment`,
      "leave them out",
    );
  const secure = url.protocol === "https:";
  return {
    secure,
    host: url.hostname.replaceAll(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    authority: url.host,
    origin: url.origin,
    prefix: url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, ""),
  };
}

/** The target of a request on the upstream; one that is no path (`*`, a whole URL) stays as it is. */
export function targetOn(upstream: UpstreamTarget, target: string): string {
  return target.startsWith("/") ? upstream.prefix + target : target;
}

/**
 * A `Location` that leads to the upstream, as one that leads to us; any other stays.
 * @param own our origin as the client knows it
 */
export function locationFor(upstream: UpstreamTarget, own: string, location: string): string {
  const match = /^(https?:\/\/[^/?#]*)(.*)$/is.exec(location);
  const [, origin = "", rest = ""] = match ?? [];
  const same = match !== null && URL.canParse(origin) && new URL(origin).origin === upstream.origin;
  const path = same ? rest : location;
  const ours = same || (match === null && location.startsWith("/") && !location.startsWith("//"));
  if (!ours) return location;
  const short = path.startsWith(`${upstream.prefix}/`) ? path.slice(upstream.prefix.length) : path;
  return same ? own + short : short;
}

/** The variables of the environment that say by which proxy a host is reached. */
export type ProxyEnv = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an https upstream (`HTTPS_PROXY`, `ALL_PROXY`, or in lower case), unless
 * `NO_PROXY` excepts the host.
 * @throws UpstreamError if it is no http or https URL
 */
export function proxyFor(upstream: UpstreamTarget, env: ProxyEnv): URL | undefined {
  if (!upstream.secure) return undefined;
  const named = env["https_proxy"] ?? env["HTTPS_PROXY"] ?? env["all_proxy"] ?? env["ALL_PROXY"] ?? "";
  if (named === "" || excepted(upstream, env["no_proxy"] ?? env["NO_PROXY"] ?? "")) return undefined;
  const text = named.includes("://") ? named : `http://${named}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UpstreamError(
      "proxy",
      {},
      "HTTPS_PROXY is no http or https URL",
      "set it to http://HOST:PORT, or except the upstream with NO_PROXY",
    );
  return new URL(text);
}

/** Entries are hosts, domains (with or without a leading dot or `*.`) or `*`, each with a port or without. */
function excepted({ host, port }: UpstreamTarget, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", only] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      const plain = isIP(entry) ? entry : name;
      if (!isIP(entry) && only !== undefined && Number(only) !== port) return false;
      const domain = plain.replace(/^\*?\./, "");
      return host.toLowerCase() === domain || (!isIP(host) && host.toLowerCase().endsWith(`.${domain}`));
    });
}
