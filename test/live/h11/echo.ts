import type { IncomingMessage, ServerResponse } from "node:http";
import { type H11Request, asgiResponse } from "../../../src/asgi/index.ts";
import { deliver } from "../../../src/http/node-sink.ts";
import { deliverOverSocket } from "../../../src/http/socket-sink.ts";
import type { Header, Op, Script } from "../../../src/http/script.ts";
import type { Served } from "../../../src/server/listen.ts";

/** Whether the application reads the request's body. */
export const readsBody = (method: string, path: string): boolean =>
  method !== "CONNECT" && !path.startsWith("/unread");

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** Answers what app.py answers. @param read reads the body */
function answer(
  { method, target, version, headers }: Asked,
  read: (use: (parts: readonly Buffer[]) => void) => void,
  send: (script: Script) => void,
): void {
  const [path = "", ...queries] = target.split("?");
  const query = queries.join("?");
  if (!readsBody(method, path)) {
    send(asgiResponse(404, Buffer.from('{"detail":"Not Found"}')));
    return;
  }
  read((parts) => {
    const body = Buffer.concat(parts);
    if (path.startsWith("/stream")) send(stream(body.length));
    else if (path.startsWith("/empty")) send(empty);
    else {
      const summary = {
        method,
        target: path + (query === "" ? "" : `?${query}`),
        version,
        headers: headers.map(([name, value]) => [name.toLowerCase(), value]),
        body: body.toString("latin1"),
      };
      send(asgiResponse(200, Buffer.from(JSON.stringify(summary), "latin1")));
    }
  });
}

/** Answers through the sinks of the mock: over the socket itself, or through Node's HTTP server. */
export const echo: Served = {
  connect: () => (request: H11Request) => {
    const parts: Buffer[] = [];
    answer(
      request.head,
      (use) => request.readBody({ part: (part) => parts.push(part), end: () => use(parts) }),
      (script) =>
        deliverOverSocket(script, request, { speed: Infinity }, (_, keeps) => request.answered(keeps)),
    );
  },
  serve(incoming: IncomingMessage, outgoing: ServerResponse) {
    const { method = "", url = "", httpVersion, rawHeaders } = incoming;
    answer(
      { method, target: url, version: httpVersion, headers: pairs(rawHeaders) },
      (use) => {
        const parts: Buffer[] = [];
        incoming.on("error", () => {});
        incoming.on("data", (part: Buffer) => parts.push(part));
        incoming.on("end", () => use(parts));
      },
      (script) => deliver(script, outgoing, { speed: Infinity }, () => {}),
    );
  },
};

const pairs = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), flat[i + 1] as string] as [string, string]] : [],
  );

const COMMON: readonly Header[] = [
  ["date", null],
  ["server", "uvicorn"],
];

const empty: Script = {
  wait: 0,
  head: { http: "1.1", status: 204, reason: "No Content", headers: COMMON, framing: "none" },
  ops: [{ op: "complete" }],
};

function stream(length: number): Script {
  const writes = ["data: 1\n\n", `data: ${length}\n\n`, "data: [DONE]\n\n"].map((text): Op => ({
    op: "write",
    bytes: Buffer.from(text),
  }));
  const headers: Header[] = [
    ...COMMON,
    ["content-type", "text/event-stream; charset=utf-8"],
    ["Transfer-Encoding", null],
  ];
  return {
    wait: 0,
    head: { http: "1.1", status: 200, reason: "OK", headers, framing: "chunked" },
    ops: [...writes, { op: "complete" }],
  };
}
