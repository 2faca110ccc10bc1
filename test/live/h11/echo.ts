import { deliver } from "../../../src/http/node-sink.ts";
import { asgiResponse } from "../../../src/asgi/index.ts";
import type { Header, Op, Script } from "../../../src/http/script.ts";
import type { Gateway } from "../../../src/server/gateway.ts";

/** Whether the application reads the request's body. */
export const readsBody = (method: string, path: string): boolean =>
  method !== "CONNECT" && !path.startsWith("/unread");

/** Answers what app.py answers, through the sink of the mock. */
export const echo: Pick<Gateway, "serve"> = {
  serve(incoming, outgoing) {
    const send = (script: Script): void => deliver(script, outgoing, { speed: Infinity }, () => {});
    const [path = "", ...queries] = (incoming.url ?? "").split("?");
    const query = queries.join("?");
    const method = incoming.method ?? "";
    if (!readsBody(method, path)) {
      send(asgiResponse(404, Buffer.from('{"detail":"Not Found"}')));
      return;
    }
    const parts: Buffer[] = [];
    incoming.on("error", () => {});
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(parts);
      if (path.startsWith("/stream")) send(stream(body.length));
      else if (path.startsWith("/empty")) send(empty);
      else {
        const summary = {
          method,
          target: path + (query === "" ? "" : `?${query}`),
          version: incoming.httpVersion,
          headers: pairs(incoming.rawHeaders),
          body: body.toString("latin1"),
        };
        send(asgiResponse(200, Buffer.from(JSON.stringify(summary), "latin1")));
      }
    });
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
