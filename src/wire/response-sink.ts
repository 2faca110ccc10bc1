import { setTimeout as sleep } from "node:timers/promises";
import type { Op, Script } from "./script.ts";
import type { Delivery, SinkOptions } from "./node-sink.ts";

/** Header names that belong to a connection, which a `Response` does not have. */
const CONNECTION_HEADERS = new Set(["connection", "transfer-encoding", "content-length", "keep-alive"]);

/** What a `Response` can't express. */
export class ResponseSinkError extends Error {
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
  if (head === null) throw new ResponseSinkError("a script without a head can only be played over a socket");
  await wait(script.wait, options.speed);
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    if (CONNECTION_HEADERS.has(name.toLowerCase())) continue;
    headers.append(name, value ?? new Date().toUTCString());
  }
  const init = { status: head.status, statusText: head.reason, headers };
  if (head.framing === "none" || head.status === 204 || head.status === 304) {
    done({ ended: "complete", writes: 0, bytes: 0, at: [] });
    return new Response(null, init);
  }
  return new Response(streamOf(script.ops, options, done), init);
}

function streamOf(
  ops: readonly Op[],
  options: SinkOptions,
  done: (delivery: Delivery) => void,
): ReadableStream<Uint8Array> {
  const started = performance.now();
  const aborter = new AbortController();
  const steps = play(ops, options, aborter.signal);
  const at: number[] = [];
  let bytes = 0;
  const settle = (ended: Delivery["ended"]): void => done({ ended, writes: at.length, bytes, at });
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
          at.push(performance.now() - started);
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
  options: SinkOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, "complete" | "close" | "stall"> {
  for (const op of ops) {
    if (signal.aborted) break;
    switch (op.op) {
      case "write":
        yield op.bytes.slice(); // a reader may transfer the buffer it is given
        break;
      case "wait":
        await wait(op.ms, options.speed, signal);
        break;
      case "repeat":
        for (let round = 0; round < (op.times ?? Infinity) && !signal.aborted; round++) {
          yield* play(op.ops, options, signal);
          await wait(Math.max(op.every, 1), options.speed, signal);
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

/** Waits, at most until the signal says that nobody wants it any more. */
async function wait(ms: number, speed: number, signal?: AbortSignal): Promise<void> {
  if (ms / speed === 0) return;
  await sleep(ms / speed, undefined, signal ? { signal } : {}).catch(() => {});
}
