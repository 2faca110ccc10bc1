import { setTimeout as sleep } from "node:timers/promises";
import { GatetapeError } from "../util/index.ts";
import type { Op, Script } from "./script.ts";
import type { Delivery, SinkOptions } from "./node-sink.ts";

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
  await clock.sleep(script.wait);
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
  return new Response(streamOf(script.ops, clock, done), init);
}

function streamOf(
  ops: readonly Op[],
  clock: Clock,
  done: (delivery: Delivery) => void,
): ReadableStream<Uint8Array> {
  const aborter = new AbortController();
  const steps = play(ops, clock, aborter.signal);
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
        try {
          const step = await steps.next();
          if (step.done) {
            controller.close();
            settle(step.value);
            return;
          }
          at.push(clock.now());
          bytes += step.value.length;
          controller.enqueue(step.value);
        } catch (error) {
          controller.error(error);
          settle(error instanceof CutError ? error.how : "aborted");
        }
      },
      cancel() {
        aborter.abort();
        settle("aborted");
      },
    },
    { highWaterMark: 0 },
  );
}

/** What a reader of the body sees of a connection that was cut. */
class CutError extends TypeError {
  readonly how: "reset" | "truncate";
  constructor(how: "reset" | "truncate") {
    super(how === "reset" ? "connection reset" : "the body ended early");
    this.how = how;
  }
}

async function* play(
  ops: readonly Op[],
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, "complete" | "close" | "stall"> {
  for (const op of ops) {
    if (signal.aborted) break;
    switch (op.op) {
      case "write":
        yield Uint8Array.from(op.bytes); // a reader may take the buffer that it is given over
        break;
      case "wait":
        await clock.sleep(op.ms, signal);
        break;
      case "repeat":
        for (let round = 0; round < (op.times ?? Infinity) && !signal.aborted; round++) {
          if (round > 0) await clock.sleepUntil(clock.roundStart + op.every, signal);
          clock.roundStart = clock.due;
          yield* play(op.ops, clock, signal);
        }
        break;
      case "complete":
      case "close":
        return op.op;
      case "stall":
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        );
        return "stall";
      default:
        throw new CutError(op.op);
    }
  }
  return "complete";
}

/** The schedule of one script: waits add up from its start, so that they do not drift. */
class Clock {
  readonly #speed: number;
  readonly #started = performance.now();
  /** When the next op is due, in ms of the script since its start. */
  due = 0;
  /** When the round of the repeat under way was due. */
  roundStart = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Milliseconds since the start. */
  now(): number {
    return performance.now() - this.#started;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.sleepUntil(this.due + ms, signal);
  }

  /** Waits until an op is due; at most until the signal says that nobody wants it any more. */
  async sleepUntil(due: number, signal?: AbortSignal): Promise<void> {
    this.due = Math.max(this.due, due);
    const delay = this.due / this.#speed - this.now();
    if (delay > 0) await sleep(delay, undefined, signal ? { signal } : {}).catch(() => {});
  }
}
