/** One request: where it goes, how long it may take, and how often it is tried. */
import { errorOf, GatewayError, type Kind } from "./errors.ts";

export interface Settings {
  readonly baseUrl: string;
  readonly apiKey: string;
}

export interface RequestOptions {
  readonly timeoutMs?: number | undefined;
  readonly maxRetries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_RETRIES = 2;
const FIRST_PAUSE_MS = 500;
/** A server that asks for more patience than this gets none: the caller is told. */
const LONGEST_PAUSE_MS = 60_000;
const WORTH_ANOTHER_TRY = new Set([408, 409, 429, 500, 502, 503, 504, 529]);
const MAX_REDIRECTS = 3;

/** The time that is left until something must have come; `restart` begins it anew. */
export class Watch {
  readonly #abort = new AbortController();
  readonly #ms: number;
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor({ timeoutMs = DEFAULT_TIMEOUT_MS, signal }: RequestOptions) {
    this.#ms = timeoutMs;
    this.signal = signal === undefined ? this.#abort.signal : AbortSignal.any([this.#abort.signal, signal]);
    this.restart();
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#abort.abort(new GatewayError("timeout", `nothing came for ${this.#ms} ms`));
    }, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** What is raised to the caller for what `fetch` threw. */
  explain(error: unknown, during: Kind): GatewayError {
    if (error instanceof GatewayError) return error;
    if (this.#abort.signal.aborted) return this.#abort.signal.reason as GatewayError;
    if (this.signal.aborted) return new GatewayError("abort", "the request was cancelled", { cause: error });
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return new GatewayError(during, cause, { cause: error });
  }
}

/** A base URL with or without `/v1`, with or without a slash, below a path prefix or not. */
export function urlOf(baseUrl: string, path: string): URL {
  const url = new URL(baseUrl);
  const base = url.pathname.replace(/\/+$/, "");
  url.pathname = `${base.endsWith("/v1") ? base : `${base}/v1`}${path}`;
  return url;
}

/** The answer to the request, once it has one that is not an error; `read` says what is made of it. */
export async function request<T>(
  settings: Settings,
  path: string,
  body: object | undefined,
  options: RequestOptions,
  read: (response: Response, watch: Watch) => Promise<T>,
): Promise<T> {
  const retries = options.maxRetries ?? DEFAULT_RETRIES;
  for (let tried = 0; ; tried++) {
    const watch = new Watch(options);
    try {
      return await read(await send(settings, path, body, watch.signal), watch);
    } catch (raised) {
      watch.stop();
      const error = watch.explain(raised, "connection");
      const pause = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** tried;
      if (tried >= retries || pause > LONGEST_PAUSE_MS || !isWorthAnotherTry(error)) throw error;
      await sleep(pause, options.signal);
    }
  }
}

function isWorthAnotherTry({ kind, status }: GatewayError): boolean {
  if (kind === "api") return status !== undefined && WORTH_ANOTHER_TRY.has(status);
  return kind === "connection" || kind === "timeout";
}

async function send(
  { baseUrl, apiKey }: Settings,
  path: string,
  body: object | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const init: RequestInit = {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${apiKey}`, ...(body && { "content-type": "application/json" }) },
    body: body === undefined ? null : JSON.stringify(body),
    // A POST must stay one, and the key must not leave for another server.
    redirect: "manual",
    signal,
  };
  let url = urlOf(baseUrl, path);
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, init);
    const next = sameServer(response, url);
    if (next === undefined || redirects === MAX_REDIRECTS) return checked(response);
    await response.body?.cancel();
    url = next;
  }
}

function sameServer({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get("location");
  if ((status !== 307 && status !== 308) || location === null) return undefined;
  const to = URL.parse(location, from.href);
  return to?.origin === from.origin ? to : undefined;
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const retryAfterMs = waitOf(response.headers);
  const details = { status: response.status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  throw errorOf(await response.text(), details);
}

/** Milliseconds, seconds or a date. Anything else, and a wait of nothing, is none. */
function waitOf(headers: Headers): number | undefined {
  const ms = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (ms > 0) return ms;
  const after = headers.get("retry-after");
  if (after === null) return undefined;
  const wait = /^\d+(?:\.\d+)?$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return wait > 0 ? wait : undefined;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new GatewayError("abort", "the request was cancelled"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
