import type { Op, Script } from "./script.ts";
import type { SinkOptions } from "./node-sink.ts";

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
export async function toResponse(script: Script, options: SinkOptions): Promise<Response> {
  const head = script.head;
  if (head === null) throw new ResponseSinkError("a script without a head can only be played over a socket");
  await wait(script.wait, options.speed);
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    if (CONNECTION_HEADERS.has(name.toLowerCase())) continue;
    headers.append(name, value ?? new Date().toUTCString());
  }
  const bodiless = head.framing === "none" || head.status === 204 || head.status === 304;
  return new Response(bodiless ? null : streamOf(script.ops, options), {
    status: head.status,
    statusText: head.reason,
    headers,
  });
}

function streamOf(ops: readonly Op[], options: SinkOptions): ReadableStream<Uint8Array> {
  const aborter = new AbortController();
  const steps = play(ops, options, aborter.signal);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const step = await steps.next();
          if (step.done) controller.close();
          else controller.enqueue(step.value);
        } catch (error) {
          controller.error(error);
        }
      },
      cancel() {
        aborter.abort();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* play(
  ops: readonly Op[],
  options: SinkOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  for (const op of ops) {
    if (signal.aborted) return;
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
        return;
      case "stall":
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        );
        return;
      default:
        throw new TypeError(op.op === "reset" ? "connection reset" : "the body ended early");
    }
  }
}

function wait(ms: number, speed: number, signal?: AbortSignal): Promise<void> {
  const scaled = ms / speed;
  if (scaled === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, scaled);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
