import type { IncomingMessage, ServerResponse } from "node:http";
import type { H11Request } from "../asgi/index.ts";

/** Request and response of Node. */
export interface NodePair {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Makes Node's request and response of a request that the h11 reader has read, for what is written for Node's HTTP server.
 * They are made as such a server makes them, and end as they do there.
 *
 * @param keepAliveMs idle time that the response names in `Keep-Alive`; absent or 0: none
 */
export function nodePair(request: H11Request, keepAliveMs?: number): NodePair {
  const incoming = incomingOf(request);
  const response = responseTo(request, incoming);
  if (keepAliveMs && !request.closes)
    response.setHeader("Keep-Alive", `timeout=${Math.floor(keepAliveMs / 1000)}`);
  return { incoming, response };
}

function incomingOf(request: H11Request): IncomingMessage {
  const { head, socket } = request;
  const incoming = new (process.getBuiltinModule("node:http").IncomingMessage)(socket);
  incoming.method = head.method;
  incoming.url = head.target;
  incoming.rawHeaders = head.headers.flat();
  incoming.headers = joinedHeaders(head.headers);
  incoming.httpVersion = head.version;
  incoming.httpVersionMajor = Number(head.version[0]);
  incoming.httpVersionMinor = Number(head.version[2]);
  request.readBody({
    part: (bytes) => {
      if (!incoming.push(bytes)) socket.pause(); // Node resumes it when the body is read
    },
    end: () => {
      incoming.complete = true;
      incoming.push(null);
    },
  });
  return incoming;
}

/** Headers in the form of Node's `headers`: by names in lower case, repeated headers joined. */
function joinedHeaders(fields: H11Request["head"]["headers"]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    headers[key] = Object.hasOwn(headers, key) ? `${headers[key]}, ${value}` : value;
  }
  return headers;
}

function responseTo(request: H11Request, incoming: IncomingMessage): ServerResponse {
  const { socket } = request;
  const response = new (process.getBuiltinModule("node:http").ServerResponse)(incoming);
  if (request.closes) response.shouldKeepAlive = false;
  const drain = (): void => void response.emit("drain");
  socket.on("drain", drain);
  response.assignSocket(socket);
  response.once("finish", () => {
    const keeps = response.shouldKeepAlive;
    socket.off("drain", drain);
    response.detachSocket(socket);
    response.destroy();
    process.nextTick(() => response.emit("close"));
    request.answered(keeps);
  });
  request.onGone(() => {
    socket.off("drain", drain);
    if (!incoming.complete) incoming.destroy(new Error("aborted"));
  });
  return response;
}
