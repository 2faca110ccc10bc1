/** A client for OGL by hand, on `fetch` and eventsource-parser: what a careful application would write for itself. */
import { errorOf, GatewayError, isError, isObject } from "./errors.ts";
import { type RequestOptions, request, type Settings, type Watch } from "./http.ts";
import { type Chunk, chunksOf } from "./stream.ts";

export type Body = Readonly<Record<string, unknown>>;

export class GatewayClient {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async models(options: RequestOptions = {}): Promise<Body[]> {
    return listOf(await this.#json("/models", undefined, options));
  }

  model(id: string, options: RequestOptions = {}): Promise<Body> {
    // A URL takes these for steps up the path, escaped or not.
    if (/^\.{0,2}$/.test(id)) return Promise.reject(new GatewayError("api", `"${id}" is no name of a model`));
    return this.#json(`/models/${encodeURIComponent(id)}`, undefined, options);
  }

  /** The vectors in the order of the inputs, whatever order they came in, and as numbers if they came in base64. */
  async embeddings(body: Body, options: RequestOptions = {}): Promise<number[][]> {
    const data = listOf(await this.#json("/embeddings", body, options));
    return data
      .toSorted((a, b) => Number(a["index"]) - Number(b["index"]))
      .map(({ embedding }) =>
        typeof embedding === "string" ? floatsOf(embedding) : (embedding as number[]),
      );
  }

  async chat(body: Body, options: RequestOptions = {}): Promise<Body> {
    const answer = await this.#json("/chat/completions", body, options);
    if (!Array.isArray(answer["choices"]))
      throw new GatewayError("decode", "the answer is no chat completion");
    return answer;
  }

  /** Retried until the answer begins, never once something of it has been given out. */
  chatStream(body: Body, options: RequestOptions = {}): Promise<AsyncGenerator<Chunk, void, undefined>> {
    const streaming = { ...body, stream: true };
    return request(this.#settings, "/chat/completions", streaming, options, opened);
  }

  #json(path: string, body: Body | undefined, options: RequestOptions): Promise<Body> {
    return request(this.#settings, path, body, options, whole);
  }
}

/** Some servers answer a stream with one piece of JSON, or with a page. */
async function opened(response: Response, watch: Watch): Promise<AsyncGenerator<Chunk, void, undefined>> {
  const type = response.headers.get("content-type") ?? "text/event-stream";
  if (!/^(?:application\/json|text\/html)/i.test(type)) return chunksOf(response, watch);
  await whole(response, watch);
  throw new GatewayError("decode", `a stream was asked for, ${type} came`, { status: response.status });
}

async function whole(response: Response, watch: Watch): Promise<Body> {
  const text = await response.text();
  watch.stop();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("decode", `the answer is not JSON: ${text.slice(0, 200)}`, { cause });
  }
  if (isError(value)) throw errorOf(text);
  if (!isObject(value)) throw new GatewayError("decode", "the answer is no JSON object");
  return value;
}

function listOf({ data }: Body): Body[] {
  if (!Array.isArray(data)) throw new GatewayError("decode", "the answer has no list");
  return data as Body[];
}

function floatsOf(base64: string): number[] {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return [...new Float32Array(bytes.buffer)];
}
