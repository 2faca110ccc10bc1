import type { ClientRun } from "../../src/suites/model/driver.ts";
import { ClientError, bodyMessage } from "./client-error.ts";
import type { Has } from "./mutants.ts";

const DEFAULT_RETRIES = 2;
const BACKOFF_MS = 150;
/** Who asks for more than that does not want to be asked again. */
const LONGEST_WAIT_MS = 60_000;

/** One request, made again where that is right; gives the response once its head says success. */
export async function call(
  run: ClientRun,
  request: { readonly method: string; readonly path: string; readonly body?: object },
  signal: AbortSignal,
  has: Has,
): Promise<Response> {
  const requested = run.control.maxRetries ?? DEFAULT_RETRIES;
  const retries = has("no-retries")
    ? 0
    : has("retries-for-ever")
      ? 8
      : has("zero-retries-ignored")
        ? requested || 2
        : requested;
  for (let tried = 0; ; tried++) {
    let failure: ClientError;
    let wait = BACKOFF_MS;
    try {
      const response = await send(run, request, signal, has);
      if (response.ok || (has("type-before-status") && isStream(response))) return response;
      failure = new ClientError("api", "", response.status);
      const text = await response.text();
      if (has("errors-must-be-json")) JSON.parse(text);
      failure = new ClientError("api", `${response.status} ${bodyMessage(text, has)}`, response.status);
      if (!isRetried(response.status, has)) throw failure;
      wait = waitOf(response, has);
      if (wait > LONGEST_WAIT_MS) throw failure;
    } catch (error) {
      if (error instanceof ClientError) throw error;
      if (signal.aborted) throw signal.reason;
      failure = asClientError(error);
      if (failure.kind !== "connection" || has("no-retry-on-reset")) throw failure;
    }
    if (tried >= retries) throw failure;
    await pause(wait, signal);
  }
}

async function send(
  { baseUrl, apiKey }: ClientRun,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body?: object },
  signal: AbortSignal,
  has: Has,
): Promise<Response> {
  const init: RequestInit = {
    method,
    signal,
    redirect: has("redirects-not-followed") ? "manual" : "follow",
    headers: {
      ...(has("key-in-own-header") ? { "x-api-key": apiKey } : { authorization: `Bearer ${apiKey}` }),
      ...(body === undefined
        ? {}
        : { "content-type": has("no-json-type") ? "text/plain" : "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const url = urlOf(baseUrl, path, has);
  if (has("looks-before-it-asks") && method === "GET") {
    const head = await fetch(url, { ...init, method: "HEAD" });
    if (!head.ok) throw new ClientError("api", `${head.status}`, head.status);
  }
  if (!has("sends-again-when-slow")) return fetch(url, init);
  const first = fetch(url, init);
  const slow = await Promise.race([first, pause(1000, signal).then(() => undefined)]);
  return slow ?? Promise.race([first, fetch(url, init)]);
}

function urlOf(base: string, path: string, has: Has): string {
  const query = has("api-version-added") ? "?api-version=1" : "";
  if (has("base-path-dropped")) return new URL(`/v1${path}${query}`, base).href;
  return `${has("slashes-doubled") ? base : base.replace(/\/$/, "")}${path}${query}`;
}

function isRetried(status: number, has: Has): boolean {
  if (has("client-errors-retried") && status === 422) return true;
  if (has("only-429-retried")) return status === 429;
  return status === 408 || status === 429 || status >= 500;
}

function waitOf(response: Response, has: Has): number {
  const value = response.headers.get("retry-after");
  const seconds = Number(value ?? Number.NaN);
  const date = has("dates-not-read") ? Number.NaN : Date.parse(value ?? "");
  if (Number.isNaN(seconds) && !Number.isNaN(date) && !has("retry-after-ignored"))
    return Math.max(BACKOFF_MS, date - Date.now());
  const known = value !== null && Number.isFinite(seconds) && seconds >= 0;
  if (!known) return has("no-backoff") ? 0 : BACKOFF_MS;
  if (has("retry-after-ignored")) return BACKOFF_MS;
  if (has("retry-after-capped") && seconds > 5) return BACKOFF_MS;
  if (has("long-retry-after-ignored") && seconds > 60) return BACKOFF_MS;
  return seconds * 1000;
}

export function isStream(response: Response): boolean {
  return (response.headers.get("content-type") ?? "").toLowerCase().startsWith("text/event-stream");
}

/** What fetch throws, in the words of the client's users. */
export function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof SyntaxError) return new ClientError("decode", error.message);
  if (error instanceof DOMException) return new ClientError("abort", error.message);
  const { message, cause } = error as Error;
  if (message === "fetch failed" || message === "terminated")
    return new ClientError("connection", `${message}: ${(cause as Error | undefined)?.message ?? ""}`);
  return new ClientError("other", message);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
