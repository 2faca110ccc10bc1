import { type Io, UsageError, located, readTextFile, statNamed } from "../support/index.ts";

export interface Limits {
  readonly bytes: number;
  readonly ms: number;
}

/** Size and time limits; OGL's own document is some 400 KB with its prose. */
const LIMITS: Limits = { bytes: 16 * 2 ** 20, ms: 20_000 };

export interface ReadDocument {
  /** File or URL. */
  readonly source: string;
  readonly text: string;
}

/** Reads an OpenAPI document from a file, or from a URL: a server's base or the document's own. @throws UsageError */
export function readDocument(
  location: string,
  io: Pick<Io, "cwd">,
  limits: Limits = LIMITS,
): Promise<ReadDocument> | ReadDocument {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(location)
    ? download(location, limits)
    : readLocal(location, io, limits);
}

function readLocal(file: string, io: Pick<Io, "cwd">, limits: Limits): ReadDocument {
  const stat = statNamed(located(io, file));
  if (stat === undefined)
    throw new UsageError(
      "not-found",
      { file },
      "no such file",
      "give a file, or a URL with http:// or https://",
    );
  if (!stat.isFile())
    throw new UsageError("wrong-kind", { file }, "is not a file", "give the openapi.json itself");
  if (stat.size > limits.bytes) throw tooLarge(file, limits);
  return { source: file, text: readTextFile(located(io, file), "check its permissions") };
}

async function download(location: string, limits: Limits): Promise<ReadDocument> {
  const url = documentUrl(location);
  const source = url.href;
  const signal = AbortSignal.timeout(limits.ms);
  try {
    const response = await fetch(url, { signal, headers: { accept: "application/json" } });
    if (!response.ok) {
      await response.body?.cancel();
      throw refusedUrl(source, url, response.status);
    }
    return { source, text: await responseText(response, source, limits) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (signal.aborted)
      throw new UsageError(
        "fetch",
        { file: source },
        `no complete answer within ${limits.ms / 1000} s`,
        "try again, or download it with another tool and import the file",
      );
    const cause = (error as Error).cause;
    const { code, message } = (cause instanceof Error ? cause : error) as NodeJS.ErrnoException;
    const why = message === "" ? (code ?? "no connection") : message;
    throw new UsageError(
      "fetch",
      { file: source },
      `can't be fetched: ${why}`,
      "is the server up, and the address right? (http or https?)",
    );
  }
}

function documentUrl(location: string): URL {
  if (!URL.canParse(location))
    throw new UsageError(
      "fetch",
      { file: location },
      "is not a URL",
      "give http://HOST, https://HOST or a file",
    );
  const url = new URL(location);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new UsageError(
      "fetch",
      { file: location },
      `${url.protocol} can't be fetched`,
      "use http:, https: or a file",
    );
  if (url.username !== "" || url.password !== "")
    throw new UsageError(
      "fetch",
      {},
      "a URL with a user or password is not fetched",
      "leave it out: OGL gives its openapi.json to anyone",
    );
  url.hash = "";
  if (url.pathname === "/") url.pathname = "/openapi.json";
  return url;
}

function refusedUrl(source: string, url: URL, status: number): UsageError {
  const own = url.pathname === "/openapi.json";
  const fix = own
    ? "OGL serves it there without a key, unless its operator has switched it off; then ask the operator for the file"
    : `try the server's base: ${url.origin}`;
  return new UsageError("fetch", { file: source }, `answered ${status}`, fix);
}

async function responseText(response: Response, source: string, limits: Limits): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > limits.bytes) throw tooLarge(source, limits);
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(source: string, limits: Limits): UsageError {
  return new UsageError(
    "too-large",
    { file: source },
    `has more than ${limits.bytes / 2 ** 20} MiB`,
    "an openapi.json is never that large; is the address right?",
  );
}
