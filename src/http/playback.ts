import type { Socket } from "node:net";
import { httpDate } from "./http-date.ts";
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

/** The gap that parts two writes on the wire where a script asks for it (`flush`), in ms, at any speed. */
const FLUSH_GAP_MS = 2;

/** The way of one answer to its client: through Node's HTTP server, or over the socket itself. */
export interface Channel {
  /** The connection; `null` if it has gone. */
  readonly socket: Socket | null;
  /**
   * Begins the answer.
   *
   * @param over called once, when the answer is over or its connection gone; true if all of it has left
   * @returns false if the client has gone already
   */
  open(over: (whole: boolean) => void): boolean;
  /**
   * Takes the head. It may be kept back until the first bytes of the body.
   *
   * @param headers name, value, name, value …
   * @param closes true if the server closes the connection after the message
   */
  head(head: Head, headers: string[], closes: boolean): void;
  /** Sends a head that is kept back. */
  flushHead(): void;
  /** Sends bytes of the body with their framing. False if the reader is too slow for more: `onDrain` tells when. */
  write(bytes: Uint8Array): boolean;
  onDrain(next: () => void): void;
  /** Ends the message, with its last bytes. */
  end(last: Uint8Array | undefined): void;
}

/** Plays a script into a channel; the only thing here that owns a clock. */
export class Playback {
  readonly #script: Script;
  readonly #plan: Plan;
  readonly #channel: Channel;
  readonly #socket: Socket | null;
  readonly #speed: number;
  readonly #done: (delivery: Delivery) => void;
  /** True for an answer with a 1.0 status line, or without a head: it goes to the socket as it stands, which then closes. */
  readonly #raw: boolean;
  readonly #schedule: Schedule<Step>;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended: End | undefined;
  #settled = false;
  #bytes = 0;
  readonly #at: number[] = [];

  /** @param done called once, when the exchange is over and the connection is free or gone */
  constructor(script: Script, channel: Channel, speed: number, done: (delivery: Delivery) => void) {
    this.#script = script;
    this.#plan = planOf(script, speed === Infinity);
    this.#channel = channel;
    this.#socket = channel.socket;
    this.#speed = speed;
    this.#done = done;
    this.#raw = script.head === null || script.head.http === "1.0";
    this.#schedule = new Schedule(this.#plan.steps, script.wait);
  }

  start(): void {
    const open = this.#channel.open((whole) => {
      const cut = this.#ended === "reset" || this.#ended === "truncate" || this.#ended === "stall";
      this.#settle(this.#ended !== undefined && (cut || this.#raw || whole) ? this.#ended : "aborted");
    });
    if (!open) {
      this.#settle("aborted");
      return;
    }
    this.#startedAt = performance.now();
    if (this.#script.wait === 0 || this.#speed === Infinity) this.#begin();
    else this.#pause(() => this.#begin());
  }

  #begin(): void {
    if (this.#script.head) this.#head(this.#script.head);
    this.#run();
  }

  #head(head: Head): void {
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
    this.#channel.head(head, headers, closes(this.#plan.steps));
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
        if (this.#raw) this.#socket?.once("drain", () => this.#run());
        else this.#channel.onDrain(() => this.#run());
        return;
      }
    }
  }

  #flushHead(): void {
    if (this.#at.length === 0 && this.#script.head && !this.#raw) this.#channel.flushHead();
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
        more = this.#raw ? (this.#socket?.write(bytes) ?? true) : this.#channel.write(bytes);
    }
    return more;
  }

  #end(how: End, last: Uint8Array | undefined): void {
    this.#ended = how;
    if (this.#raw) {
      if (last) this.#socket?.write(last);
      this.#socket?.destroySoon();
    } else this.#channel.end(last);
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

function closes(steps: readonly Timed<Step>[]): boolean {
  const last = steps.at(-1);
  return last?.op === "end" && last.how === "close";
}
