/** Traffic of a soak: one function for each kind of client, well-behaved or not. */
import * as http from "node:http";
import { connect, type Socket } from "node:net";
import { requestBytes } from "../expected.ts";
import { makeWorkload, WORKLOAD_IDS } from "../workloads.ts";

/** What one client does, once; it rejects if an answer is none that may come. */
export type Client = (port: number, n: number) => Promise<void>;

interface Kind {
  readonly name: string;
  /** So many of them at a time. */
  readonly clients: number;
  /** Pause of each client between two exchanges, in ms. */
  readonly pauseMs: number;
  readonly run: Client;
}

/** Longest time (ms) of one exchange: whatever takes longer has hung. */
const HANG_MS = 60_000;
/** A slow reader reads so much, then waits so long. */
const SIP_BYTES = 16 * 1024;
const SIP_MS = 20;
/** A reader that never reads leaves after this time. */
const ASLEEP_MS = 3000;
const SESSIONS = 200;
const FAULT = 503;

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const recorded = WORKLOAD_IDS.map((id) => requestBytes(makeWorkload(id)));
const large = requestBytes(makeWorkload("embeddings.create"));
const stream = requestBytes(makeWorkload("chat.stream"));

export const KINDS: readonly Kind[] = [
  {
    name: "recorded answers",
    clients: 6,
    pauseMs: 4,
    run: (port, n) => whole(port, recorded[n % recorded.length] ?? large),
  },
  { name: "made-up answers", clients: 3, pauseMs: 4, run: synthesized },
  { name: "documents", clients: 1, pauseMs: 4, run: documents },
  { name: "aborts", clients: 3, pauseMs: 4, run: abort },
  { name: "slow readers", clients: 4, pauseMs: 4, run: slowReader },
  { name: "readers asleep", clients: 2, pauseMs: 4, run: asleep },
  { name: "broken requests", clients: 2, pauseMs: 4, run: broken },
  { name: "control API", clients: 1, pauseMs: 5000, run: control },
];

/** Ends the connections that are kept for later. */
export function closeAgent(): void {
  agent.destroy();
}

interface Asked {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly json?: unknown;
  readonly type?: string;
  readonly bytes?: Buffer;
  readonly session?: string;
}

/** @returns the body of the answer; `undefined` for one with the fault */
function ask(port: number, asked: Asked, statuses: readonly number[]): Promise<string | undefined> {
  const { method, path, json, session } = asked;
  const body = asked.bytes ?? (json === undefined ? undefined : Buffer.from(JSON.stringify(json)));
  const headers = {
    authorization: "Bearer sk-soak",
    ...(body === undefined
      ? {}
      : { "content-type": asked.type ?? "application/json", "content-length": body.length }),
    ...(session === undefined ? {} : { "x-gatetape-session": session }),
  };
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: "127.0.0.1", port, agent, method, path, headers, timeout: HANG_MS },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (bytes: Buffer) => parts.push(bytes));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const { statusCode = 0 } = response;
          if (statusCode === FAULT) resolve(undefined);
          else if (statuses.includes(statusCode)) resolve(text);
          else reject(new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 200)}`));
        });
      },
    );
    request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer in ${HANG_MS} ms`)));
    // A kept connection may be closed by the server just when the next request is sent.
    request.on("error", (error: NodeJS.ErrnoException) =>
      request.reusedSocket && error.code === "ECONNRESET" ? resolve(undefined) : reject(error),
    );
    request.end(body);
  });
}

async function synthesized(port: number, n: number): Promise<void> {
  const messages = [{ role: "user", content: `Question ${n} of the soak: ${"why ".repeat(n % 40)}` }];
  const session = `soak-${n % SESSIONS}`;
  const json =
    n % 3 === 0
      ? { model: "nomic-embed-text", input: [`passage ${n}`, `another ${n}`] }
      : { model: "qwen3-coder", messages, stream: n % 3 === 1 };
  const path = n % 3 === 0 ? "/v1/embeddings" : "/v1/chat/completions";
  await ask(port, { method: "POST", path, json, session }, [200]);
}

/** A collection with a document that is searched, and deleted again. */
async function documents(port: number, n: number): Promise<void> {
  const made = await ask(
    port,
    { method: "POST", path: "/v1/collections", json: { name: `soak ${n}` } },
    [200, 201],
  );
  if (made === undefined) return;
  const { id } = JSON.parse(made) as { id: number };
  const form = [
    `--soak\r\nContent-Disposition: form-data; name="collection_id"\r\n\r\n${id}\r\n`,
    `--soak\r\nContent-Disposition: form-data; name="file"; filename="soak-${n}.md"\r\nContent-Type: text/markdown\r\n\r\n`,
    `# Page ${n}\n\n${"Trains leave the station at noon. ".repeat(100)}\r\n--soak--\r\n`,
  ];
  const type = "multipart/form-data; boundary=soak";
  const bytes = Buffer.from(form.join(""));
  await ask(port, { method: "POST", path: "/v1/documents", type, bytes }, [200, 201]);
  const json = { query: "when do trains leave?", collection_ids: [id], limit: 3, method: "lexical" };
  await ask(port, { method: "POST", path: "/v1/search", json }, [200]);
  await ask(port, { method: "DELETE", path: `/v1/collections/${id}` }, [200, 204]);
}

async function control(port: number, n: number): Promise<void> {
  const path = ["/__gatetape/journal", "/__gatetape/state", "/health"][n % 3] ?? "/health";
  await ask(port, { method: "GET", path }, [200]);
  if (n % 60 === 0) await ask(port, { method: "DELETE", path: "/__gatetape/journal" }, [200, 204]);
}

/** A request on a connection of its own, whose answer is read until its last byte. */
function whole(port: number, request: Buffer): Promise<void> {
  return onSocket(port, (socket, done) => {
    let tail = "";
    let left: number | undefined;
    socket.on("data", (bytes: Buffer) => {
      const text = bytes.toString("latin1");
      if (tail === "") {
        const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
        if (length !== undefined) left = Number(length) + text.indexOf("\r\n\r\n") + 4;
      }
      tail = (tail + text).slice(-5);
      if (left !== undefined) left -= bytes.length;
      if (left === undefined ? tail === "0\r\n\r\n" : left <= 0) done();
    });
    socket.write(request);
  });
}

/** Leaves within a head, within a body, before an answer, within a stream; with and without a reset. */
function abort(port: number, n: number): Promise<void> {
  return onSocket(port, (socket, done) => {
    const leave = n % 2 === 0 ? () => void socket.resetAndDestroy() : done;
    socket.on("close", done);
    const request = [recorded[0], large, stream, stream][n % 4] ?? stream;
    if (n % 4 === 3) {
      socket.once("data", leave);
      socket.write(request);
    } else {
      const part = n % 4 === 2 ? request.length : Math.floor((request.length * (1 + (n % 7))) / 8);
      socket.write(request.subarray(0, part), leave);
    }
  });
}

/** Reads a large answer in sips. */
function slowReader(port: number): Promise<void> {
  return onSocket(port, (socket, done) => {
    let got = 0;
    const sip = (): void => {
      const bytes = socket.read(Math.min(SIP_BYTES, Math.max(1, socket.readableLength))) as Buffer | null;
      got += bytes?.length ?? 0;
    };
    const timer = setInterval(sip, SIP_MS);
    const end = (): void => {
      clearInterval(timer);
      if (got === 0) socket.destroy(new Error("nothing came to a slow reader"));
      else done();
    };
    socket.pause();
    socket.on("end", end);
    socket.on("close", end);
    socket.write(closing(large));
  });
}

/** Asks for a large answer on several requests and reads nothing. */
function asleep(port: number): Promise<void> {
  return onSocket(port, (socket, done) => {
    socket.pause();
    socket.write(large);
    socket.write(large);
    setTimeout(done, ASLEEP_MS);
  });
}

async function broken(port: number, n: number): Promise<void> {
  if (n % 3 === 0) await ask(port, { method: "GET", path: `/v1/nowhere/${n}` }, [404]);
  else if (n % 3 === 1) {
    const json = { model: "qwen3-coder", messages: n };
    await ask(port, { method: "POST", path: "/v1/chat/completions", json }, [422]);
  } else
    await onSocket(port, (socket, done) => {
      socket.on("data", () => {});
      socket.on("close", done);
      socket.end(n % 2 === 0 ? "GARBAGE\r\n\r\n" : "GET / HTTP/9.9\r\n\r\n");
    });
}

/** The same request, after whose answer the server closes. */
function closing(request: Buffer): Buffer {
  const text = request.toString("latin1");
  return Buffer.from(text.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), "latin1");
}

function onSocket(port: number, run: (socket: Socket, done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const timer = setTimeout(
      () => socket.destroy(new Error(`a connection took more than ${HANG_MS} ms`)),
      HANG_MS,
    );
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve();
    };
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // The server may have closed first, as after garbage.
      if (error.code === "ECONNRESET" || error.code === "EPIPE") resolve();
      else reject(error);
    });
    socket.on("connect", () => run(socket, done));
  });
}
