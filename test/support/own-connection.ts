import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends a request as `fetch` does, but on a connection of its own: a mock closes idle ones after two seconds without a word, as
 * OGL does, and a slow machine would send on one of those.
 */
export async function askAlone(url: string, init: RequestInit): Promise<Received> {
  const request = new Request(url, init);
  const body = Buffer.from(await request.arrayBuffer());
  const headers = { ...Object.fromEntries(request.headers), "content-length": String(body.length) };
  const hasBody = init.body !== undefined && init.body !== null;
  const { "content-length": _, ...bare } = headers;
  const options = { method: request.method, headers: hasBody ? headers : bare, agent: false };
  const sent = httpRequest(url, options);
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const received = new Headers();
  for (let i = 0; i < response.rawHeaders.length; i += 2)
    received.append(response.rawHeaders[i] ?? "", response.rawHeaders[i + 1] ?? "");
  return { status: response.statusCode ?? 0, headers: received, text: await text(response) };
}
