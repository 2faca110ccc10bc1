/** A server and a connection whose every byte is the test's own. */
import { once } from "node:events";
import * as net from "node:net";

/** One end of a connection, and all that came over it. */
export class RawLine {
  text = "";
  ended: "fin" | "reset" | undefined;
  readonly socket: net.Socket;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setMaxListeners(0); // each wait below leaves its listeners behind
    socket.on("data", (bytes: Buffer) => (this.text += bytes.toString("latin1")));
    socket.on("end", () => (this.ended ??= "fin"));
    socket.on("error", () => (this.ended ??= "reset"));
  }

  write(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** Waits until a text has come. */
  async has(part: string, times = 1): Promise<string> {
    while (this.text.split(part).length <= times) {
      if (this.ended) throw new Error(`ended (${this.ended}) without ${part}: ${this.text}`);
      await Promise.race([once(this.socket, "data"), once(this.socket, "close")]);
    }
    return this.text;
  }

  /** Waits until the other side has ended the connection, and says how. */
  async over(): Promise<"fin" | "reset" | undefined> {
    if (this.ended === undefined && !this.socket.destroyed)
      await Promise.race([once(this.socket, "end"), once(this.socket, "close")]).catch(() => {});
    return this.ended;
  }
}

export interface RawServer {
  readonly port: number;
  readonly url: string;
  readonly lines: readonly RawLine[];
  /** The n-th connection, counted from 0, when it is there. */
  line(n: number): Promise<RawLine>;
  close(): Promise<void>;
}

export async function startRawServer(): Promise<RawServer> {
  const lines: RawLine[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => lines.push(new RawLine(socket)));
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

export async function connectTo(port: number): Promise<RawLine> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return new RawLine(socket);
}
