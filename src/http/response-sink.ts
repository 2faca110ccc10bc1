import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { GatetapeError } from "../util/index.ts";
import { Schedule } from "./schedule.ts";
import type { Delivery, SinkOptions } from "./playback.ts";
import type { InstantOp, Script } from "./script.ts";

/** Header names that belong to a connection, which a `Response` does not have. */
const CONNECTION_HEADERS = new Set(["connection", "transfer-encoding", "content-length", "keep-alive"]);

/** Statuses whose responses have no body (Fetch standard, "null body status"). */
const NULL_BODY_STATUSES = new Set([204, 205, 304]);

/** A script that a `Response` can't express. */
export class ResponseSinkError extends GatetapeError<"no-head"> {
  override readonly name = "ResponseSinkError";
}

/**
 * Plays a script as a web `Response`, for use without a port. Each write is one chunk of the body's stream. A `reset`
 * or `truncate` makes the stream fail; after a `stall` it stays open. Order and case of the headers are lost.
 * @throws ResponseSinkError if the script has no head: there is nothing to make a response of
 */
export async function toResponse(
  script: Script,
  options: SinkOptions,
  done: (delivery: Delivery) => void = () => {},
): Promise<Response> {
  const head = script.head;
  if (head === null)
    throw new ResponseSinkError("no-head", {}, "a script without a head can only be played over a socket");
  const clock = new Clock(options.speed);
  if (script.wait > 0) await clock.until(script.wait);
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    if (CONNECTION_HEADERS.has(name.toLowerCase())) continue;
    headers.append(name, value ?? new Date().toUTCString());
  }
  const init = { status: head.status, statusText: head.reason, headers };
  if (head.framing === "none" || NULL_BODY_STATUSES.has(head.status)) {
    done({ ended: "complete", writes: 0, bytes: 0, at: [] });
    return new Response(null, init);
  }
  return new Response(streamOf(script, clock, done), init);
}

function streamOf(
  script: Script,
  clock: Clock,
  done: (delivery: Delivery) => void,
): ReadableStream<Uint8Array> {
  const aborter = new AbortController();
  const schedule = new Schedule<InstantOp>(script.ops, script.wait);
  const at: number[] = [];
  let bytes = 0;
  let settled = false;
  const settle = (ended: Delivery["ended"]): void => {
    if (!settled) done({ ended, writes: at.length, bytes, at });
    settled = true;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let step = schedule.next();
        while (step === "pause") {
          await clock.until(schedule.at, aborter.signal);
          if (aborter.signal.aborted) return;
          step = schedule.next();
        }
        if (step?.op === "write") {
          const copy = Uint8Array.from(step.bytes); // a reader may take the buffer that it is given over
          at.push(clock.now());
          bytes += copy.length;
          controller.enqueue(copy);
          return;
        }
        const how = step?.op ?? "complete";
        if (how === "stall") await NEVER;
        if (how === "complete" || how === "close") controller.close();
        else controller.error(new TypeError(how === "reset" ? "connection reset" : "the body ended early"));
        settle(how);
      },
      cancel() {
        aborter.abort();
        settle("aborted");
      },
    },
    { highWaterMark: 0 },
  );
}

/** A promise for a body that stalls: its stream stays open until the reader cancels it. */
const NEVER = new Promise<never>(() => {});

/** Pauses without delay after which timers and sockets get their turn. */
const PAUSES_A_TURN = 64;

/** A clock that starts when it is made. */
class Clock {
  readonly #speed: number;
  readonly #started = performance.now();
  #pauses = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Milliseconds since the start. */
  now(): number {
    return performance.now() - this.#started;
  }

  /**
   * Waits until a time of the script has come. A script without delays lets others run now and then: it may be endless.
   *
   * @param at in ms at recorded pace since the start
   * @param signal ends the wait early
   */
  async until(at: number, signal?: AbortSignal): Promise<void> {
    const delay = at / this.#speed - this.now();
    if (delay > 0) await sleep(delay, undefined, signal ? { signal } : {}).catch(() => {});
    else if (++this.#pauses % PAUSES_A_TURN === 0) await turn();
  }
}
