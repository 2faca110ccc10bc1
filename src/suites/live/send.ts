import { type IncomingMessage, type RequestOptions, request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { getCACertificates } from "node:tls";
import { pairsOf } from "../../http/index.ts";
import { type ProxyEnv, type UpstreamTarget, targetOn } from "../../server/index.ts";
import type { ComparedAnswer } from "./compare-answers.ts";
import type { LiveRequest, SendLive } from "./compare-recordings.ts";

/** Longest answer that is read; a recorded one is far shorter. */
const MAX_BYTES = 64 * 2 ** 20;

export interface SenderOptions {
  readonly upstream: UpstreamTarget;
  /** Certificates (PEM) to trust beside the system's. */
  readonly ca: readonly string[];
  /** Time for a whole answer. */
  readonly timeoutMs: number;
  /** Environment with the proxies for https. */
  readonly env: ProxyEnv;
  /** Ends the request under way. */
  readonly signal: AbortSignal;
}

/** Makes the function that sends requests to a live server: each over a connection of its own. */
export function liveSender(options: SenderOptions): SendLive {
  const { upstream, ca, env } = options;
  const agent = upstream.secure
    ? new Agent({ ca: [...getCACertificates("default"), ...ca], proxyEnv: { ...env } })
    : undefined;
  return (request) => sendOnce(request, options, agent);
}

function sendOnce(
  { method, target, headers, body }: LiveRequest,
  { upstream, timeoutMs, signal }: SenderOptions,
  agent: Agent | undefined,
): Promise<ComparedAnswer | { readonly problem: string }> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const own: [string, string][] = [
    ["host", upstream.authority],
    ["accept-encoding", "identity"],
    ["connection", "close"],
    ...(body.length > 0 ? ([["content-length", String(body.length)]] as [string, string][]) : []),
  ];
  const options: RequestOptions = {
    method,
    host: upstream.host,
    port: upstream.port,
    path: targetOn(upstream, target),
    headers: [...own, ...headers].flat(),
    signal: AbortSignal.any([timeout, signal]),
    ...(agent === undefined ? {} : { agent }),
  };
  return new Promise((resolve) => {
    const fail = (error: Error): void =>
      resolve({ problem: timeout.aborted ? `not complete within ${timeoutMs / 1000} s` : error.message });
    const call = (upstream.secure ? secureRequest : plainRequest)(options, (message) => {
      readAnswer(message).then(resolve).catch(fail);
    });
    call.on("error", fail);
    call.end(body);
  });
}

async function readAnswer(message: IncomingMessage): Promise<ComparedAnswer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new Error(`the answer has more than ${MAX_BYTES / 2 ** 20} MiB`);
    parts.push(part);
  }
  return {
    status: message.statusCode ?? 0,
    headers: pairsOf(message.rawHeaders),
    body: Buffer.concat(parts),
  };
}
