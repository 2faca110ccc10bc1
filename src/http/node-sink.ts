import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Schedule, type Timed } from "./schedule.ts";
import type { End, Head, Header, Script } from "./script.ts";
import { type Plan, type Step, endsMessage, planOf } from "./sink-plan.ts";
import { statusLine, writeHead } from "./writer.ts";

/** Result of a played script. */
export interface Delivery {
  /** End of the exchange; `aborted` means that the client went away first. */
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

const NOTHING = new Uint8Array(0);

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

class Playback {
  readonly #script: Script;
  readonly #plan: Plan;
  readonly #response: ServerResponse;
  readonly #socket: Socket | null;
  readonly #speed: number;
  readonly #done: (delivery: Delivery) => void;
  /** Node can't write a 1.0 status line, or bytes without one, so such a response goes to the socket, which then closes. */
  readonly #raw: boolean;
  readonly #schedule: Schedule<Step>;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended: End | undefined;
  #settled = false;
  #bytes = 0;
  readonly #at: number[] = [];

  constructor(script: Script, response: ServerResponse, speed: number, done: (delivery: Delivery) => void) {
    this.#script = script;
    this.#plan = planOf(script, speed === Infinity);
    this.#response = response;
    this.#socket = response.socket;
    this.#speed = speed;
    this.#done = done;
    this.#raw = script.head === null || script.head.http === "1.0";
    this.#schedule = new Schedule(this.#plan.steps, script.wait);
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
    else this.#pause(() => this.#begin());
  }

  #begin(): void {
    if (this.#script.head) this.#head(this.#script.head);
    this.#run();
  }

  #head(head: Head): void {
    const response = this.#response;
    for (const info of head.informational ?? []) {
      this.#socket?.write(writeHead(statusLine("1.1", info.status, info.reason ?? ""), info.headers));
    }
    const headers = this.#plan.headers.slice();
    for (const at of this.#plan.dates) headers[at] = httpDate();
    if (this.#raw) {
      const pairs = head.headers.map(([name], i): Header => [name, headers[2 * i + 1] as string]);
      this.#socket?.write(writeHead(statusLine("1.0", head.status, head.reason), pairs));
      return;
    }
    if (closes(this.#plan.steps)) response.shouldKeepAlive = false;
    beginResponse(response, head, headers);
  }

  /** Runs steps up to the first that has to wait for a clock or for the reader. */
  #run(): void {
    while (!this.#settled) {
      const step = this.#schedule.next();
      if (step === undefined) return;
      if (step === "pause") {
        this.#flushHead();
        this.#pause(() => this.#run());
        return;
      }
      if (step.op === "end") {
        this.#count(step.sizes);
        if (endsMessage(step.how)) this.#end(step.how, step.tail);
        else this.#cut(step.how);
        return;
      }
      if (step.flush) {
        this.#flushHead();
        this.#gap(() => {
          this.#send(step);
          this.#gap(() => this.#run());
        });
        return;
      }
      if (!this.#send(step)) {
        (this.#raw ? this.#socket : this.#response)?.once("drain", () => this.#run());
        return;
      }
    }
  }

  /** Node holds the head back until the first bytes of the body; its `flushHeaders` would send it as UTF-8. */
  #flushHead(): void {
    if (this.#at.length === 0 && this.#script.head && !this.#raw) this.#response.write(NOTHING);
  }

  #count(sizes: readonly number[]): void {
    const now = performance.now() - this.#startedAt;
    for (const size of sizes) {
      this.#at.push(now);
      this.#bytes += size;
    }
  }

  /** False if the reader is too slow for more. */
  #send({ parts, sizes }: Extract<Step, { op: "send" }>): boolean {
    this.#count(sizes);
    let more = true;
    for (const bytes of parts) {
      if (bytes.length > 0)
        more = this.#raw ? (this.#socket?.write(bytes) ?? true) : this.#response.write(bytes);
    }
    return more;
  }

  #end(how: End, last: Uint8Array | undefined): void {
    this.#ended = how;
    if (this.#raw) {
      if (last) this.#socket?.write(last);
      this.#socket?.destroySoon();
    } else if (last) this.#response.end(last);
    else this.#response.end();
  }

  #cut(how: End): void {
    this.#ended = how;
    this.#flushHead();
    if (how === "stall") return; // until the client goes
    const socket = this.#socket;
    this.#gap(() => (how === "reset" ? socket?.resetAndDestroy() : socket?.destroySoon()));
  }

  /** Goes on when all that was written has left for the network and the flush gap has passed. */
  #gap(next: () => void): void {
    this.#socket?.write("", () => {
      this.#timer = setTimeout(next, FLUSH_GAP_MS);
    });
  }

  /** Goes on when the schedule's time has come, but never at once: an endless repeat has to let others work. */
  #pause(next: () => void): void {
    const delay = this.#startedAt + this.#schedule.at / this.#speed - performance.now();
    this.#timer = setTimeout(next, Math.max(0, delay));
  }

  #settle(ended: Delivery["ended"]): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#done({ ended, writes: this.#at.length, bytes: this.#bytes, at: this.#at });
  }
}

/**
 * Writes a head through Node: these headers and no others. The bytes of the body that follow have their chunk sizes: one
 * buffer for Node to send instead of four for each chunk.
 */
export function beginResponse(response: ServerResponse, head: Head, headers: string[]): void {
  response.sendDate = false;
  // Node would add what it finds missing, but what a script does not say is not sent.
  response.removeHeader("connection");
  if (head.framing === "eof" || head.framing === "none") response.removeHeader("transfer-encoding");
  response.writeHead(head.status, head.reason, headers);
  response.chunkedEncoding = false;
}

const ignore = (): void => {};

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

function closes(steps: readonly Timed<Step>[]): boolean {
  const last = steps.at(-1);
  return last?.op === "end" && last.how === "close";
}
