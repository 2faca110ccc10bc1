import type { Socket } from "node:net";
import { HttpParseError, MessageParser, type RawMessage } from "../../http/index.ts";
import { type UpstreamRoute, connectUpstream } from "../../server/index.ts";

/** Request as it is sent. */
export interface SentRequest {
  readonly method: string;
  /** Head and body with its framing. */
  readonly bytes: Uint8Array;
}

/** Answer as its bytes came. */
export interface Heard {
  readonly message: RawMessage;
  /** False if no whole head came. */
  readonly hasHead: boolean;
  readonly ended: "complete" | "truncate" | "reset" | "stall" | "aborted";
  /** Number of bytes after the end of the message. */
  readonly surplus: number;
  readonly trouble?: string;
  /** Duration in ms, from the first byte sent. */
  readonly ms: number;
}

/** Connection to the judged server, for one request after another. */
export interface Connection {
  /** Sends a request and resolves with its answer, whatever comes of it. */
  ask(request: SentRequest, leaveAfter?: number): Promise<Heard>;
  close(): void;
}

/** Opens a connection. @throws Error if the server can't be reached */
export function openConnection(route: UpstreamRoute, timeoutMs: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      giveUp();
      reject(new Error(`no connection within ${timeoutMs} ms`));
    }, timeoutMs);
    const giveUp = connectUpstream(route, {
      connected: (socket) => {
        clearTimeout(timer);
        resolve(connectionOver(socket, timeoutMs));
      },
      failed: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
}

/** Bytes that came between two requests, and the state of a connection. */
interface Wire {
  readonly socket: Socket;
  isOver: boolean;
  error: Error | undefined;
}

function connectionOver(socket: Socket, timeoutMs: number): Connection {
  const wire: Wire = { socket, isOver: false, error: undefined };
  socket.on("error", (error) => (wire.error = error));
  socket.on("close", () => (wire.isOver = true));
  socket.on("end", () => (wire.isOver = true));
  return {
    ask: (request, leaveAfter) => hearAnswer(wire, request, timeoutMs, leaveAfter),
    close: () => socket.destroy(),
  };
}

/** Sends a request and reads its answer to the end, the time limit, or the event after which the reader leaves. */
function hearAnswer(
  wire: Wire,
  request: SentRequest,
  timeoutMs: number,
  leaveAfter: number | undefined,
): Promise<Heard> {
  const { socket } = wire;
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  const parser = new MessageParser("response", request.method);
  return new Promise((resolve) => {
    const finish = (ended: Heard["ended"], trouble?: string): void => {
      clearTimeout(timer);
      socket.off("data", read).off("end", over).off("close", over);
      if (ended === "aborted" || ended === "stall") socket.destroy();
      resolve({
        message: parser.message(),
        hasHead: parser.headSeen,
        ended,
        surplus: parser.rest.length,
        ...(trouble === undefined ? {} : { trouble }),
        ms: now(),
      });
    };
    const read = (bytes: Buffer): void => {
      try {
        parser.push(bytes, now());
      } catch (error) {
        if (!(error instanceof HttpParseError)) throw error;
        finish("truncate", `the answer is not HTTP/1: ${error.reason}`);
        return;
      }
      if (parser.done) finish("complete");
      else if (leaveAfter !== undefined && eventCount(parser) >= leaveAfter) finish("aborted");
    };
    const over = (): void => {
      parser.eof(now());
      if (parser.done) finish("complete");
      else if (wire.error !== undefined) finish("reset", wire.error.message);
      else
        finish(
          "truncate",
          parser.headSeen
            ? "the connection was closed in the middle of the answer"
            : "the connection was closed without an answer",
        );
    };
    const timer = setTimeout(() => finish("stall", `no end within ${timeoutMs} ms`), timeoutMs);
    if (wire.isOver || socket.destroyed) {
      finish("truncate", "the server had closed the connection");
      return;
    }
    socket.on("data", read).on("end", over).on("close", over);
    socket.write(request.bytes);
  });
}

/** Number of whole events so far. */
function eventCount(parser: MessageParser): number {
  const body = Buffer.concat(parser.message().reads.map(({ bytes }) => bytes)).toString("latin1");
  return body.split(/\n\n|\r\n\r\n/).length - 1;
}
