/**
 * A server that sends what a real OGL sent: raw bytes, at the times at which they were read, cut where it was cut. It
 * knows nothing of gatetape.
 */
import { once } from "node:events";
import * as net from "node:net";

/** What the origin sends for one request. */
export interface Sent {
  readonly response: Buffer;
  /** [ms since the request, bytes] of each write. */
  readonly reads: readonly (readonly [number, number])[];
  /** What becomes of the connection after that. */
  readonly after: "keep" | "close" | "reset";
}

/** What the origin saw of one request. */
export interface Got {
  readonly bytes: Buffer;
  readonly socket: net.Socket;
}

export interface ReplayOrigin {
  readonly port: number;
  readonly url: string;
  readonly got: readonly Got[];
  /** Connections that are open. */
  readonly open: ReadonlySet<net.Socket>;
  readonly accepted: number;
  /** Resolves when as many requests have come in all. */
  requests(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The end of a request's bytes; `undefined` while it is not whole. */
export function requestEnd(bytes: Buffer): number | undefined {
  const head = bytes.indexOf("\r\n\r\n");
  if (head === -1) return undefined;
  const text = bytes.subarray(0, head).toString("latin1");
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
  if (!/\r\ntransfer-encoding: *chunked/i.test(text))
    return bytes.length >= head + 4 + length ? head + 4 + length : undefined;
  for (let at = head + 4; ;) {
    const lf = bytes.indexOf("\r\n", at);
    if (lf === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lf).toString("latin1"), 16);
    if (size === 0) {
      const end = bytes.indexOf("\r\n\r\n", lf - 1);
      return bytes.subarray(lf, lf + 4).equals(Buffer.from("\r\n\r\n"))
        ? lf + 4
        : end === -1
          ? undefined
          : end + 4;
    }
    at = lf + 2 + size + 2;
    if (at > bytes.length) return undefined;
  }
}

/** @param next what to send for the n-th request, counted from 0 */
export async function startOrigin(next: (n: number, request: Buffer) => Sent): Promise<ReplayOrigin> {
  const got: Got[] = [];
  const open = new Set<net.Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted++;
    open.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    let bytes = Buffer.alloc(0);
    let busy = Promise.resolve();
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part]);
      for (let end = requestEnd(bytes); end !== undefined; end = requestEnd(bytes)) {
        const request = bytes.subarray(0, end);
        bytes = bytes.subarray(end);
        const sent = next(got.length, request);
        got.push({ bytes: request, socket });
        busy = busy.then(() => send(socket, sent));
        for (const { count, resolve } of waiting) if (got.length >= count) resolve();
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    got,
    open,
    get accepted() {
      return accepted;
    },
    requests: (count) =>
      got.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

async function send(socket: net.Socket, { response, reads, after }: Sent): Promise<void> {
  const started = performance.now();
  let from = 0;
  for (const [ms, size] of reads) {
    await due(started + ms);
    if (socket.destroyed) return;
    socket.write(response.subarray(from, from + size));
    from += size;
  }
  if (after === "close") socket.end();
  if (after === "reset") socket.write("", () => socket.resetAndDestroy());
}

/** What an origin is for is to be on time. */
function due(at: number): Promise<void> {
  const delay = at - performance.now();
  return delay <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, delay));
}
