/** A server and a connection whose every byte is the test's own. */
import { once } from "node:events";
import * as net from "node:net";
import { Line } from "./line.ts";

export interface RawServer {
  readonly port: number;
  readonly url: string;
  readonly lines: readonly Line[];
  /** The n-th connection, counted from 0, when it is there. */
  line(n: number): Promise<Line>;
  close(): Promise<void>;
}

export async function startRawServer(): Promise<RawServer> {
  const lines: Line[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => lines.push(new Line(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    lines,
    line: async (n) => {
      while (lines[n] === undefined) await once(server, "connection");
      return lines[n];
    },
    close: async () => {
      for (const { socket } of lines) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export async function connectTo(port: number): Promise<Line> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return new Line(socket);
}
