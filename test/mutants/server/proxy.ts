/** A proxy before a mock that changes its answers: a server that is wrong on purpose. */
import { type IncomingHttpHeaders, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** Answer of the mock, whole. */
export interface WholeAnswer {
  readonly status: number;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
  /** HTTP chunks of the body. */
  readonly chunks: readonly Buffer[];
  /** Bytes after the end of the message. */
  readonly surplus?: string;
  /** Closes the connection before the end of the message. */
  readonly isCut?: boolean;
}

/** Request that the answer is for. */
export interface ProxiedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Changes an answer; `undefined` leaves it. */
export type Edit = (answer: WholeAnswer, request: ProxiedRequest) => WholeAnswer | undefined;

/** Running proxy. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Change of all answers from now on. */
  edit: Edit;
}

/** Starts a proxy before the server at a URL; it changes nothing until it is told to. */
export async function startProxy(url: string): Promise<Proxy> {
  const { hostname, port } = new URL(url);
  const server = createServer(async (incoming, outgoing) => {
    const body: Buffer[] = [];
    for await (const chunk of incoming) body.push(chunk as Buffer);
    const { method = "GET", url: target = "/", rawHeaders } = incoming;
    const sent = Buffer.concat(body);
    const headers = rawHeaders.filter(
      (_, i) => !/^(?:transfer-encoding|content-length)$/i.test(rawHeaders[i - (i % 2)] ?? ""),
    );
    const answer = await new Promise<WholeAnswer>((resolve, reject) => {
      const up = request(
        {
          host: hostname,
          port,
          agent: false,
          method,
          path: target,
          headers: [...headers, "Content-Length", String(sent.length)],
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.rawHeaders, chunks }),
          );
        },
      );
      up.on("error", reject);
      up.end(sent);
    }).catch(() => undefined);
    if (answer === undefined) {
      incoming.socket.destroy();
      return;
    }
    const seen = { method, target, headers: incoming.headers, body: sent.toString() };
    const { status, headers: own, chunks, surplus, isCut } = proxy.edit(answer, seen) ?? answer;
    const isChunked = own.some((name, i) => i % 2 === 0 && name.toLowerCase() === "transfer-encoding");
    const length = String(chunks.reduce((sum, { length: size }) => sum + size, 0));
    const kept = own.filter(
      (_, i) => !/^(?:transfer-encoding|content-length|connection|keep-alive)$/i.test(own[i - (i % 2)] ?? ""),
    );
    outgoing.sendDate = false;
    outgoing.writeHead(status, [
      ...kept,
      ...(isChunked ? [] : ["content-length", method === "HEAD" ? "31" : length]),
    ]);
    for (const chunk of chunks.slice(0, isCut === true ? -1 : undefined)) outgoing.write(chunk);
    if (isCut === true) outgoing.write(chunks.at(-1) ?? "", () => outgoing.socket?.destroy());
    else {
      const { socket } = outgoing;
      outgoing.end();
      // In the same turn, so that it comes in one segment with the message.
      if (surplus !== undefined) socket?.write(surplus);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    edit: () => undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
