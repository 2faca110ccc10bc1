import * as net from "node:net";
import type * as Tls from "node:tls";
import { HttpParseError, MessageParser } from "../../http/index.ts";
import { UpstreamError, type UpstreamTarget } from "./target.ts";

/** Loaded when first needed: a mock without it starts sooner. */
const tls = (): typeof Tls => process.getBuiltinModule("node:tls");

/** Way to the upstream: target, proxy, certificates. */
export interface UpstreamRoute {
  readonly target: UpstreamTarget;
  readonly proxy?: URL | undefined;
  /** Certificates (PEM) that are trusted beside the system's. */
  readonly ca?: readonly string[] | undefined;
}

/** Callbacks of an attempt to connect: exactly one is called, and none after the attempt was given up. */
export interface Connecting {
  connected(socket: net.Socket): void;
  failed(error: Error): void;
}

/** Connects to the upstream, through the proxy if there is one. Gives what gives the attempt up. */
export function connectUpstream({ target, proxy, ca }: UpstreamRoute, then: Connecting): () => void {
  const attempt = new Attempt(then);
  if (proxy === undefined) {
    attempt.reach(target, target.secure, ca, () => attempt.succeed());
  } else {
    const secure = proxy.protocol === "https:";
    const at = {
      host: proxy.hostname.replaceAll(/^\[|\]$/g, ""),
      port: Number(proxy.port) || (secure ? 443 : 80),
    };
    attempt.reach(at, secure, ca, () =>
      attempt.tunnel(proxy, target, () => attempt.wrap(target.host, ca, () => attempt.succeed())),
    );
  }
  return () => attempt.giveUp();
}

class Attempt {
  socket: net.Socket = new net.Socket();
  readonly #then: Connecting;
  #over = false;

  constructor(then: Connecting) {
    this.#then = then;
  }

  /** Connects to a host; goes on when bytes can be sent. */
  reach(
    to: { readonly host: string; readonly port: number },
    secure: boolean,
    ca: UpstreamRoute["ca"],
    next: () => void,
  ): void {
    const { host, port } = to;
    if (secure) this.#on(tls().connect({ port, ...tlsOptions(host, ca) }), "secureConnect", next);
    else this.#on(net.connect({ host, port, noDelay: true }), "connect", next);
  }

  /** Begins TLS on the connection that there is. */
  wrap(host: string, ca: UpstreamRoute["ca"], next: () => void): void {
    this.#on(tls().connect({ socket: this.socket, ...tlsOptions(host, ca) }), "secureConnect", next);
  }

  #on(socket: net.Socket, ready: "connect" | "secureConnect", next: () => void): void {
    this.socket = socket;
    const fail = (error: Error): void => this.#fail(error);
    const ended = (): void => this.#fail(new Error("the connection was closed before it was made"));
    socket.once("error", fail);
    socket.once("close", ended);
    socket.once(ready, () => {
      socket.off("error", fail);
      socket.off("close", ended);
      socket.setNoDelay(true);
      next();
    });
  }

  /** Requests a tunnel from a proxy (RFC 9110 section 9.3.6). */
  tunnel(proxy: URL, { host, port }: UpstreamTarget, next: () => void): void {
    const { socket } = this;
    const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const user = decodeURIComponent(proxy.username);
    const credential =
      user === ""
        ? ""
        : `Proxy-Authorization: Basic ${Buffer.from(`${user}:${decodeURIComponent(proxy.password)}`).toString("base64")}\r\n`;
    const parser = new MessageParser("response", "HEAD"); // the answer to CONNECT has no body, either
    const fail = (reason: string): void => {
      socket.destroy();
      this.#fail(new UpstreamError("connection", {}, `the proxy ${proxy.host} ${reason}`));
    };
    const ended = (): void => fail("closed the connection");
    const broken = (error: Error): void => fail(`failed: ${error.message}`);
    const read = (bytes: Buffer): void => {
      try {
        parser.push(bytes, 0);
      } catch (error) {
        if (!(error instanceof HttpParseError)) throw error;
        fail("does not speak HTTP");
        return;
      }
      if (!parser.headSeen) return;
      const { startLine, status } = parser.message();
      if (status < 200 || status > 299) {
        fail(`refused: ${startLine}`);
        return;
      }
      socket.off("data", read);
      socket.off("end", ended);
      socket.off("error", broken);
      next();
    };
    socket.on("data", read);
    socket.once("end", ended);
    socket.once("error", broken);
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credential}\r\n`);
  }

  succeed(): void {
    if (this.#over) return;
    this.#over = true;
    this.#then.connected(this.socket);
  }

  giveUp(): void {
    this.#over = true;
    this.socket.on("error", () => {});
    this.socket.destroy();
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.giveUp();
    this.#then.failed(error);
  }
}

/** `host` is what the certificate must be for, also where it is an address, which has no server name. */
function tlsOptions(host: string, ca: UpstreamRoute["ca"]): Tls.ConnectionOptions {
  return {
    host,
    ...(net.isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca: [...tls().getCACertificates("default"), ...ca] }),
    ALPNProtocols: ["http/1.1"],
  };
}
