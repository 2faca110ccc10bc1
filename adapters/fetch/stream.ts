/** The events of a stream of chat completion chunks, and whether it came to its end. */
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { errorOf, GatewayError, isError, isObject, parsed } from "./errors.ts";
import type { Watch } from "./http.ts";
import { ToolIndexes } from "./tools.ts";

export type Chunk = Readonly<Record<string, unknown>>;

/**
 * The chunks of a response. Raises what the server says is wrong, and that it stopped in the middle: neither `[DONE]`
 * nor a finish reason, and then the end, is no answer. Comments do not count as signs of life. What OGL 0.4 writes when
 * its own upstream fails is a line of bare JSON, no field that an event stream has.
 */
export async function* chunksOf(response: Response, watch: Watch): AsyncGenerator<Chunk, void, undefined> {
  let finished = false;
  const stray: string[] = [];
  const tools = new ToolIndexes();
  try {
    for await (const { event, data } of eventsOf(response, stray)) {
      watch.restart();
      if (data.trim() === "[DONE]") return;
      const chunk = chunkOf(event, data);
      if (chunk === undefined) continue;
      finished ||= hasFinished(chunk);
      // The consumer may take its time.
      watch.stop();
      yield tools.fix(chunk);
      watch.restart();
    }
  } catch (error) {
    throw watch.explain(error, "connection");
  } finally {
    watch.stop();
  }
  const said = stray.find((line) => line.startsWith("{") && isError(parsed(line)));
  if (said !== undefined) throw errorOf(said);
  if (!finished) throw new GatewayError("incomplete", "the stream ended before the answer was finished");
}

function chunkOf(event: string | undefined, data: string): Chunk | undefined {
  // Types of events that are not known are for others; data of nothing is a sign of life.
  if ((event !== undefined && event !== "message" && event !== "error") || data.trim() === "")
    return undefined;
  if (event === "error") throw errorOf(data);
  const chunk = parsed(data);
  if (isError(chunk)) throw errorOf(data);
  if (!isObject(chunk)) throw new GatewayError("decode", `an event is no JSON object: ${data.slice(0, 200)}`);
  return chunk;
}

function hasFinished({ choices }: Chunk): boolean {
  if (!Array.isArray(choices)) return false;
  // Some servers send an empty one with each chunk.
  return choices.some((choice) => isObject(choice) && Boolean(choice["finish_reason"]));
}

/** A consumer that stops early closes the connection: leaving the loop over the body cancels it. */
async function* eventsOf(response: Response, stray: string[]): AsyncGenerator<EventSourceMessage> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onError: ({ line }) => stray.push(line ?? ""),
  });
  const decoder = new TextDecoder();
  let lastLine = "";
  for await (const bytes of response.body ?? []) {
    const text = decoder.decode(bytes, { stream: true });
    const lineEnd = text.lastIndexOf("\n");
    lastLine = lineEnd === -1 ? lastLine + text : text.slice(lineEnd + 1);
    parser.feed(text);
    yield* events.splice(0);
  }
  // The parser says nothing of an unknown line that no line end follows.
  stray.push(lastLine);
  // The blank line that the last event may lack: it is given out, and what is not whole is seen by its JSON.
  parser.feed(`${decoder.decode()}\n\n`);
  yield* events;
}
