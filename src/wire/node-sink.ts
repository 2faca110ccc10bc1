import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { bodyLength, type End, type Header, type Head, type Op, type Script } from "./script.ts";

/** What a sink did with a script. */
export interface Delivery {
  /** How it ended; `aborted` means that the client went away first. */
  readonly ended: End | "aborted";
  readonly writes: number;
  readonly bytes: number;
  /** When each write was made, in ms since the sink began. */
  readonly at: readonly number[];
}

export interface SinkOptions {
  /** Divides every wait: 1 is the recorded pace, `Infinity` leaves waits out. */
  readonly speed: number;
}

/** The gap that parts two writes on the wire where a script asks for it (`flush`), in ms, at any speed. */
const FLUSH_GAP_MS = 2;

/**
 * Sends a script as the answer to one request of a Node server; the only thing here that owns a clock or a socket.
 * Each write of a chunked response is one HTTP chunk. The response must be the one its connection is waiting for (no
 * earlier one under way).
 *
 * @param done called once, when the exchange is over and the connection is free or gone
 */
export function deliver(
  script: Script,
  response: ServerResponse,
  options: SinkOptions,
  done: (delivery: Delivery) => void,
): void {
  new Playback(script, response, options.speed, done).start();
}

interface Frame {
  readonly ops: readonly Op[];
  at: number;
  /** For the ops of a `repeat`: when its next round starts, how far apart rounds are, how many are left. */
  readonly round?: { due: number; readonly every: number; left: number };
}

class Playback {
  readonly #script: Script;
  readonly #response: ServerResponse;
  readonly #socket: Socket | null;
  readonly #speed: number;
  readonly #done: (delivery: Delivery) => void;
  /** Node can't write a 1.0 status line, so such a response goes to the socket, which then closes. */
  readonly #raw: boolean;
  readonly #stack: Frame[];
  #startedAt = 0;
  /** When the next op is due, in ms since the start: the sum of all waits, so that they do not drift. */
  #due = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended: End | undefined;
  #settled = false;
  #bytes = 0;
  readonly #at: number[] = [];

  constructor(script: Script, response: ServerResponse, speed: number, done: (delivery: Delivery) => void) {
    this.#script = script;
    this.#response = response;
    this.#socket = response.socket;
    this.#speed = speed;
    this.#done = done;
    this.#raw = script.head?.http === "1.0";
    this.#stack = [{ ops: script.ops, at: 0 }];
  }

  start(): void {
    const response = this.#response;
    if (response.destroyed || this.#socket === null) {
      this.#settle("aborted");
      return;
    }
    response.on("error", ignore); // 'close' follows, and says all there is to know
    // Also after a finished response: by then its connection waits for the next one.
    response.on("close", () => {
      const cut = this.#ended === "reset" || this.#ended === "truncate" || this.#ended === "stall";
      this.#settle(
        this.#ended !== undefined && (cut || this.#raw || response.writableFinished)
          ? this.#ended
          : "aborted",
      );
    });
    this.#startedAt = performance.now();
    if (this.#script.wait === 0 || this.#speed === Infinity) this.#begin();
    else this.#sleep(this.#script.wait, () => this.#begin());
  }

  #begin(): void {
    if (this.#script.head) this.#head(this.#script.head);
    this.#run();
  }

  #head(head: Head): void {
    const response = this.#response;
    for (const info of head.informational ?? [])
      this.#socket?.write(headBytes("1.1", info.status, info.reason ?? "", info.headers));
    const headers = sinkHeaders(this.#script, head);
    if (this.#raw) {
      const pairs = head.headers.map(([name], i): Header => [name, headers[2 * i + 1] as string]);
      this.#socket?.write(headBytes("1.0", head.status, head.reason, pairs));
      return;
    }
    response.sendDate = false;
    // Node would add what it finds missing, but what a script does not say is not sent.
    response.removeHeader("connection");
    if (head.framing === "eof" || head.framing === "none") response.removeHeader("transfer-encoding");
    if (closes(this.#script.ops)) response.shouldKeepAlive = false;
    response.writeHead(head.status, head.reason, headers);
    if (head.trailers?.length)
      response.addTrailers(head.trailers.map(([name, value]): [string, string] => [name, value ?? ""]));
  }

  /** Runs ops up to the first that has to wait for a clock or for the reader. */
  #run(): void {
    for (;;) {
      const frame = this.#stack.at(-1);
      if (this.#settled || frame === undefined) return;
      const op = frame.ops[frame.at++];
      if (op === undefined) {
        if (!this.#nextRound(frame)) continue;
        return;
      }
      switch (op.op) {
        case "write": {
          if (op.flush) {
            this.#flushHead();
            this.#gap(() => {
              this.#write(op.bytes);
              this.#gap(() => this.#run());
            });
            return;
          }
          const next = frame.ops[frame.at];
          if (
            next !== undefined &&
            !this.#raw &&
            endsMessage(next.op) &&
            this.#script.head?.framing !== "chunked"
          ) {
            this.#ended = next.op;
            this.#count(op.bytes);
            this.#finish(op.bytes); // head and body in one system call
            return;
          }
          if (!this.#write(op.bytes)) {
            (this.#raw ? this.#socket : this.#response)?.once("drain", () => this.#run());
            return;
          }
          break;
        }
        case "wait":
          if (this.#speed === Infinity || op.ms === 0) break;
          this.#flushHead();
          this.#sleep(op.ms, () => this.#run());
          return;
        case "repeat":
          if (op.times === 0) break;
          this.#stack.push({
            ops: op.ops,
            at: 0,
            round: { due: this.#due, every: op.every, left: (op.times ?? Infinity) - 1 },
          });
          break;
        case "complete":
        case "close":
          this.#ended = op.op;
          this.#finish();
          return;
        default:
          this.#ended = op.op;
          this.#cut(op.op);
          return;
      }
    }
  }

  /** Node holds the head back until the first bytes of the body, unless it is told otherwise. */
  #flushHead(): void {
    if (this.#at.length === 0 && this.#script.head && !this.#raw) this.#response.flushHeaders();
  }

  #count(bytes: Uint8Array): void {
    this.#at.push(performance.now() - this.#startedAt);
    this.#bytes += bytes.length;
  }

  #write(bytes: Uint8Array): boolean {
    this.#count(bytes);
    return this.#raw ? (this.#socket?.write(bytes) ?? true) : this.#response.write(bytes);
  }

  /** True if another round of a repeat was put on the clock; false if the repeat is over. */
  #nextRound(frame: Frame): boolean {
    const round = frame.round;
    if (round === undefined || round.left <= 0) {
      this.#stack.pop();
      return false;
    }
    round.left--;
    frame.at = 0;
    round.due += round.every / this.#speed;
    this.#due = Math.max(this.#due, round.due);
    this.#sleep(0, () => this.#run()); // never at once: an endless repeat has to let others work
    return true;
  }

  #finish(last?: Uint8Array): void {
    if (this.#raw) {
      if (last) this.#socket?.write(last);
      this.#socket?.destroySoon();
      return;
    }
    if (last) this.#response.end(last);
    else this.#response.end();
  }

  #cut(how: "reset" | "stall" | "truncate"): void {
    if (how === "stall") {
      this.#flushHead();
      return; // until the client goes
    }
    const socket = this.#socket;
    this.#flushHead();
    this.#gap(() => (how === "reset" ? socket?.resetAndDestroy() : socket?.destroySoon()));
  }

  /** Goes on when all that was written has left for the network and the flush gap has passed. */
  #gap(next: () => void): void {
    this.#socket?.write("", () => {
      this.#timer = setTimeout(next, FLUSH_GAP_MS);
    });
  }

  /** Goes on `ms` after the op before was due. */
  #sleep(ms: number, next: () => void): void {
    this.#due += ms / this.#speed;
    const delay = this.#startedAt + this.#due - performance.now();
    this.#timer = setTimeout(next, Math.max(0, delay));
  }

  #settle(ended: Delivery["ended"]): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#done({ ended, writes: this.#at.length, bytes: this.#bytes, at: this.#at });
  }
}

const ignore = (): void => {};

interface PreparedHeaders {
  readonly flat: readonly string[];
  /** Indices of the values to fill in with the time of sending. */
  readonly dates: readonly number[];
}

const prepared = new WeakMap<Script, PreparedHeaders>();

/** Name, value, name, value … with the computed values filled in. */
function sinkHeaders(script: Script, head: Head): string[] {
  let known = prepared.get(script);
  if (known === undefined) {
    known = prepareHeaders(script, head);
    prepared.set(script, known);
  }
  const flat = known.flat.slice();
  for (const at of known.dates) flat[at] = httpDate();
  return flat;
}

/** Resolves all computed values but the date, once for each script. */
function prepareHeaders(script: Script, head: Head): PreparedHeaders {
  const flat: string[] = [];
  const dates: number[] = [];
  for (const [name, value] of head.headers) {
    const lower = name.toLowerCase();
    if (value === null && lower === "date") dates.push(flat.length + 1);
    flat.push(name, value ?? computed(lower, script));
  }
  return { flat, dates };
}

function computed(name: string, script: Script): string {
  if (name === "content-length") return String(bodyLength(script.ops) ?? 0);
  return name === "transfer-encoding" ? "chunked" : "";
}

let dateNow = "";
let dateUntil = 0;

/** The IMF-fixdate of now (RFC 9110 section 5.6.7), made once a second. */
function httpDate(): string {
  const now = Date.now();
  if (now >= dateUntil) {
    dateNow = new Date(now).toUTCString();
    dateUntil = now - (now % 1000) + 1000;
  }
  return dateNow;
}

function headBytes(http: string, status: number, reason: string, headers: readonly Header[]): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value ?? ""}\r\n`).join("");
  return Buffer.from(`HTTP/${http} ${status} ${reason}\r\n${lines}\r\n`, "latin1");
}

function endsMessage(op: Op["op"]): op is "complete" | "close" {
  return op === "complete" || op === "close";
}

function closes(ops: readonly Op[]): boolean {
  return ops.at(-1)?.op === "close";
}
