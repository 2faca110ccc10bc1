import * as net from "node:net";
import type * as Tls from "node:tls";
import { HttpParseError, MessageParser, type RawMessage } from "../../src/http/http1.ts";

/** Loaded when first needed: a mock without it starts sooner. */
const tls = (): typeof Tls => process.getBuiltinModule("node:tls");

/** How the server's side of a connection ended after the response. */
export type ConnectionEnd = "keep-alive" | "eof" | "reset" | "timeout";

export interface RawResponse extends RawMessage {
  readonly connection: ConnectionEnd;
  /** Set if what came is not HTTP/1. */
  readonly parseError?: HttpParseError;
}

export interface RawRequestOptions {
  readonly host: string;
  readonly port: number;
  /** The request as it goes over the wire, head and body. */
  readonly bytes: Uint8Array;
  /** The request's method, since a response to HEAD has no body. */
  readonly method: string;
  readonly tls?: Tls.ConnectionOptions;
  /** Ends the exchange with `connection: "timeout"` after that many ms. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called for each piece of the body as it is complete. */
  readonly onProgress?: (message: RawMessage) => void;
}

/**
 * One raw HTTP/1 exchange on a connection of its own. Gives what came, also when it was cut short.
 * @throws the system's error if the connection can't be made
 */
export function rawRequest(options: RawRequestOptions): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const parser = new MessageParser("response", options.method);
    const target = { host: options.host, port: options.port };
    const socket = options.tls ? tls().connect({ ...target, ...options.tls }) : net.connect(target);
    let connected = false;
    let parseError: HttpParseError | undefined;
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => settle("timeout"), options.timeoutMs);

    const settle = (connection: ConnectionEnd): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
      socket.destroy();
      resolve({ ...parser.message(), connection, ...(parseError ? { parseError } : {}) });
    };
    const abort = (): void => settle("timeout");
    options.signal?.addEventListener("abort", abort, { once: true });

    socket.setNoDelay(true);
    socket.on(options.tls ? "secureConnect" : "connect", () => {
      connected = true;
      socket.write(options.bytes);
    });
    socket.on("data", (bytes) => {
      try {
        parser.push(bytes, performance.now() - started);
        options.onProgress?.(parser.message());
      } catch (error) {
        if (!(error instanceof HttpParseError)) throw error;
        parseError = error;
        settle("eof");
        return;
      }
      if (parser.done) settle("keep-alive");
    });
    socket.on("end", () => {
      parser.eof(performance.now() - started);
      settle("eof");
    });
    socket.on("error", (error) => {
      if (connected) settle("reset");
      else {
        clearTimeout(timer);
        reject(error);
      }
    });
  });
}
