import type { Listener } from "../../../src/server/listen.ts";
import { Line as SocketLine } from "../../support/line.ts";

const lines = new Set<Line>();

/** Closes what a test has left open. */
export function closeLines(): void {
  for (const { socket } of lines) socket.destroy();
  lines.clear();
}

/** A connection and all that came over it, with the date left out. */
export class Line extends SocketLine {
  constructor({ port }: Listener) {
    super(port);
    lines.add(this);
  }
  override get text(): string {
    return undated(super.text);
  }
}

export const undated = (text: string): string => text.replaceAll(/^date: .*\r$/gm, "date: *\r");

export const FIRST_400 =
  "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nInvalid HTTP request received.";
/** After other requests h11 chunks it (seen on uvicorn 0.41.0 with h11 0.16.0: `test/live/h11`). */
export const LATER_400 =
  "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\nInvalid HTTP request received.\r\n0\r\n\r\n";
